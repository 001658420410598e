import Foundation
import Planguard
import PlanguardTestKit
import XCTest

/// The kit that the package hands to an app's own tests.
final class TestKitTests: XCTestCase {
    func testAClockWakesWhoeverSleptLongEnough() async throws {
        let clock = ManualClock(at: august)
        let order = Order()
        let tasks = [3.0, 1.0, 2.0].map { length in
            Task {
                try await clock.sleep(length: length)
                order.add(length)
            }
        }
        await clock.untilSleeping(3)
        clock.advance(by: 1)
        try await tasks[1].value
        XCTAssertEqual(order.lengths, [1])
        XCTAssertEqual(clock.sleeping, 2)
        clock.advance(by: 5)
        for task in tasks { try await task.value }
        XCTAssertEqual(Set(order.lengths), [1, 2, 3])
        XCTAssertEqual(clock.sleeping, 0)
        XCTAssertEqual(try clock.elapsed(), 6, accuracy: 0.001)
    }

    func testASleepEndsWithItsTask() async throws {
        let clock = ManualClock(at: august)
        let task = Task { try await clock.sleep(length: 60) }
        await clock.untilSleeping()
        task.cancel()
        let result = await task.result
        guard case .failure(let error) = result else { return XCTFail("it slept on") }
        XCTAssertTrue(error is CancellationError)
        XCTAssertEqual(clock.sleeping, 0)
    }

    func testSettingTheClockLetsNoTimePass() throws {
        let clock = ManualClock(at: august)
        clock.set(to: clock.date.addingTimeInterval(86_400))
        XCTAssertEqual(try clock.elapsed(), 0, accuracy: 0.001)
        XCTAssertEqual(try clock.now(), ISO8601DateFormatter().date(from: "2024-08-21T04:00:00Z"))
    }

    func testAnEndpointServesADocumentAndKeepsWhatItWasAsked() async throws {
        let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
        let planguard = try await open(clock) {
            $0.fallback = nil
            $0.endpoint = ScriptedEndpoint.url
            $0.transport = endpoint
        }
        endpoint.serve(edition: .premium, issuedAt: clock.date, limits: ["friends_per_user": 7])
        try await planguard.sync(.fetch)
        XCTAssertTrue(try planguard.feature(.community).granted)
        let checks = try planguard.assess(.addFriend(user: "ada", peer: "bob")).checks
        XCTAssertEqual(checks.first?.evidence.max, .of(7))
        XCTAssertEqual(endpoint.requests.map(\.method), ["GET"])
        XCTAssertTrue(endpoint.requests[0].url.hasSuffix("/v1/apps/\(app)/entitlements"))

        endpoint.next(.status(503))
        let error = await thrown { try await planguard.sync(.fetch) }
        guard case .TryLater(_, let retryAt) = error as? PlanguardError else {
            return XCTFail("\(String(describing: error))")
        }
        clock.advance(by: try XCTUnwrap(retryAt).timeIntervalSince(clock.date))
        try await planguard.sync(.fetch)
    }

    func testACopyGoesStaleAsTimePasses() async throws {
        let (clock, endpoint) = (ManualClock(at: august), ScriptedEndpoint())
        endpoint.serve(edition: .premium, issuedAt: clock.date, freshFor: 300)
        let planguard = try await open(clock) {
            $0.endpoint = ScriptedEndpoint.url
            $0.transport = endpoint
        }
        try await planguard.sync(.fetch)
        XCTAssertFalse(try planguard.feature(.community).stale)
        clock.advance(by: 301)
        XCTAssertTrue(try planguard.feature(.community).stale)
        XCTAssertTrue(try planguard.feature(.community).granted)
    }

    func testAStoreTakesOneOfTwoWriters() async throws {
        let store = FailingStore()
        let none = try await store.load(known: 0)
        XCTAssertNil(none)
        let first = try await store.replace(expected: 0, content: Data([1]))
        let second = try await store.replace(expected: 0, content: Data([2]))
        XCTAssertEqual([first, second], [.replaced, .conflict])
        let held = try await store.load(known: 0)
        XCTAssertEqual(held, HostImage(version: 1, content: Data([1])))
        let same = try await store.load(known: 1)
        XCTAssertNil(same)
    }
}

private final class Order: @unchecked Sendable {
    private let lock = NSLock()
    private var held: [Double] = []

    var lengths: [Double] {
        lock.lock()
        defer { lock.unlock() }
        return held
    }

    func add(_ length: Double) {
        lock.lock()
        held.append(length)
        lock.unlock()
    }
}
