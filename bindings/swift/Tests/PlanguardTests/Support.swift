import Foundation
import Planguard
import PlanguardTestKit
import XCTest

let app: UInt64 = 1_400_000_001

/// Noon of 20 August 2024, Beijing time.
let august = "2024-08-20T04:00:00Z"

/// What the chat SDK says in tests.
struct SDKFailure: Error, Equatable {
    let text: String
}

/// Counts calls from any thread.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var number = 0

    var count: Int {
        lock.lock()
        defer { lock.unlock() }
        return number
    }

    func add() {
        lock.lock()
        number += 1
        lock.unlock()
    }
}

/// Opens once. Whoever waits before that waits; a cancelled task does not.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func open() {
        continuation.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}

/// Waits until the task is cancelled.
func forever() async throws {
    await Gate().wait()
    try Task.checkCancellation()
}

/// A guard on intent `.standard`, by a clock that a test turns.
func open(
    _ clock: ManualClock = ManualClock(at: august),
    _ configure: (inout Configuration) -> Void = { _ in }
) async throws -> Planguard {
    try await Planguard.open(sdkAppId: app) {
        $0.clock = clock
        $0.fallback = (.intl2024, .standard)
        configure(&$0)
    }
}

/// Lets time pass by the second until `work` is through, for work that waits for what never comes.
func passing<T: Sendable>(
    _ clock: ManualClock,
    by step: TimeInterval = 1,
    _ work: @escaping @Sendable () async throws -> T
) async throws -> T {
    let done = Counter()
    let task = Task {
        defer { done.add() }
        return try await work()
    }
    let end = ContinuousClock.now.advanced(by: .seconds(60))
    while done.count == 0, ContinuousClock.now < end {
        await Task.yield()
        clock.advance(by: step)
    }
    if done.count == 0 {
        task.cancel()
        XCTFail("no end after a minute")
    }
    return try await task.value
}

/// A folder of this test's own, removed at its end.
func folder(_ test: XCTestCase) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("planguard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    test.addTeardownBlock { try FileManager.default.removeItem(at: url) }
    return url
}

/// The error that `work` throws.
func thrown<T>(
    file: StaticString = #filePath,
    line: UInt = #line,
    by work: () async throws -> T
) async -> (any Error)? {
    do {
        let value = try await work()
        XCTFail("\(value) instead of an error", file: file, line: line)
        return nil
    } catch {
        return error
    }
}

/// `package/…`, where this file lies in the package.
let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
