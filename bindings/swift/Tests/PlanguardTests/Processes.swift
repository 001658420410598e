import Foundation
import XCTest

#if canImport(Glibc)
import Glibc
#endif

/// A program of the package, or another one, as a process that is talked to by lines.
final class Peer {
    private let process = Process()
    private let input = Pipe()
    private let lines: AsyncStream<String>
    private var iterator: AsyncStream<String>.Iterator

    /// Starts the program at `url`. It ends with this object.
    init(_ url: URL, _ arguments: [String]) throws {
        let output = Pipe()
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        lines = stream
        iterator = stream.makeAsyncIterator()
        process.executableURL = url
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let reading = Thread {
            var rest = Data()
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(output.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                rest.append(contentsOf: buffer[..<count])
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest.removeSubrange(rest.startIndex...end)
                }
            }
            continuation.finish()
        }
        reading.start()
    }

    deinit {
        stop()
    }

    /// The folder of the programs that were built with the tests.
    static var products: URL {
        #if os(Linux)
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        #else
        Bundle(for: Peer.self).bundleURL.deletingLastPathComponent()
        #endif
    }

    /// The next line; an error when the process ended instead.
    func line() async throws -> String {
        guard let line = await iterator.next() else { throw Ended(status: process.terminationStatus) }
        return line
    }

    /// Says `line`.
    func say(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Says `line`, and waits for the answer.
    func ask(_ line: String) async throws -> String {
        try say(line)
        return try await self.line()
    }

    /// Ends it as the system ends an app that it needs the memory of.
    func kill() {
        #if os(Linux)
        _ = Glibc.kill(process.processIdentifier, SIGKILL)
        #else
        _ = Darwin.kill(process.processIdentifier, SIGKILL)
        #endif
        process.waitUntilExit()
    }

    /// Ends its input, and waits for its end.
    func stop() {
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    struct Ended: Error {
        let status: Int32
    }
}
