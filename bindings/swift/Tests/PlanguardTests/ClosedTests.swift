import Planguard
import PlanguardTestKit
import XCTest

/// After `shutdown` every call is a typed error, and nothing waits for ever.
final class ClosedTests: XCTestCase {
    private func assertClosed(
        _ name: String,
        line: UInt = #line,
        _ work: () async throws -> some Any
    ) async {
        let error = await thrown(line: line, by: work)
        guard case .Closed(let details) = error as? PlanguardError else {
            return XCTFail("\(name): \(String(describing: error))", line: line)
        }
        XCTAssertTrue(details.reason.contains("open another one"), details.reason, line: line)
    }

    func testEveryCallOfAClosedGuardSaysSo() async throws {
        let planguard = try await open()
        guard case .held(let permit) = try await planguard.reserve(.search) else { return XCTFail("denied") }
        let session = planguard.session("ada")
        XCTAssertFalse(planguard.isShutDown)
        planguard.shutdown()
        planguard.shutdown()
        XCTAssertTrue(planguard.isShutDown)

        let context = FeatureContext()
        let add = Action.addFriend(user: "ada", peer: "bob")
        await assertClosed("feature") { try planguard.feature(.community) }
        await assertClosed("feature in") { try planguard.feature(.community, in: context) }
        await assertClosed("explainFeature") { try planguard.explainFeature(.community) }
        await assertClosed("explainFeature in") { try planguard.explainFeature(.community, in: context) }
        await assertClosed("check") { try planguard.check(add) }
        await assertClosed("assess") { try planguard.assess(add) }
        await assertClosed("perform") { try await planguard.perform(add) { XCTFail("called") } }
        await assertClosed("reserve") { try await planguard.reserve(add) }
        await assertClosed("reserve for") { try await planguard.reserve(add, for: .seconds(1)) }
        await assertClosed("commitPermit") { try await planguard.commitPermit(permit.id()) }
        await assertClosed("releasePermit") { try await planguard.releasePermit(permit.id()) }
        await assertClosed("record") { try await planguard.record(add) }
        await assertClosed("recordOnce") { try await planguard.recordOnce("k", add) }
        await assertClosed("observe") { try await planguard.observe(.friends(user: "ada", count: 1)) }
        await assertClosed("reportRejection") { try await planguard.reportRejection(code: 1, message: "") }
        await assertClosed("login") { try await planguard.login("ada", .openChat) { XCTFail("called") } }
        await assertClosed("beginLogin") { try await planguard.beginLogin("ada", .openChat) }
        await assertClosed("newUserSig") { try await planguard.newUserSig("ada") }
        await assertClosed("knownActive") { try await planguard.knownActive("ada") }
        await assertClosed("forgetFailures") { try await planguard.forgetFailures("ada") }
        await assertClosed("loginReport") { try await planguard.loginReport("2024-08") }
        await assertClosed("sync") { try await planguard.sync(.cacheOnly) }
        await assertClosed("flush") { try await planguard.flush() }
        await assertClosed("keepFresh") { try await planguard.keepFresh(every: 60) }
        await assertClosed("forecast") { try planguard.forecast() }
        await assertClosed("previewChange") { try planguard.previewChange(to: .premium) }
        await assertClosed("lifecycle") { try planguard.lifecycle }
        await assertClosed("entitlements") { try planguard.entitlements }
        await assertClosed("now") { try planguard.now }
        await assertClosed("billingMonth") { try planguard.billingMonth }
        await assertClosed("stableGuestId") { try planguard.stableGuestId }
        await assertClosed("setPhase") { try planguard.setPhase(.background) }
        await assertClosed("eventsAndLosses") { try planguard.eventsAndLosses() }
        await assertClosed("isAbout") { try planguard.isAbout(.syncWanted, "ada") }
        await assertClosed("state") { try session.state }
        await assertClosed("connected") { try await session.connected() }
        await assertClosed("disconnected") { try await session.disconnected() }
        await assertClosed("kickedOff") { try await session.kickedOff() }
        await assertClosed("userSigExpired") { try await session.userSigExpired() }
        await assertClosed("loggedOut") { try await session.loggedOut() }
        await assertClosed("ended") { try await session.ended() }
        for await event in planguard.events { XCTFail("\(event)") }
    }

    func testALoginThatRunsIsCarriedThrough() async throws {
        let planguard = try await open()
        let (started, gate) = (Gate(), Gate())
        let login = Task {
            try await planguard.login("ada", .openChat) {
                started.open()
                await gate.wait()
            }
        }
        await started.wait()
        planguard.shutdown()
        gate.open()
        let outcome = try await login.value
        XCTAssertTrue(outcome.isLoggedIn())
    }

    func testUpkeepAndStreamsEnd() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        let upkeep = Task { try await planguard.keepFresh(every: .seconds(60)) }
        let events = planguard.events
        let reader = Task { await events.reduce(into: 0) { count, _ in count += 1 } }
        await clock.untilSleeping()
        planguard.shutdown()
        try await upkeep.value
        _ = await reader.value
    }
}
