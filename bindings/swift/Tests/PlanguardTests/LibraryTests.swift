import Foundation
import PlanguardFFI
import XCTest

/// A library that was built from another version is a clear error, not a crash.
final class LibraryTests: XCTestCase {
    func testTheLibraryIsTheOneThatThePackageWasGeneratedFor() {
        XCTAssertTrue(libraryMatches())
    }

    #if os(Linux)
    func testALibraryOfAnotherVersionIsAClearError() throws {
        let folder = try folder(self)
        let source = folder.appendingPathComponent("other.swift")
        // What the library says of one call, as another version would say it.
        try "@_cdecl(\"uniffi_planguard_checksum_func_catalogs\") public func checksum() -> UInt16 { 1 }\n"
            .write(to: source, atomically: true, encoding: .utf8)
        let other = folder.appendingPathComponent("libother.so")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["swiftc", "-emit-library", "-module-name", "other", "-o", other.path, source.path]
        compiler.currentDirectoryURL = folder
        try compiler.run()
        compiler.waitUntilExit()
        XCTAssertEqual(compiler.terminationStatus, 0)

        let (process, errors) = (Process(), Pipe())
        process.executableURL = Peer.products.appendingPathComponent("OtherProcess")
        process.arguments = [folder.appendingPathComponent("planguard.db").path, "app"]
        process.environment = ProcessInfo.processInfo.environment.merging(["LD_PRELOAD": other.path]) { _, new in new }
        process.standardError = errors
        process.standardInput = Pipe()
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .exit)
        XCTAssertEqual(process.terminationStatus, 3)
        XCTAssertTrue(text.contains("another version"), text)
    }
    #endif
}
