import Foundation
import Planguard
import PlanguardFFI

/// A billing endpoint in memory: answers what the test says, and keeps what it was asked.
///
/// ```swift
/// let endpoint = ScriptedEndpoint()
/// endpoint.serve(edition: .premium)
/// let guard = try await Planguard.open(sdkAppId: 1_400_000_001) {
///     $0.endpoint = ScriptedEndpoint.url
///     $0.transport = endpoint
/// }
/// ```
public final class ScriptedEndpoint: Transport, @unchecked Sendable {
    /// The URL to open a guard with. Nothing is sent to it.
    public static let url = "https://billing.example.com"

    /// What the endpoint does with a request.
    public enum Answer: Sendable {
        /// This status and JSON body.
        case json(Int, String)
        /// This status alone.
        case status(Int)
        /// The transport fails.
        case fails(TransportError)
        /// The transport throws something that it does not declare.
        case throwing(any Error)
        /// No answer ever comes.
        case never
    }

    private let lock = NSLock()
    private var script: [Answer] = []
    private var standing = Answer.fails(.Unreachable)
    private var received: [Request] = []

    /// An endpoint that cannot be reached until it is told otherwise.
    public init() {}

    /// What was asked, oldest first.
    public var requests: [Request] {
        locked { received }
    }

    /// Answers the next request with `answer`, once.
    public func next(_ answer: Answer) {
        locked { script.append(answer) }
    }

    /// Answers every request with `answer`, once the script is through.
    public func always(_ answer: Answer) {
        locked { standing = answer }
    }

    /// Serves a document for this edition from now on.
    ///
    /// - Parameters:
    ///   - issuedAt: When the document was made. The guard takes no document from its future.
    ///   - freshFor: For how many seconds the document is fresh.
    ///   - limits: Limits that differ from the edition's, by their fixed words.
    public func serve(
        catalog: CatalogId = .intl2024,
        edition: EditionId,
        sdkAppId: UInt64 = 1_400_000_001,
        revision: Int = 1,
        issuedAt: Date,
        freshFor: Int = 300,
        limits: [String: Int] = [:]
    ) {
        let overrides = limits.map { "\"\($0.key)\": \($0.value)" }.sorted().joined(separator: ", ")
        always(.json(200, """
            { "schema": 1, "revision": \(revision), "sdk_app_id": \(sdkAppId), "catalog": "\(catalog.rawValue)",
              "edition": "\(edition.rawValue)", "issued_at": "\(ISO8601DateFormatter().string(from: issuedAt))",
              "fresh_for_secs": \(freshFor), "limits": { \(overrides) } }
            """))
    }

    public func send(request: Request, maxBodyBytes: UInt64) async throws -> Response {
        switch locked({ take(request) }) {
        case .json(let status, let text):
            let type = Header(name: "content-type", value: "application/json")
            return Response(status: UInt16(status), headers: [type], body: Data(text.utf8))
        case .status(let status):
            return Response(status: UInt16(status), headers: [], body: Data())
        case .fails(let error): throw error
        case .throwing(let error): throw error
        case .never: return try await Never.returning()
        }
    }

    private func take(_ request: Request) -> Answer {
        received.append(request)
        return script.isEmpty ? standing : script.removeFirst()
    }

    private func locked<T>(_ work: () -> T) -> T {
        lock.lock()
        defer { lock.unlock() }
        return work()
    }
}

extension Never {
    /// Waits until the task is cancelled.
    static func returning<T>() async throws -> T {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        withExtendedLifetime(continuation) {}
        throw CancellationError()
    }
}
