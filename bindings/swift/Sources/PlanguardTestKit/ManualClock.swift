import Foundation
import Planguard

/// Time that moves only when a test moves it, timers included.
///
/// ```swift
/// let clock = ManualClock(at: "2024-08-20T02:00:00Z")
/// let guard = try await Planguard.open(sdkAppId: 1_400_000_001) { $0.clock = clock }
/// clock.advance(by: 86_400)
/// ```
public final class ManualClock: PlanguardClock, @unchecked Sendable {
    private struct Sleeper {
        let until: TimeInterval
        let waking: CheckedContinuation<Void, any Error>
    }

    private let lock = NSLock()
    private var wall: Date
    private var passed: TimeInterval = 0
    private var sleepers: [Int: Sleeper] = [:]
    private var cancelled: Set<Int> = []
    private var lastSleeper = 0
    private var waiting: [(count: Int, done: CheckedContinuation<Void, Never>)] = []

    /// A clock that stands at `date`.
    public init(at date: Date) {
        wall = date
    }

    /// A clock that stands at an instant in the form `2024-08-20T02:00:00Z`.
    public convenience init(at text: String) {
        guard let date = ISO8601DateFormatter().date(from: text) else {
            preconditionFailure("ManualClock: \(text) is not an instant such as 2024-08-20T02:00:00Z")
        }
        self.init(at: date)
    }

    /// The time of day.
    public var date: Date {
        locked { wall }
    }

    /// Lets `seconds` pass: the time of day and every timer move.
    public func advance(by seconds: TimeInterval) {
        let due = locked { () -> [Sleeper] in
            wall += seconds
            passed += seconds
            let due = sleepers.filter { $0.value.until <= passed }
            for (id, _) in due { sleepers[id] = nil }
            return due.values.sorted { $0.until < $1.until }
        }
        for sleeper in due { sleeper.waking.resume() }
    }

    /// Sets the time of day, as a person does in the settings. No time passes.
    public func set(to date: Date) {
        locked { wall = date }
    }

    /// How many sleeps wait for their time.
    public var sleeping: Int {
        locked { sleepers.count }
    }

    /// Waits until at least `count` sleeps wait for their time, so that advancing the clock wakes them.
    public func untilSleeping(_ count: Int = 1) async {
        await withCheckedContinuation { done in
            let already = locked { () -> Bool in
                if sleepers.count >= count { return true }
                waiting.append((count, done))
                return false
            }
            if already { done.resume() }
        }
    }

    public func now() throws -> Date {
        locked { wall }
    }

    public func elapsed() throws -> TimeInterval {
        // It crosses cut off to whole nanoseconds, and 4.706 is a little less than that.
        locked { (passed * 1000).rounded() / 1000 + 1e-7 }
    }

    public func sleep(length: TimeInterval) async throws {
        let id = locked { () -> Int in
            lastSleeper += 1
            return lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { self.begin(id, length, $0) }
        } onCancel: {
            self.cancel(id)
        }
    }

    private func begin(_ id: Int, _ length: TimeInterval, _ waking: CheckedContinuation<Void, any Error>) {
        var ready: [CheckedContinuation<Void, Never>] = []
        let over: Result<Void, any Error>? = locked {
            if cancelled.remove(id) != nil { return .failure(CancellationError()) }
            if length <= 0 { return .success(()) }
            sleepers[id] = Sleeper(until: passed + length, waking: waking)
            ready = waiting.filter { $0.count <= sleepers.count }.map(\.done)
            waiting.removeAll { $0.count <= sleepers.count }
            return nil
        }
        if let over { waking.resume(with: over) }
        for done in ready { done.resume() }
    }

    private func cancel(_ id: Int) {
        let sleeper = locked { () -> Sleeper? in
            if let sleeper = sleepers.removeValue(forKey: id) { return sleeper }
            cancelled.insert(id)
            return nil
        }
        sleeper?.waking.resume(throwing: CancellationError())
    }

    private func locked<T>(_ work: () -> T) -> T {
        lock.lock()
        defer { lock.unlock() }
        return work()
    }
}
