import Planguard
import PlanguardTestKit
import XCTest

/// The login guard, as an app meets it.
final class LoginTests: XCTestCase {
    func testAPersonIsLoggedInAndAPushIsPutOff() async throws {
        let planguard = try await open()
        let calls = Counter()
        let woken = try await planguard.login("ada", .pushWake) { calls.add() }
        XCTAssertEqual(
            woken,
            .deferred(reason: .wouldCreateActiveUser, until: .personOpensChat, alternative: .cachedConversations))
        XCTAssertEqual(calls.count, 0)

        let opened = try await planguard.login("ada", .openChat) { calls.add() }
        guard case .executed(let mau) = opened else { return XCTFail("\(opened)") }
        XCTAssertTrue(mau.newInMonth)
        XCTAssertTrue(opened.isLoggedIn())
        let again = try await planguard.login("ada", .openChat) { calls.add() }
        XCTAssertEqual(again, .alreadyLoggedIn)
        XCTAssertEqual(calls.count, 1)
        XCTAssertEqual(try planguard.session("ada").state, .loggedIn)
    }

    func testAThousandTasksMakeOneLogin() async throws {
        let planguard = try await open()
        let calls = Counter()
        let gate = Gate()
        let outcomes = try await withThrowingTaskGroup(of: LoginOutcome.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    try await planguard.login("ada", .openChat) {
                        calls.add()
                        await gate.wait()
                    }
                }
            }
            gate.open()
            return try await group.reduce(into: [LoginOutcome]()) { $0.append($1) }
        }
        XCTAssertEqual(calls.count, 1)
        XCTAssertEqual(outcomes.count, 1_000)
        XCTAssertTrue(outcomes.allSatisfy { $0.isLoggedIn() })
        let executed = outcomes.filter { if case .executed = $0 { true } else { false } }
        XCTAssertEqual(executed.count, 1)
    }

    func testARelaunchKnowsWhoIsCounted() async throws {
        let clock = ManualClock(at: august)
        let place = try folder(self).appendingPathComponent("planguard.db")
        let first = try await open(clock) { $0.store = .file(place) }
        try await first.login("ada", .openChat) {}
        let guest = try first.stableGuestId
        first.shutdown()

        let second = try await open(clock) { $0.store = .file(place) }
        XCTAssertEqual(try second.stableGuestId, guest)
        let calls = Counter()
        let woken = try await second.login("ada", .pushWake) { calls.add() }
        guard case .executed(let mau) = woken else { return XCTFail("\(woken)") }
        XCTAssertFalse(mau.newInMonth)
        XCTAssertEqual(calls.count, 1)
    }

    func testWhenTheMonthTurnsNobodyIsCountedYet() async throws {
        let clock = ManualClock(at: august)
        let store = FailingStore()
        let before = try await open(clock) { $0.store = .host(store) }
        try await before.login("ada", .openChat) {}
        before.shutdown()

        clock.advance(by: 14 * 86_400)
        let after = try await open(clock) { $0.store = .host(store) }
        XCTAssertEqual(try after.billingMonth, "2024-09")
        let woken = try await after.login("ada", .pushWake) {}
        guard case .deferred(.wouldCreateActiveUser, _, _) = woken else { return XCTFail("\(woken)") }
        let august = try await after.loginReport("2024-08")
        XCTAssertEqual(august.newActiveUsers, 1)
        let september = try await after.loginReport()
        XCTAssertEqual(september.deferredUsersNeverActive, 1)
    }

    func testAKickHoldsOverARestartUntilAPersonConfirms() async throws {
        let clock = ManualClock(at: august)
        let store = FailingStore()
        let before = try await open(clock) { $0.store = .host(store) }
        try await before.login("ada", .openChat) {}
        try await before.session("ada").kickedOff()
        XCTAssertEqual(try before.session("ada").state, .kickedOff)
        before.shutdown()

        let after = try await open(clock) { $0.store = .host(store) }
        let calls = Counter()
        for intent in [LoginIntent.pushWake, .prefetch, .afterKick(confirmed: false)] {
            let outcome = try await after.login("ada", intent) { calls.add() }
            guard case .denied(.kickedOff, _, _, _) = outcome else { return XCTFail("\(intent): \(outcome)") }
        }
        XCTAssertEqual(calls.count, 0)
        let back = try await after.login("ada", .afterKick(confirmed: true)) { calls.add() }
        XCTAssertTrue(back.isLoggedIn())
        XCTAssertEqual(calls.count, 1)
    }

    func testAnAnswerOfTheProviderIsALoginErrorWithItsCode() async throws {
        let planguard = try await open()
        let error = await thrown {
            try await planguard.login("ada", .openChat) {
                throw ProviderError.provider(code: 6206, text: "the signature of ada")
            }
        }
        let login = try XCTUnwrap(error as? LoginError)
        XCTAssertEqual(login.failure.code, 6206)
        XCTAssertEqual(login.failure.failureClass, .credentialExpired)
        XCTAssertEqual(login.failure.detail, "the signature of ada")
        XCTAssertNil(login.underlying)
        for text in ["\(login)", login.localizedDescription, login.explain(.zhHans)] {
            XCTAssertFalse(text.contains("ada"), text)
        }
    }

    func testWhatTheAppThrowsIsKeptForTheApp() async throws {
        let planguard = try await open()
        let failure = SDKFailure(text: "no signature for ada")
        let error = await thrown { try await planguard.login("ada", .openChat) { throw failure } }
        let login = try XCTUnwrap(error as? LoginError)
        XCTAssertEqual(login.underlying as? SDKFailure, failure)
        XCTAssertEqual(login.failure.code, 0)
        XCTAssertFalse("\(login)".contains("ada"))
    }

    func testALoginThatNeverReturnsIsGivenUpAndTheNextOneGoesOn() async throws {
        let clock = ManualClock(at: august)
        let planguard = try await open(clock)
        let error = await thrown {
            try await passing(clock) {
                try await planguard.login("ada", .openChat, timeout: 5) { try await forever() }
            }
        }
        let login = try XCTUnwrap(error as? LoginError)
        XCTAssertEqual(login.failure.failureClass, .timedOut)
        clock.advance(by: 3_600)
        let next = try await planguard.login("ada", .openChat) {}
        XCTAssertTrue(next.isLoggedIn())
    }

    func testATicketIsAnsweredOnce() async throws {
        let planguard = try await open()
        guard case .ticket(let ticket) = try await planguard.beginLogin("ada", .openChat) else {
            return XCTFail("no ticket")
        }
        guard case .inFlight = try await planguard.beginLogin("ada", .openChat, waits: false) else {
            return XCTFail("it did not say that a login runs")
        }
        let outcome = try await ticket.succeed()
        XCTAssertTrue(outcome.isLoggedIn())
        let again = await thrown { try await ticket.fail(6206, nil) }
        guard case .Finished = again as? PlanguardError else { return XCTFail("\(String(describing: again))") }
        guard case .outcome(.alreadyLoggedIn) = try await planguard.beginLogin("ada", .openChat) else {
            return XCTFail("somebody was logged in twice")
        }
    }

    func testATicketThatFailsIsALoginError() async throws {
        let planguard = try await open()
        guard case .ticket(let ticket) = try await planguard.beginLogin("ada", .openChat) else {
            return XCTFail("no ticket")
        }
        let error = await thrown { try await ticket.fail(6206, "expired") }
        XCTAssertEqual((error as? LoginError)?.failure.code, 6206)
    }

    func testTheLatestUserWins() async throws {
        let planguard = try await open()
        try await planguard.login("ada", .openChat) {}
        let woken = try await planguard.login("bob", .pushWake) {}
        guard case .deferred(.otherUserActive, .personSwitchesUser, _) = woken else { return XCTFail("\(woken)") }
        try await planguard.login("bob", .openChat) {}
        XCTAssertEqual(try planguard.session("ada").state, .loggedOut)
        XCTAssertEqual(try planguard.session("bob").state, .loggedIn)
    }

    func testOnAServerNobodyEndsAnothersSession() async throws {
        let planguard = try await open { $0.sessionMode = .multiUser }
        try await planguard.login("ada", .openChat) {}
        try await planguard.login("bob", .openChat) {}
        XCTAssertEqual(try planguard.session("ada").state, .loggedIn)
    }

    func testCallbacksOfTheSDKReachTheSession() async throws {
        let planguard = try await open()
        try await planguard.login("ada", .openChat) {}
        let session = planguard.session("ada")
        try await session.disconnected()
        try await session.connected()
        XCTAssertEqual(try session.state, .loggedIn)
        try await session.userSigExpired()
        XCTAssertEqual(try session.state, .sigExpired)
        try await planguard.newUserSig("ada")
        let renewed = try await planguard.login("ada", .renewUserSig) {}
        XCTAssertTrue(renewed.isLoggedIn())
        try await session.ended()
        XCTAssertEqual(try session.state, .loggedOut)
        try await planguard.login("ada", .openChat) {}
        try await session.loggedOut()
        let woken = try await planguard.login("ada", .pushWake) {}
        guard case .deferred(.loggedOut, _, _) = woken else { return XCTFail("\(woken)") }
    }

    func testWhatOnlyTheAppKnowsHasAWayIn() async throws {
        let planguard = try await open()
        try await planguard.knownActive("ada")
        let woken = try await planguard.login("ada", .pushWake) {}
        XCTAssertTrue(woken.isLoggedIn())
        try await planguard.forgetFailures("ada")
    }

    func testTheBudgetIsKept() async throws {
        let planguard = try await open {
            $0.sessionMode = .multiUser
            $0.logins = LoginPolicy(mauBudget: 1, onBudget: .enforce)
        }
        try await planguard.login("ada", .openChat) {}
        let outcome = try await planguard.login("bob", .openChat) {}
        guard case .denied(.budgetUsedUp, _, _, _) = outcome else { return XCTFail("\(outcome)") }
        XCTAssertFalse(outcome.explain(.en).isEmpty)
    }
}
