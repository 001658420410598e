import Foundation
import Planguard
import XCTest

/// An app and its notification extension: two processes on one store.
final class ProcessTests: XCTestCase {
    private func start(_ store: URL, _ role: String) async throws -> Peer {
        let peer = try Peer(Peer.products.appendingPathComponent("OtherProcess"), [store.path, role])
        let hello = try await peer.line()
        XCTAssertEqual(hello, "ready")
        return peer
    }

    /// The app, in this process. It has the machine's clock, as the other one has.
    private func app(_ store: URL) async throws -> Planguard {
        try await Planguard.open(sdkAppId: PlanguardTests.app) {
            $0.store = .file(store)
            $0.processRole = .app
            $0.fallback = (.intl2024, .standard)
        }
    }

    func testThePushOfAnExtensionKnowsWhomTheAppLoggedIn() async throws {
        let store = try folder(self).appendingPathComponent("planguard.db")
        let planguard = try await app(store)
        let other = try await start(store, "extension")
        let stranger = try await other.ask("push ada")
        XCTAssertEqual(stranger, "deferred")

        try await planguard.login("ada", .openChat) {}
        let calling = try await other.ask("push ada")
        XCTAssertTrue(["calling", "joined"].contains(calling), calling)
        if calling == "calling" {
            let outcome = try await other.ask("succeed")
            XCTAssertEqual(outcome, "executed")
        }
        let guest = try await other.ask("guest")
        XCTAssertEqual(guest, try planguard.stableGuestId)
        let report = try await planguard.loginReport()
        XCTAssertEqual(report.activeUsers, 1, "one user, however many processes")
    }

    func testALoginThatRunsInOneProcessIsJoinedInTheOther() async throws {
        let store = try folder(self).appendingPathComponent("planguard.db")
        let planguard = try await app(store)
        let other = try await start(store, "extension")
        let calling = try await other.ask("open ada")
        XCTAssertEqual(calling, "calling")

        let calls = Counter()
        let waiting = Task { try await planguard.login("ada", .openChat) { calls.add() } }
        let outcome = try await other.ask("succeed")
        XCTAssertEqual(outcome, "executed")
        let joined = try await waiting.value
        XCTAssertEqual(joined, .joined)
        XCTAssertEqual(calls.count, 0)
    }

    func testAKickIsKnownToBoth() async throws {
        let store = try folder(self).appendingPathComponent("planguard.db")
        let planguard = try await app(store)
        let other = try await start(store, "extension")
        try await planguard.login("ada", .openChat) {}
        let done = try await other.ask("kicked ada")
        XCTAssertEqual(done, "done")
        // Each process learns of it with its next write.
        try await planguard.flush()
        let outcome = try await planguard.login("ada", .pushWake) { XCTFail("called") }
        guard case .denied(.kickedOff, _, _, _) = outcome else { return XCTFail("\(outcome)") }
    }

    func testAProcessThatIsKilledHoldsNobodyUp() async throws {
        let store = try folder(self).appendingPathComponent("planguard.db")
        let first = try await start(store, "extension")
        let calling = try await first.ask("open ada")
        XCTAssertEqual(calling, "calling")
        first.kill()

        // The next process of its role takes over what it left.
        let second = try await start(store, "extension")
        let again = try await second.ask("open ada")
        XCTAssertEqual(again, "calling")
        let outcome = try await second.ask("succeed")
        XCTAssertEqual(outcome, "executed")
    }

    func testCountsAreShared() async throws {
        let store = try folder(self).appendingPathComponent("planguard.db")
        let planguard = try await app(store)
        try await planguard.observe(.friends(user: "ada", count: 41))
        try await planguard.record(.addFriend(user: "ada", peer: "bob"))
        let other = try await start(store, "extension")
        let used = try await other.ask("friends ada")
        XCTAssertTrue(used.split(separator: ",").contains("42"), used)
    }
}
