import Foundation
import PlanguardFFI

/// A login that was carried out and failed, or for which the caller's time ran out.
public struct LoginError: Error, Sendable, CustomStringConvertible, LocalizedError {
    /// What happened, and when the next login can be carried out.
    public let failure: LoginFailure
    /// What this caller's own closure threw, if it did. For the app only: it may hold the provider's text.
    public let underlying: (any Error)?

    /// One line in English, without ids and without the provider's text.
    public var description: String { failure.reason }

    /// English, for a screen. ``Explained/explain(_:)`` also has Chinese.
    public var errorDescription: String? { failure.explanation.en }
}

extension Planguard {
    /// Logs `user` in through `call`, unless that is needless, harmful or refused.
    ///
    /// ```swift
    /// switch try await guard.login("ada", .pushWake, { try await chat.login("ada", sig) }) {
    /// case .executed, .joined, .alreadyLoggedIn: showChat()
    /// case .deferred: showCached()
    /// case .shed: break
    /// case .denied(let reason, _, _, _): show(reason.explain())
    /// }
    /// ```
    ///
    /// `call` throws ``ProviderError`` for what the chat SDK answered; of any other error the guard knows only that the
    /// login failed.
    ///
    /// - Parameters:
    ///   - timeout: How long this caller waits, in seconds. Default as the policy says, 60.
    ///   - knownToProvider: Whether the provider knows the user. A login of one it does not know registers one.
    /// - Throws: ``LoginError`` when the login ran and failed.
    @discardableResult
    public func login(
        _ user: UserId,
        _ intent: LoginIntent,
        timeout: TimeInterval? = nil,
        knownToProvider: Bool = true,
        _ call: @escaping @Sendable () async throws -> Void
    ) async throws -> LoginOutcome {
        let handler = LoginClosure(call)
        let request = LoginRequest(
            user: user, intent: intent, timeout: try checked(timeout, "timeout"), knownToProvider: knownToProvider,
            noWait: false)
        do {
            return try await lower.loginWith(request: request, handler: handler)
        } catch PlanguardError.Login(let failure) {
            throw LoginError(failure: failure, underlying: handler.thrown.value)
        }
    }

    /// The first step of a login whose upstream call cannot be a closure. Waits for a login of the same user that is
    /// under way, unless `waits` is false.
    ///
    /// - Throws: ``LoginError`` when the login that was waited for failed.
    public func beginLogin(
        _ user: UserId,
        _ intent: LoginIntent,
        timeout: TimeInterval? = nil,
        knownToProvider: Bool = true,
        waits: Bool = true
    ) async throws -> Begun {
        let request = LoginRequest(
            user: user, intent: intent, timeout: try checked(timeout, "timeout"), knownToProvider: knownToProvider,
            noWait: !waits)
        do {
            return try await lower.beginLoginWith(request: request)
        } catch PlanguardError.Login(let failure) {
            throw LoginError(failure: failure, underlying: nil)
        }
    }

    /// The session of one user in this process: hand the chat SDK's callbacks to the user they are about.
    public func session(_ user: UserId) -> Session {
        Session(lower: lower, user: user)
    }

    /// Says that the app has a new UserSig for this user: a login refused for the old one may be tried again.
    public func newUserSig(_ user: UserId) async throws {
        try await lower.newUserSig(user: user)
    }

    /// Says that the provider has counted this user in the running billing period already.
    public func knownActive(_ user: UserId) async throws {
        try await lower.knownActive(user: user)
    }

    /// Forgets what failed logins of this user left behind: waits, refusals and the loop breaker.
    public func forgetFailures(_ user: UserId) async throws {
        try await lower.forgetFailures(user: user)
    }

    /// What the login guard did in a month, such as `2026-11`. Default the running one.
    public func loginReport(_ month: BillingMonth? = nil) async throws -> LoginReport {
        try await lower.loginReport(month: try month ?? lower.billingMonth())
    }
}

extension LoginTicket {
    /// The chat SDK refused, with this code and text.
    ///
    /// - Throws: ``LoginError`` where the login failed for its caller.
    public func fail(_ code: Int32, _ text: String?) async throws -> LoginOutcome {
        do {
            return try await fail(code: code, detail: text ?? "")
        } catch PlanguardError.Login(let failure) {
            throw LoginError(failure: failure, underlying: nil)
        }
    }
}

@available(macOS 13, iOS 16, tvOS 16, watchOS 9, *)
extension Planguard {
    /// As ``login(_:_:timeout:knownToProvider:_:)``.
    @discardableResult
    public func login(
        _ user: UserId,
        _ intent: LoginIntent,
        timeout: Duration,
        _ call: @escaping @Sendable () async throws -> Void
    ) async throws -> LoginOutcome {
        try await login(user, intent, timeout: timeout.seconds, call)
    }
}
