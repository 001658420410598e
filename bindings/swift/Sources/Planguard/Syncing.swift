import Foundation
import PlanguardFFI

extension Planguard {
    /// Brings the entitlements up to date. Whatever goes wrong, the last good ones stay.
    @discardableResult
    public func sync(_ policy: FetchPolicy) async throws -> SyncOutcome {
        try await lower.sync(policy: policy)
    }

    /// Writes what is counted in memory, and delivers the usage events that wait.
    @discardableResult
    public func flush() async throws -> Flushed {
        try await lower.flush()
    }

    /// Keeps the guard up to date until it is shut down or the task is cancelled: syncs when that is due or wanted, and
    /// writes and delivers what waits. Run it as a task of its own.
    ///
    /// - Parameter every: At least so often, in seconds.
    public func keepFresh(every: TimeInterval) async throws {
        try await lower.keepFresh(every: try checked(every, "every"))
    }
}

@available(macOS 13, iOS 16, tvOS 16, watchOS 9, *)
extension Planguard {
    /// As ``keepFresh(every:)``.
    public func keepFresh(every: Duration) async throws {
        try await keepFresh(every: every.seconds)
    }
}
