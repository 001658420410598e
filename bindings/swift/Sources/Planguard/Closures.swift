import Foundation
import PlanguardFFI

/// A value that two threads touch.
final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Value

    init(_ value: Value) {
        held = value
    }

    var value: Value {
        get {
            lock.lock()
            defer { lock.unlock() }
            return held
        }
        set {
            lock.lock()
            held = newValue
            lock.unlock()
        }
    }
}

/// What a closure threw and is kept for the app; the lower layer gets a word without it.
typealias Thrown = Locked<(any Error)?>

/// What crosses in place of an error that the lower layer has no name for. Its text stays on this side.
private func crossing(_ error: any Error, _ thrown: Thrown) -> ProviderError {
    if let known = error as? ProviderError { return known }
    thrown.value = error
    return .Unexpected(detail: "")
}

/// A login closure as the handler of the lower layer.
final class LoginClosure: LoginHandler {
    let thrown = Thrown(nil)
    private let call: @Sendable () async throws -> Void

    init(_ call: @escaping @Sendable () async throws -> Void) {
        self.call = call
    }

    func login(user: UserId) async throws {
        do {
            try await call()
        } catch {
            throw crossing(error, thrown)
        }
    }
}

/// An action's closure as the handler of the lower layer.
final class ActionClosure: ActionHandler {
    let thrown = Thrown(nil)
    private let call: @Sendable () async throws -> Done

    init(_ call: @escaping @Sendable () async throws -> Done) {
        self.call = call
    }

    func perform() async throws -> Done {
        do {
            return try await call()
        } catch {
            throw crossing(error, thrown)
        }
    }
}

/// A closure that gives credentials as the provider of the lower layer.
final class CredentialClosure: CredentialProvider {
    private let call: @Sendable () async throws -> String?

    init(_ call: @escaping @Sendable () async throws -> String?) {
        self.call = call
    }

    func credential() async throws -> String? {
        do {
            return try await call()
        } catch {
            // Without what was thrown: it may hold a secret.
            throw CredentialError.Unavailable
        }
    }
}
