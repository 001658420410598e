import Foundation
import PlanguardFFI

extension Planguard {
    /// Whether an action fits the plan, in short.
    public func check(_ action: Action) throws -> Verdict {
        try lower.check(action: action)
    }

    /// As ``check(_:)``, with every limit, what the answer rests on and what would lift a denial.
    public func assess(_ action: Action) throws -> Assessment {
        try lower.assess(action: action)
    }

    /// Carries an action out where it fits: holds room, calls `call`, counts what happened or gives the room back, and
    /// explains a refusal of the provider.
    ///
    /// `call` throws ``ProviderError`` for what the chat SDK answered. Any other error that it throws is thrown on,
    /// after the guard has given the room back: the action is taken as one that did not happen.
    ///
    /// - Parameter timeout: How long `call` is waited for, in seconds. Default a minute.
    public func perform(
        _ action: Action,
        timeout: TimeInterval = 60,
        _ call: @escaping @Sendable () async throws -> Void
    ) async throws -> Performed {
        try await performPartly(action, timeout: timeout) {
            try await call()
            return .all
        }
    }

    /// As ``perform(_:timeout:_:)``, for a call that says how much of the action happened.
    public func performPartly(
        _ action: Action,
        timeout: TimeInterval = 60,
        _ call: @escaping @Sendable () async throws -> Done
    ) async throws -> Performed {
        let handler = ActionClosure(call)
        let limit: TimeInterval = try checked(timeout, "timeout")
        do {
            return try await lower.performWith(action: action, handler: handler, timeout: limit)
        } catch PlanguardError.HandlerFailed(let details) {
            throw handler.thrown.value ?? PlanguardError.HandlerFailed(details: details)
        }
    }

    /// Holds room for an action that is about to be carried out.
    ///
    /// - Parameter length: How long, in seconds; at most a day. Default ``Configuration/permitTTL``.
    public func reserve(_ action: Action, for length: TimeInterval? = nil) async throws -> Reservation {
        guard let length else { return try await lower.reserve(action: action) }
        return try await lower.reserveFor(action: action, length: try checked(length, "length"))
    }

    /// Finishes a permit by its id, after a restart or from another process: what happened is counted, the rest of its
    /// room goes back.
    public func commitPermit(_ id: PermitId, _ done: Done = .all) async throws -> Committed {
        try await lower.commitPermit(id: id, done: done)
    }

    /// Gives a permit back by its id. Says whether it was still held.
    @discardableResult
    public func releasePermit(_ id: PermitId) async throws -> Bool {
        try await lower.releasePermit(id: id)
    }

    /// Counts an action that has happened.
    public func record(_ action: Action) async throws {
        try await lower.record(action: action)
    }

    /// Counts an action once, however often the same `key` comes. Says whether it was counted now.
    @discardableResult
    public func recordOnce(_ key: String, _ action: Action) async throws -> Bool {
        try await lower.recordOnce(key: key, action: action)
    }

    /// Says what the chat SDK's own lists show.
    public func observe(_ observation: Observation) async throws {
        try await lower.observe(observation: observation)
    }

    /// Says that the provider refused a call, and gets told what that means. `code` and `message` are the chat SDK's,
    /// unchanged.
    public func reportRejection(
        code: Int32,
        message: String,
        action: Action? = nil,
        feature: Feature? = nil
    ) async throws -> Rejection {
        let context = RejectionContext(action: action, feature: feature)
        return try await lower.reportRejection(code: code, message: message, context: context)
    }
}

@available(macOS 13, iOS 16, tvOS 16, watchOS 9, *)
extension Planguard {
    /// As ``perform(_:timeout:_:)``.
    public func perform(
        _ action: Action,
        timeout: Duration,
        _ call: @escaping @Sendable () async throws -> Void
    ) async throws -> Performed {
        try await perform(action, timeout: timeout.seconds, call)
    }

    /// As ``reserve(_:for:)``.
    public func reserve(_ action: Action, for length: Duration) async throws -> Reservation {
        try await reserve(action, for: length.seconds)
    }
}
