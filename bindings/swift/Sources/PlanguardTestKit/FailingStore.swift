import Foundation
import Planguard

/// A store of the host in memory that fails when the test says so. Guards opened on one store act like processes on it.
public final class FailingStore: HostStore, @unchecked Sendable {
    /// What the store does with the next calls.
    public enum Mood: Sendable {
        /// It works.
        case works
        /// It says that it cannot.
        case fails
        /// It throws something that it does not declare.
        case throwing(any Error)
        /// It does not answer.
        case hangs
    }

    private let lock = NSLock()
    private var image: HostImage?
    private var current = Mood.works
    private var count = 0

    /// An empty store that works.
    public init() {}

    /// What it does from now on.
    public var mood: Mood {
        get { locked { current } }
        set { locked { current = newValue } }
    }

    /// How often a content was kept.
    public var writes: Int {
        locked { count }
    }

    public func load(known: UInt64) async throws -> HostImage? {
        try await behave()
        return locked {
            guard let image else { return known == 0 ? nil : HostImage(version: 0, content: Data()) }
            return image.version == known ? nil : image
        }
    }

    public func replace(expected: UInt64, content: Data) async throws -> Replaced {
        try await behave()
        return locked {
            guard (image?.version ?? 0) == expected else { return .conflict }
            image = HostImage(version: expected + 1, content: content)
            count += 1
            return .replaced
        }
    }

    private func behave() async throws {
        switch mood {
        case .works: break
        case .fails: throw HostError.Unavailable
        case .throwing(let error): throw error
        case .hangs: try await Never.returning() as Void
        }
    }

    private func locked<T>(_ work: () -> T) -> T {
        lock.lock()
        defer { lock.unlock() }
        return work()
    }
}
