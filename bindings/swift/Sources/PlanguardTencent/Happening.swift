import Foundation
import Planguard

/// Whose session the SDK holds, as far as logins went through the guard.
final class SessionBox: @unchecked Sendable {
    private let lock = NSLock()
    private var current: UserId?

    var user: UserId? {
        lock.lock()
        defer { lock.unlock() }
        return current
    }

    func begin(_ user: UserId) {
        lock.lock()
        current = user
        lock.unlock()
    }

    /// Ends the session of `user`, unless somebody came after.
    func end(_ user: UserId) {
        lock.lock()
        if current == user { current = nil }
        lock.unlock()
    }
}

/// A callback of the SDK, with what was known of its user when it came.
struct Happening: Sendable {
    enum Kind: Sendable {
        case connected, disconnected, kickedOff, userSigExpired
        case settled(CheckedContinuation<Void, Never>)
    }

    let kind: Kind
    /// Whom the SDK named.
    let named: String?
    /// Who logged in through the guard.
    let recorded: UserId?

    /// Reports it to the session of the user it is about. What is about nobody is dropped: it must not be applied to
    /// somebody who came after.
    func apply(to planguard: Planguard, asking sdk: any ChatSDK) async {
        if case .settled(let done) = kind { return done.resume() }
        guard let user = await subject(asking: sdk) else { return }
        let session = planguard.session(user)
        // An error here means that the guard was shut down, which ends every session.
        switch kind {
        case .connected: try? await session.connected()
        case .disconnected: try? await session.disconnected()
        case .kickedOff: try? await session.kickedOff()
        case .userSigExpired: try? await session.userSigExpired()
        case .settled: break
        }
    }

    private func subject(asking sdk: any ChatSDK) async -> UserId? {
        guard let named, !named.isEmpty, named != recorded else { return recorded }
        // Somebody whom the guard did not log in: a login that bypassed it, or a pseudo-account of the push SDK.
        guard sdk.getLoginUser() == named else { return recorded }
        return await GuardedChat.realUser(of: sdk) ?? recorded
    }
}
