import PlanguardFFI

/// The session of one user in this process. None of these calls causes a login.
public struct Session: Sendable {
    let lower: LowerPlanguard
    let user: UserId

    private func session() throws -> UserSession {
        try lower.session(user: user)
    }

    /// Where it stands.
    public var state: SessionState {
        get throws { try session().state() }
    }

    /// The chat SDK is connected. Waits that began because the network was lost end.
    public func connected() async throws {
        try await session().connected()
    }

    /// The chat SDK lost its connection, and tries again by itself.
    public func disconnected() async throws {
        try await session().disconnected()
    }

    /// Another device took this user's place: from then on only a person logs this user in.
    public func kickedOff() async throws {
        try await session().kickedOff()
    }

    /// The provider refuses the UserSig as expired.
    public func userSigExpired() async throws {
        try await session().userSigExpired()
    }

    /// The person logged out: from then on only a person logs this user in.
    public func loggedOut() async throws {
        try await session().loggedOut()
    }

    /// The session is over and nothing else: as after a start of the app.
    public func ended() async throws {
        try await session().ended()
    }
}
