@testable import Planguard
import PlanguardFFI
import PlanguardTestKit
import XCTest

/// Every method that Rust calls in Swift, when it throws what it does not declare and when it does not return.
final class ForeignTests: XCTestCase {
    private let secret = SDKFailure(text: "token-of-ada")

    private func synced(
        _ clock: ManualClock,
        _ configure: (inout Configuration) -> Void
    ) async throws -> Planguard {
        try await open(clock) {
            $0.endpoint = ScriptedEndpoint.url
            configure(&$0)
        }
    }

    /// A failed sync is told as something to try again, and its text has nothing of what was thrown.
    private func assertTryLater(_ error: (any Error)?, line: UInt = #line) {
        switch error as? PlanguardError {
        case .TryLater, .Credential: XCTAssertFalse("\(String(describing: error))".contains("ada"), line: line)
        default: XCTFail("\(String(describing: error))", line: line)
        }
    }

    func testATransportThatThrows() async throws {
        let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
        endpoint.always(.throwing(secret))
        let planguard = try await synced(clock) { $0.transport = endpoint }
        assertTryLater(await thrown { try await planguard.sync(.fetch) })
        XCTAssertEqual(endpoint.requests.count, 1)
    }

    func testATransportThatSaysWhyItFails() async throws {
        let errors: [TransportError] = [
            .Unreachable, .TimedOut, .CutOff, .TooLarge(limit: 1), .Tls, .BadRequest, .Unexpected,
        ]
        for error in errors {
            let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
            endpoint.always(.fails(error))
            let planguard = try await synced(clock) { $0.transport = endpoint }
            let failed = await thrown { try await planguard.sync(.fetch) }
            XCTAssertNotNil(failed as? PlanguardError, "\(error)")
        }
    }

    func testATransportThatDoesNotReturn() async throws {
        let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
        endpoint.always(.never)
        let planguard = try await synced(clock) { $0.transport = endpoint }
        assertTryLater(await thrown { try await passing(clock) { try await planguard.sync(.fetch) } })
    }

    func testACredentialProviderThatThrows() async throws {
        let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
        let planguard = try await synced(clock) { [secret] in
            $0.transport = endpoint
            $0.credentials = { throw secret }
        }
        assertTryLater(await thrown { try await planguard.sync(.fetch) })
        XCTAssertEqual(endpoint.requests.count, 0)
    }

    func testACredentialProviderThatDoesNotReturn() async throws {
        let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
        let planguard = try await synced(clock) {
            $0.transport = endpoint
            $0.credentials = {
                try await forever()
                return nil
            }
        }
        assertTryLater(await thrown { try await passing(clock) { try await planguard.sync(.fetch) } })
        XCTAssertEqual(endpoint.requests.count, 0)
    }

    func testACredentialIsAskedForEachTimeAndSentAsABearer() async throws {
        let (clock, endpoint, asked) = (ManualClock(at: august), ScriptedEndpoint(), Counter())
        endpoint.serve(edition: .premium, issuedAt: clock.date)
        let planguard = try await synced(clock) {
            $0.transport = endpoint
            $0.credentials = {
                asked.add()
                return "token-\(asked.count)"
            }
        }
        try await planguard.sync(.fetch)
        try await planguard.sync(.fetch)
        let sent = endpoint.requests.flatMap { $0.headers.filter { $0.name == "authorization" }.map(\.value) }
        XCTAssertEqual(sent, ["Bearer token-1", "Bearer token-2"])
    }

    func testAStoreThatFailsAtTheStart() async throws {
        let store = FailingStore()
        for mood in [FailingStore.Mood.fails, .throwing(secret)] {
            store.mood = mood
            let error = await thrown { try await open { $0.store = .host(store) } }
            guard case .Store = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
            XCTAssertFalse("\(String(describing: error))".contains("ada"))
        }
        store.mood = .hangs
        let clock = ManualClock(at: august)
        let error = await thrown { try await passing(clock) { try await open(clock) { $0.store = .host(store) } } }
        guard case .Store = error as? PlanguardError else { return XCTFail("\(String(describing: error))") }
    }

    func testAStoreThatFailsLaterStopsNoCall() async throws {
        for mood in [FailingStore.Mood.fails, .throwing(secret), .hangs] {
            let (clock, store) = (ManualClock(at: august), FailingStore())
            let planguard = try await open(clock) { $0.store = .host(store) }
            store.mood = mood
            let outcome = try await passing(clock, by: 0.1) { try await planguard.login("ada", .openChat) {} }
            XCTAssertTrue(outcome.isLoggedIn(), "\(mood)")
            let events = try XCTUnwrap(try? planguard.eventsAndLosses())
            var failed = false
            for await case .happened(let event) in events {
                if case .storeFailed(let why) = event {
                    XCTAssertFalse(why.contains("ada"))
                    failed = true
                    break
                }
            }
            XCTAssertTrue(failed)
            store.mood = .works
            try await planguard.flush()
            XCTAssertGreaterThan(store.writes, 0, "what was kept is written once the store is back")
        }
    }

