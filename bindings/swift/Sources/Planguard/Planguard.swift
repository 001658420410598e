import Foundation
import PlanguardFFI

/// Keeps a chat app inside its plan.
///
/// Open one per app id and process, at start, and keep it. Reads are synchronous and free; writes are `async` and return
/// once the change is durable. A denial is a value, not an error. Every `async` method passes the cancellation of its
/// task on: it then throws `CancellationError`, and its change is written completely or not at all.
///
/// Methods throw ``PlanguardError``, unless they say otherwise.
public final class Planguard: Sendable {
    let lower: LowerPlanguard

    init(_ lower: LowerPlanguard) {
        self.lower = lower
    }

    /// Opens a guard: reads the store, makes no request. `configure` runs on the caller's actor, so a screen may call it.
    ///
    /// ```swift
    /// let guard = try await Planguard.open(sdkAppId: 1_400_000_001) {
    ///     $0.store = .applicationSupport()
    ///     $0.endpoint = "https://billing.example.com"
    ///     $0.fallback = (.intl2024, .standard)
    /// }
    /// ```
    public static func open(
        sdkAppId: UInt64,
        isolation: isolated (any Actor)? = #isolation,
        _ configure: (inout Configuration) throws -> Void = { _ in }
    ) async throws -> Planguard {
        var configuration = Configuration(sdkAppId: sdkAppId)
        try configure(&configuration)
        return try await open(configuration)
    }

    /// Opens a guard: reads the store, makes no request.
    public static func open(_ configuration: Configuration) async throws -> Planguard {
        // Before anything else: a library of another version is a clear error here, not a crash later.
        try checkLibrary()
        return Planguard(try await configuration.builder().open())
    }

    /// Ends the guard: streams and upkeep end, and every later call throws ``PlanguardError/Closed(details:)``. Calls that
    /// run are carried through. May be called again.
    public func shutdown() {
        lower.shutdown()
    }

    /// Whether ``shutdown()`` was called.
    public var isShutDown: Bool {
        lower.isShutDown()
    }

    /// Where the plan stands now.
    public var lifecycle: Lifecycle {
        get throws { try lower.lifecycle() }
    }

    /// What the app is entitled to, as resolved last.
    public var entitlements: Entitlements {
        get throws { try lower.entitlements() }
    }

    /// The trusted time that decisions are made by.
    public var now: Date {
        get throws { try lower.now() }
    }

    /// The billing month that is now, such as `2026-11`.
    public var billingMonth: BillingMonth {
        get throws { try lower.billingMonth() }
    }

    /// The id for a guest who uses the app without an account; the same for the life of the install.
    public var stableGuestId: UserId {
        get throws { try lower.stableGuestId() }
    }

    /// Says whether somebody is looking at the app: by that freshness is judged.
    public func setPhase(_ phase: AppPhase) throws {
        try lower.setPhase(phase: phase)
    }
}
