import Planguard
import PlanguardTestKit
import XCTest

/// Cancelling a Swift task ends the call in Rust, and the code that the call was waiting for.
final class CancellationTests: XCTestCase {
    private func isCancellation(_ result: Result<some Any, any Error>) -> Bool {
        if case .failure(let error) = result { error is CancellationError } else { false }
    }

    func testALoginThatRunsIsCancelledInBothLanguages() async throws {
        let planguard = try await open()
        let (started, ended) = (Gate(), Gate())
        let task = Task {
            try await planguard.login("ada", .openChat) {
                started.open()
                defer { ended.open() }
                try await forever()
            }
        }
        await started.wait()
        task.cancel()
        let result = await task.result
        XCTAssertTrue(isCancellation(result), "\(result)")
        // The closure's own task was cancelled, too.
        await ended.wait()

        // Whether the provider counted her is not known, and nobody waits for the one who went.
        let report = try await planguard.loginReport()
        XCTAssertEqual(report.cancelled, 1)
        XCTAssertEqual(report.uncertain, 1)
        let next = try await planguard.login("ada", .openChat) {}
        XCTAssertTrue(next.isLoggedIn())
    }

    func testWhoeverWaitsTakesOverWhenTheLeaderIsCancelled() async throws {
        let planguard = try await open()
        let started = Gate()
        let leader = Task {
            try await planguard.login("ada", .openChat) {
                started.open()
                try await forever()
            }
        }
        await started.wait()
        let calls = Counter()
        let waiting = Task { try await planguard.login("ada", .openChat) { calls.add() } }
        leader.cancel()
        _ = await leader.result
        let outcome = try await waiting.value
        XCTAssertTrue(outcome.isLoggedIn())
        XCTAssertEqual(calls.count, 1)
    }

    func testAnActionThatRunsIsCancelled() async throws {
        let planguard = try await open()
        let (started, ended) = (Gate(), Gate())
        let task = Task {
            try await planguard.perform(.search) {
                started.open()
                defer { ended.open() }
                try await forever()
            }
        }
        await started.wait()
        task.cancel()
        let result = await task.result
        XCTAssertTrue(isCancellation(result), "\(result)")
        await ended.wait()
    }

    func testASyncThatHangsIsCancelled() async throws {
        let endpoint = ScriptedEndpoint()
        endpoint.always(.never)
        let planguard = try await open {
            $0.endpoint = ScriptedEndpoint.url
            $0.transport = endpoint
        }
        let task = Task { try await planguard.sync(.fetch) }
        while endpoint.requests.isEmpty { await Task.yield() }
        task.cancel()
        let result = await task.result
        XCTAssertTrue(isCancellation(result), "\(result)")
        // The next one is not held up by it.
        endpoint.always(.fails(.Unreachable))
        let error = await thrown { try await planguard.sync(.fetch) }
        guard case .TryLater = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
    }

    func testUpkeepEndsWithItsTask() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        let task = Task { try await planguard.keepFresh(every: 60) }
        await clock.untilSleeping()
        task.cancel()
        let result = await task.result
        XCTAssertTrue(isCancellation(result), "\(result)")
    }

    func testATaskThatIsCancelledAlreadyDoesNothing() async throws {
        let planguard = try await open()
        try await planguard.observe(.friends(user: "ada", count: 10))
        let cancelled = Gate()
        let task = Task {
            await cancelled.wait()
            try await planguard.record(.addFriend(user: "ada", peer: "bob"))
        }
        task.cancel()
        cancelled.open()
        let result = await task.result
        XCTAssertTrue(isCancellation(result), "\(result)")
        let used = try planguard.assess(.addFriend(user: "ada", peer: "eve")).checks.map(\.evidence.used)
        XCTAssertTrue(used.contains(10), "\(used)")
    }

    func testCancellingAtAnyPointLosesAndDoublesNothing() async throws {
        let planguard = try await open()
        try await planguard.observe(.friends(user: "ada", count: 0))
        let counted = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let task = Task {
                        try await planguard.recordOnce("n\(number)", .addFriend(user: "ada", peer: "u\(number)"))
                    }
                    if number.isMultiple(of: 2) { task.cancel() }
                    _ = await task.result
                    // Told again: whatever was cut off happens now, whatever was not does not happen twice.
                    _ = try? await planguard.recordOnce("n\(number)", .addFriend(user: "ada", peer: "u\(number)"))
                    counted.add()
                }
            }
        }
        XCTAssertEqual(counted.count, 200)
        let used = try planguard.assess(.addFriend(user: "ada", peer: "eve")).checks.map(\.evidence.used)
        XCTAssertTrue(used.contains(200), "\(used)")
    }
}
