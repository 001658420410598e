import Foundation
import PlanguardFFI

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The system's HTTP stack: for apps that pin certificates or go through proxies, and for the smaller library that has
/// no stack of its own. It follows no redirect, keeps no cookie and no cache, and does not retry.
///
/// Not for Linux: Foundation 6.0 ends the process there on a 401 that asks for a bearer credential.
public final class URLSessionTransport: Transport {
    private let session: URLSession
    private let exchanges = Exchanges()

    /// A transport on a session of this configuration, of which cookies and cache are switched off.
    public init(_ configuration: URLSessionConfiguration = .ephemeral) {
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
    }

    deinit {
        session.finishTasksAndInvalidate()
    }

    /// Sends `request` and answers with the whole response, whatever its status. A body beyond `maxBodyBytes` is not read
    /// to its end.
    public func send(request: Request, maxBodyBytes: UInt64) async throws -> Response {
        guard let url = URL(string: request.url) else { throw TransportError.BadRequest }
        var outgoing = URLRequest(url: url)
        outgoing.httpMethod = request.method
        for header in request.headers {
            outgoing.addValue(header.value, forHTTPHeaderField: header.name)
        }
        if !request.body.isEmpty { outgoing.httpBody = request.body }
        let task = session.dataTask(with: outgoing)
        defer { exchanges.forget(task.taskIdentifier) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if exchanges.begin(task.taskIdentifier, maxBodyBytes, continuation) { task.resume() }
            }
        } onCancel: {
            // The session may not tell of a task that is cancelled while it starts, so nothing waits for that.
            exchanges.cancel(task.taskIdentifier)
            task.cancel()
        }
    }
}

/// The requests under way. Redirects are the guard's business: it knows where a credential may go.
private final class Exchanges: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private struct Exchange {
        let limit: UInt64
        let continuation: CheckedContinuation<Response, any Error>
        var body = Data()
    }

    private let lock = NSLock()
    private var underWay: [Int: Exchange] = [:]
    /// Those that were cancelled before they began.
    private var cancelled: Set<Int> = []

    /// Whether the request may start.
    func begin(_ id: Int, _ limit: UInt64, _ continuation: CheckedContinuation<Response, any Error>) -> Bool {
        let begins = locked {
            if cancelled.contains(id) { return false }
            underWay[id] = Exchange(limit: limit, continuation: continuation)
            return true
        }
        if !begins { continuation.resume(throwing: CancellationError()) }
        return begins
    }

    /// Answers at once; what the session tells afterwards finds nobody waiting.
    func cancel(_ id: Int) {
        let exchange = locked {
            cancelled.insert(id)
            return underWay.removeValue(forKey: id)
        }
        exchange?.continuation.resume(throwing: CancellationError())
    }

    /// The request is over.
    func forget(_ id: Int) {
        _ = locked { cancelled.remove(id) }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let tooLarge = locked { () -> Exchange? in
            underWay[dataTask.taskIdentifier]?.body.append(data)
            guard let exchange = underWay[dataTask.taskIdentifier], UInt64(exchange.body.count) > exchange.limit else {
                return nil
            }
            return underWay.removeValue(forKey: dataTask.taskIdentifier)
        }
        guard let tooLarge else { return }
        dataTask.cancel()
        tooLarge.continuation.resume(throwing: TransportError.TooLarge(limit: tooLarge.limit))
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = locked({ underWay.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let error { return exchange.continuation.resume(throwing: Self.failure(error)) }
        guard let response = task.response as? HTTPURLResponse else {
            return exchange.continuation.resume(throwing: TransportError.CutOff)
        }
        let headers = response.allHeaderFields.compactMap { name, value -> Header? in
            guard let name = name as? String, let value = value as? String else { return nil }
            // The system has decoded the body already.
            let decoded = ["content-encoding", "content-length"].contains(name.lowercased())
            return decoded ? nil : Header(name: name.lowercased(), value: value)
        }
        let status = UInt16(clamping: response.statusCode)
        exchange.continuation.resume(returning: Response(status: status, headers: headers, body: exchange.body))
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    private static func failure(_ error: any Error) -> TransportError {
        switch (error as? URLError)?.code {
        case .timedOut: .TimedOut
        case .networkConnectionLost, .cannotParseResponse, .badServerResponse: .CutOff
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
            .clientCertificateRequired: .Tls
        case .badURL, .unsupportedURL: .BadRequest
        default: .Unreachable
        }
    }

    private func locked<T>(_ work: () -> T) -> T {
        lock.lock()
        defer { lock.unlock() }
        return work()
    }
}