    func testAListenerThatThrowsOrDoesNotReturnMissesThatEventOnly() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        let listener = MoodyListener()
        let heard = Task { try await planguard.lower.onEvent(listener: listener) }
        try await planguard.login("ada", .openChat) {}
        try await planguard.session("ada").loggedOut()
        try await planguard.login("ada", .openChat) {}
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        while listener.calls.count < 4, ContinuousClock.now < end {
            await Task.yield()
            clock.advance(by: 1)
        }
        XCTAssertGreaterThanOrEqual(listener.calls.count, 4)
        planguard.shutdown()
        try await heard.value
    }

    func testAClockThatThrowsLeavesTheLastTimeInForce() async throws {
        let clock = MoodyClock()
        let planguard = try await Planguard.open(sdkAppId: app) {
            $0.clock = clock
            $0.fallback = (.intl2024, .standard)
        }
        let before = try planguard.now
        clock.throwing = true
        XCTAssertEqual(try planguard.now, before)
        let outcome = try await planguard.login("ada", .openChat) {}
        XCTAssertTrue(outcome.isLoggedIn())
    }

    func testAClockWhoseSleepDoesNotReturnHoldsNobodyUp() async throws {
        let clock = MoodyClock()
        clock.hanging = true
        let planguard = try await Planguard.open(sdkAppId: app) {
            $0.clock = clock
            $0.fallback = (.intl2024, .standard)
        }
        let outcome = try await planguard.login("ada", .openChat) {}
        XCTAssertTrue(outcome.isLoggedIn())
        let performed = try await planguard.perform(.addFriend(user: "ada", peer: "bob")) {}
        guard case .done = performed else { return XCTFail("\(performed)") }
    }

    func testAListenerThatThrowsOrDoesNotReturnWhereEventsWereLostHearsTheNextOne() async throws {
        for hanging in [false, true] {
            let clock = ManualClock(at: august)
            let planguard = try await open(clock) { $0.sessionMode = .multiUser }
            let listener = SlowListener(planguard, hanging: hanging)
            let heard = Task { try await planguard.lower.onEvent(listener: listener) }
            while listener.calls.count == 0 {
                try await planguard.login("first", .pushWake) {}
                await Task.yield()
            }
            for number in 0..<600 { try await planguard.login(UserId("user\(number)"), .pushWake) {} }
            listener.go.open()
            await listener.lagged.wait()
            try await planguard.login("last", .pushWake) {}
            try await passing(clock) { await listener.last.wait() }
            planguard.shutdown()
            try await heard.value
        }
    }

    func testAChatSDKThatAnswersFromAThreadOfItsOwnAndTwice() async throws {
        let planguard = try await open()
        let calls = Counter()
        let outcome = try await planguard.login("ada", .openChat) {
            calls.add()
            let (answers, answer) = AsyncStream.makeStream(of: Void.self)
            Thread {
                for _ in 0..<2 {
                    answer.yield()
                    answer.finish()
                }
            }.start()
            for await _ in answers {}
        }
        guard case .executed = outcome else { return XCTFail("\(outcome)") }
        XCTAssertEqual(calls.count, 1)
    }

    func testACallFromAForeignThreadIsAnswered() async throws {
        let planguard = try await open()
        let (answers, answer) = AsyncStream.makeStream(of: Bool?.self)
        Thread {
            answer.yield(try? planguard.feature(.community).granted)
            answer.finish()
        }.start()
        for await granted in answers { XCTAssertEqual(granted, false) }
    }
}

/// Waits at its first event until it is let go; throws or does not return when it hears of lost ones.
private final class SlowListener: Listener {
    let calls = Counter()
    let (go, lagged, last) = (Gate(), Gate(), Gate())
    private let planguard: Planguard
    private let hanging: Bool

    init(_ planguard: Planguard, hanging: Bool) {
        self.planguard = planguard
        self.hanging = hanging
    }

    func onEvent(event: Event) async throws {
        calls.add()
        await go.wait()
        if try planguard.isAbout(event, "last") { last.open() }
    }

    func onLagged(lost: UInt64) async throws {
        lagged.open()
        if hanging { try await forever() }
        throw SDKFailure(text: "ada")
    }
}

/// Throws at the first event, does not return from the second, and takes the others.
private final class MoodyListener: Listener {
    let calls = Counter()

    func onEvent(event: Event) async throws {
        calls.add()
        switch calls.count {
        case 1: throw SDKFailure(text: "ada")
        case 2: try await forever()
        default: break
        }
    }

    func onLagged(lost: UInt64) async throws {}
}

private final class MoodyClock: PlanguardClock, @unchecked Sendable {
    private let inner = ManualClock(at: august)
    var throwing = false
    var hanging = false

    func now() throws -> Date {
        if throwing { throw SDKFailure(text: "ada") }
        return try inner.now()
    }

    func elapsed() throws -> TimeInterval {
        if throwing { throw SDKFailure(text: "ada") }
        return try inner.elapsed()
    }

    func sleep(length: TimeInterval) async throws {
        if throwing { throw SDKFailure(text: "ada") }
        if hanging { try await forever() }
        try await inner.sleep(length: length)
    }
}
