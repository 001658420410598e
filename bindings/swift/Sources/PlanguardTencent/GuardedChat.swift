import Foundation
import Planguard

/// The provider's chat SDK behind the login guard: logins go through it, and the SDK's callbacks reach it.
///
/// Forward the methods of the app's `V2TIMSDKListener` to those of the same name here. They name no user; each is
/// applied to the user who was logged in when it came, in the order in which they came.
public final class GuardedChat: Sendable {
    private let planguard: Planguard
    private let sdk: any ChatSDK
    private let session = SessionBox()
    private let callbacks: AsyncStream<Happening>.Continuation
    private let worker: Task<Void, Never>

    /// Puts `sdk` behind `planguard`.
    public init(_ planguard: Planguard, sdk: any ChatSDK) {
        let (stream, continuation) = AsyncStream.makeStream(of: Happening.self)
        self.planguard = planguard
        self.sdk = sdk
        callbacks = continuation
        worker = Task { [planguard, sdk] in
            for await happening in stream {
                await happening.apply(to: planguard, asking: sdk)
            }
        }
    }

    deinit {
        // What has come already is still applied; the worker ends after it.
        callbacks.finish()
    }

    /// Logs `user` in, if that is needed at all. `userSig` is asked for only when the login is really sent.
    ///
    /// Whoever else is logged in at the SDK is logged out first, and a success is believed only when the SDK names
    /// `user` afterwards.
    ///
    /// - Throws: ``LoginError`` when the login ran and failed, ``PlanguardError`` when it could not be asked for,
    ///   `CancellationError` when the task was cancelled.
    public func login(
        _ user: UserId,
        _ intent: LoginIntent,
        userSig: @escaping @Sendable () async throws -> String
    ) async throws -> LoginOutcome {
        try await planguard.login(user, intent) { [planguard, sdk, session] in
            if let other = await Self.realUser(of: sdk), other != user {
                try await Callback<Void>.wait { callback in
                    sdk.logout({ callback.succeed(()) }, fail: { callback.fail($0, $1) })
                }
                session.end(other)
                try await planguard.session(other).ended()
            }
            let signature = try await userSig()
            try await Callback<Void>.wait { callback in
                sdk.login(user, userSig: signature, succ: { callback.succeed(()) }, fail: { callback.fail($0, $1) })
            }
            guard sdk.getLoginUser() == user else { throw ChatSDKError.anotherUserIsLoggedIn }
            session.begin(user)
        }
    }

    /// Logs the current user out because a person asked for it. From then on only a person logs this user in.
    public func logout() async throws {
        let user = await Self.realUser(of: sdk) ?? session.user
        try await Callback<Void>.wait { [sdk] callback in
            sdk.logout({ callback.succeed(()) }, fail: { callback.fail($0, $1) })
        }
        guard let user else { return }
        session.end(user)
        try await planguard.session(user).loggedOut()
    }

    /// Opens the SDK's local database of `user` without a login, so that cached conversations can be shown: what to do
    /// after a deferral. Experimental at the provider.
    public func openCachedConversations(of user: UserId) async throws {
        _ = try await Callback<Int?>.wait { [sdk] callback in
            sdk.callExperimentalAPI(
                "initLocalStorage", param: user, succ: { callback.succeed($0) }, fail: { callback.fail($0, $1) })
        }
    }

    /// Whoever is logged in at the SDK for chat; `nil` when nobody is, or only a pseudo-account of the push SDK.
    public func loginUser() async -> UserId? {
        await Self.realUser(of: sdk)
    }

    /// The SDK is connected.
    public func onConnectSuccess() { happened(.connected) }

    /// The SDK lost its connection, and reconnects by itself.
    public func onConnectFailed(_ code: Int32, err: String?) { happened(.disconnected) }

    /// Another device logged the user out.
    public func onKickedOffline() { happened(.kickedOff) }

    /// The UserSig is over. Get a new one, call `newUserSig`, and log in with `renewUserSig`.
    public func onUserSigExpired() { happened(.userSigExpired) }

    /// Waits until every callback that has come was applied and is durable.
    public func settle() async {
        await withCheckedContinuation { done in
            if case .terminated = callbacks.yield(Happening(kind: .settled(done), named: nil, recorded: nil)) {
                done.resume()
            }
        }
    }

    private func happened(_ kind: Happening.Kind) {
        // Asked now: whoever logs in before the callback is applied is not meant.
        callbacks.yield(Happening(kind: kind, named: sdk.getLoginUser(), recorded: session.user))
    }

    /// `getLoginUser()` may name a pseudo-account of the push SDK: account type 1 is a real session, 2 a push one. An
    /// SDK that does not know the question has no such accounts.
    static func realUser(of sdk: any ChatSDK) async -> UserId? {
        guard let named = sdk.getLoginUser(), !named.isEmpty else { return nil }
        let kind = try? await Callback<Int?>.wait { callback in
            sdk.callExperimentalAPI(
                "getLoginAccountType", param: nil, succ: { callback.succeed($0) }, fail: { callback.fail($0, $1) })
        }
        return kind == .some(.some(2)) ? nil : named
    }
}
