import Planguard
import PlanguardTencent
import PlanguardTestKit
import XCTest

@testable import V2TIMChat

/// The adapter, and each trap of the provider's SDK.
final class TencentTests: XCTestCase {
    private func make(_ clock: ManualClock = ManualClock(at: august)) async throws -> (Planguard, FakeChat, GuardedChat) {
        let (planguard, sdk) = (try await open(clock), FakeChat())
        return (planguard, sdk, GuardedChat(planguard, sdk: sdk))
    }

    func testALoginGoesThroughTheGuard() async throws {
        let (planguard, sdk, chat) = try await make()
        let asked = Counter()
        let sig: @Sendable () async throws -> String = {
            asked.add()
            return "sig"
        }
        let woken = try await chat.login("ada", .pushWake, userSig: sig)
        guard case .deferred = woken else { return XCTFail("\(woken)") }
        XCTAssertEqual(sdk.calls, [])
        XCTAssertEqual(asked.count, 0, "no signature is made for a login that is not sent")

        let opened = try await chat.login("ada", .openChat, userSig: sig)
        XCTAssertTrue(opened.isLoggedIn())
        XCTAssertEqual(sdk.calls, ["login ada"])
        XCTAssertEqual(asked.count, 1)
        XCTAssertEqual(try planguard.session("ada").state, .loggedIn)
    }

    func testWhileADeferralLastsTheLocalDatabaseCanBeOpened() async throws {
        let (_, sdk, chat) = try await make()
        try await chat.openCachedConversations(of: "ada")
        XCTAssertEqual(sdk.calls, ["initLocalStorage ada"])
    }

    func testASuccessThatLoggedInNobodyNewIsNone() async throws {
        let (planguard, sdk, chat) = try await make()
        sdk.keepsTheOldUser = true
        sdk.put("push-account", type: 2)
        let error = await thrown { try await chat.login("ada", .openChat) { "sig" } }
        XCTAssertEqual((error as? LoginError)?.underlying as? ChatSDKError, .anotherUserIsLoggedIn)
        XCTAssertNotEqual(try planguard.session("ada").state, .loggedIn)
    }

    func testWhoeverElseIsLoggedInIsLoggedOutFirst() async throws {
        let (planguard, sdk, chat) = try await make()
        sdk.keepsTheOldUser = true
        _ = try await chat.login("ada", .openChat) { "sig" }
        let outcome = try await chat.login("bob", .openChat) { "sig" }
        XCTAssertTrue(outcome.isLoggedIn())
        XCTAssertEqual(sdk.calls, ["login ada", "logout ada", "login bob"])
        XCTAssertEqual(try planguard.session("bob").state, .loggedIn)
        XCTAssertEqual(try planguard.session("ada").state, .loggedOut)
    }

    func testAPseudoAccountOfThePushSDKIsNobody() async throws {
        let (_, sdk, chat) = try await make()
        sdk.put("push-account", type: 2)
        let nobody = await chat.loginUser()
        XCTAssertNil(nobody)
        _ = try await chat.login("ada", .openChat) { "sig" }
        XCTAssertEqual(sdk.calls, ["login ada"], "the pseudo-account is not logged out")
        sdk.put("ada", type: 1)
        let ada = await chat.loginUser()
        XCTAssertEqual(ada, "ada")
    }

    func testAnOldSDKThatCannotBeAskedIsBelieved() async throws {
        let (_, sdk, chat) = try await make()
        sdk.isOld = true
        sdk.put("ada")
        let ada = await chat.loginUser()
        XCTAssertEqual(ada, "ada")
    }

    func testAKickIsOfTheUserWhoWasLoggedIn() async throws {
        let (planguard, sdk, chat) = try await make()
        _ = try await chat.login("ada", .openChat) { "sig" }
        // The SDK names nobody any more when it calls back.
        sdk.put(nil)
        chat.onKickedOffline()
        await chat.settle()
        XCTAssertEqual(try planguard.session("ada").state, .kickedOff)
        let woken = try await chat.login("ada", .pushWake) { "sig" }
        guard case .denied(.kickedOff, _, _, _) = woken else { return XCTFail("\(woken)") }
    }

