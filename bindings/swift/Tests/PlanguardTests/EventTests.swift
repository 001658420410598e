import Planguard
import PlanguardTestKit
import XCTest

/// What the guard reports without being asked.
final class EventTests: XCTestCase {
    private func first(
        of stream: AsyncStream<Event>,
        where matches: (Event) -> Bool
    ) async -> Event? {
        for await event in stream where matches(event) { return event }
        return nil
    }

    func testEventsComeAsAStream() async throws {
        let planguard = try await open()
        let events = planguard.events
        try await planguard.login("ada", .openChat) {}
        let counted = await first(of: events) { if case .activeUserCounted = $0 { true } else { false } }
        let event = try XCTUnwrap(counted)
        XCTAssertTrue(try planguard.isAbout(event, "ada"))
        XCTAssertFalse(try planguard.isAbout(event, "bob"))
        XCTAssertEqual(event.asStr(), "active_user_counted")
        XCTAssertFalse(event.explain(.en).isEmpty)
        XCTAssertFalse(event.explain(.zhHans).contains("ada"))
    }

    func testAStreamBeginsWhereItWasAskedFor() async throws {
        let planguard = try await open()
        let events = planguard.events
        try await planguard.observe(.friends(user: "ada", count: 2_900))
        let warned = await first(of: events) { if case .limitWarning = $0 { true } else { false } }
        guard case .limitWarning(let limit, .user, let threshold, let evidence) = warned else {
            return XCTFail("\(String(describing: warned))")
        }
        XCTAssertEqual(limit, .friendsPerUser)
        XCTAssertEqual(threshold, 95)
        XCTAssertEqual(evidence.used, 2_900)
    }

    func testEachOfTwoStreamsGetsEveryEvent() async throws {
        let planguard = try await open()
        let (one, other) = (planguard.events, planguard.events)
        try await planguard.login("ada", .openChat) {}
        let executed: (Event) -> Bool = { if case .loginExecuted = $0 { true } else { false } }
        let inOne = await first(of: one, where: executed)
        let inOther = await first(of: other, where: executed)
        XCTAssertNotNil(inOne)
        XCTAssertEqual(inOne, inOther)
    }

    func testAReaderThatFallsBehindIsTold() async throws {
        let planguard = try await open { $0.sessionMode = .multiUser }
        let events = try planguard.eventsAndLosses()
        for number in 0..<400 {
            try await planguard.login("u\(number)", .openChat) {}
        }
        planguard.shutdown()
        var lost: UInt64 = 0
        for await case .lagged(let number) in events { lost += number }
        XCTAssertGreaterThan(lost, 0)
    }

    func testCancellingTheReaderEndsItsStream() async throws {
        let planguard = try await open()
        let (events, reading) = (planguard.events, Gate())
        let reader = Task {
            reading.open()
            for await _ in events {}
        }
        await reading.wait()
        reader.cancel()
        await reader.value
    }
}
