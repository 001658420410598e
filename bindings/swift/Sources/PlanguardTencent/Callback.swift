import Foundation
import Planguard

/// A callback of the chat SDK that a task waits for. Only its first answer counts; a cancelled task does not wait on.
final class Callback<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var continuation: CheckedContinuation<Value, any Error>?
    private var early: Result<Value, any Error>?
    private var isOver = false

    /// Starts `call`, and waits for the first answer.
    static func wait(_ call: (Callback) -> Void) async throws -> Value {
        let callback = Callback()
        return try await withTaskCancellationHandler {
            call(callback)
            return try await withCheckedThrowingContinuation { callback.attach($0) }
        } onCancel: {
            callback.resume(.failure(CancellationError()))
        }
    }

    func succeed(_ value: Value) {
        resume(.success(value))
    }

    func fail(_ code: Int32, _ text: String?) {
        resume(.failure(ProviderError.provider(code: code, text: text)))
    }

    private func attach(_ waiting: CheckedContinuation<Value, any Error>) {
        lock.lock()
        let early = self.early
        if early == nil { continuation = waiting }
        lock.unlock()
        if let early { waiting.resume(with: early) }
    }

    private func resume(_ result: Result<Value, any Error>) {
        lock.lock()
        guard !isOver else { return lock.unlock() }
        isOver = true
        let waiting = continuation
        if waiting == nil { early = result }
        continuation = nil
        lock.unlock()
        waiting?.resume(with: result)
    }
}