    func testALateKickIsNotAppliedToWhoCameAfter() async throws {
        let (planguard, sdk, chat) = try await make()
        _ = try await chat.login("ada", .openChat) { "sig" }
        // The kick of ada comes while bob is being logged in.
        sdk.duringLogin = { chat.onKickedOffline() }
        _ = try await chat.login("bob", .openChat) { "sig" }
        await chat.settle()
        XCTAssertEqual(try planguard.session("bob").state, .loggedIn)
    }

    func testAnExpiryIsNoKick() async throws {
        let (planguard, _, chat) = try await make()
        _ = try await chat.login("ada", .openChat) { "sig" }
        chat.onUserSigExpired()
        await chat.settle()
        XCTAssertEqual(try planguard.session("ada").state, .sigExpired)
        try await planguard.newUserSig("ada")
        let renewed = try await chat.login("ada", .renewUserSig) { "new" }
        XCTAssertTrue(renewed.isLoggedIn())
    }

    func testConnectionsComeAndGo() async throws {
        let (planguard, _, chat) = try await make()
        _ = try await chat.login("ada", .openChat) { "sig" }
        chat.onConnectFailed(9508, err: "no network")
        chat.onConnectSuccess()
        await chat.settle()
        XCTAssertEqual(try planguard.session("ada").state, .loggedIn)
    }

    func testAFailureHasTheProvidersCode() async throws {
        let (_, sdk, chat) = try await make()
        sdk.code = 6206
        let error = await thrown { try await chat.login("ada", .openChat) { "sig" } }
        let login = try XCTUnwrap(error as? LoginError)
        XCTAssertEqual(login.failure.code, 6206)
        XCTAssertEqual(login.failure.detail, "userSig of ada")
        XCTAssertFalse("\(login)".contains("ada"))
    }

    func testASignatureThatCannotBeHadIsTheAppsError() async throws {
        let (_, sdk, chat) = try await make()
        let error = await thrown { try await chat.login("ada", .openChat) { throw SDKFailure(text: "offline") } }
        XCTAssertEqual((error as? LoginError)?.underlying as? SDKFailure, SDKFailure(text: "offline"))
        XCTAssertEqual(sdk.calls, [])
    }

    func testACallbackThatComesTwiceCountsOnce() async throws {
        let (_, sdk, chat) = try await make()
        sdk.answersTwice = true
        let outcome = try await chat.login("ada", .openChat) { "sig" }
        XCTAssertTrue(outcome.isLoggedIn())
    }

    func testACallbackThatNeverComesIsGivenUp() async throws {
        let clock = ManualClock(at: august)
        let (planguard, sdk, chat) = try await make(clock)
        sdk.isSilent = true
        let error = await thrown {
            try await passing(clock, by: 5) { try await chat.login("ada", .openChat) { "sig" } }
        }
        XCTAssertEqual((error as? LoginError)?.failure.failureClass, .timedOut)
        let report = try await planguard.loginReport()
        XCTAssertEqual(report.uncertain, 1)
    }

    func testLoggingOutIsReported() async throws {
        let (planguard, sdk, chat) = try await make()
        _ = try await chat.login("ada", .openChat) { "sig" }
        try await chat.logout()
        XCTAssertEqual(sdk.calls, ["login ada", "logout ada"])
        XCTAssertEqual(try planguard.session("ada").state, .loggedOut)
        let woken = try await chat.login("ada", .pushWake) { "sig" }
        guard case .deferred(.loggedOut, _, _) = woken else { return XCTFail("\(woken)") }
    }

    func testCallbacksAfterTheEndAreNoCrash() async throws {
        let (planguard, _, chat) = try await make()
        _ = try await chat.login("ada", .openChat) { "sig" }
        planguard.shutdown()
        chat.onKickedOffline()
        await chat.settle()
    }

    func testTheFileThatAnAppCopiesFitsTheProvidersSignatures() async throws {
        let sdk = V2TIMChat()
        XCTAssertNil(sdk.getLoginUser())
        let kind = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int?, any Error>) in
            sdk.callExperimentalAPI(
                "getLoginAccountType", param: nil, succ: { done.resume(returning: $0) },
                fail: { code, _ in done.resume(throwing: ProviderError.provider(code: code, text: nil)) })
        }
        XCTAssertEqual(kind, 1)
        let listener = GuardedChatListener(GuardedChat(try await open(), sdk: sdk))
        listener.onConnectSuccess()
        listener.onConnectFailed(9508, err: nil)
        listener.onKickedOffline()
        listener.onUserSigExpired()
    }
}
