import Foundation
import PlanguardFFI
import XCTest

/// `cc` did not make the library.
private struct NoCompiler: Error {}

/// A library that was built from another version is a clear error, not a crash.
final class LibraryTests: XCTestCase {
    func testTheLibraryIsTheOneThatThePackageWasGeneratedFor() {
        XCTAssertTrue(libraryMatches())
    }

    #if os(Linux)
    /// What a process says whose library answers `calls` as another version would.
    private func said(_ calls: String) throws -> String {
        let folder = try folder(self)
        let source = folder.appendingPathComponent("other.c")
        try calls.write(to: source, atomically: true, encoding: .utf8)
        let other = folder.appendingPathComponent("libother.so")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["cc", "-shared", "-fPIC", "-o", other.path, source.path]
        compiler.currentDirectoryURL = folder
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw NoCompiler() }

        let (process, errors) = (Process(), Pipe())
        process.executableURL = Peer.products.appendingPathComponent("OtherProcess")
        process.arguments = [folder.appendingPathComponent("planguard.db").path, "app"]
        process.environment = ProcessInfo.processInfo.environment.merging(["LD_PRELOAD": other.path]) { _, new in new }
        process.standardError = errors
        // A process that takes the library for its own ends with its input.
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        XCTAssertEqual(process.terminationReason, .exit)
        XCTAssertEqual(process.terminationStatus, 3, text)
        XCTAssertTrue(text.contains("take both from one release, and clean the build folder"), text)
        return text
    }

    func testALibraryWhoseCallsHaveAnotherMeaningIsAClearError() throws {
        let text = try said("unsigned short uniffi_planguard_checksum_func_catalogs(void) { return 1; }\n")
        XCTAssertTrue(text.contains("says that it is planguard \(packageVersion)"), text)
        XCTAssertTrue(text.contains("differs from it in its calls"), text)
    }

    func testALibraryOfAnotherVersionIsAClearErrorWithBothVersions() throws {
        let text = try said(
            """
            struct buffer { unsigned long long capacity, len; const char *data; };
            struct buffer uniffi_planguard_fn_func_version(void *status) {
                struct buffer text = { 5, 5, "9.9.9" };
                return text;
            }
            void ffi_planguard_rustbuffer_free(struct buffer text, void *status) {}

            """)
        XCTAssertTrue(text.contains("is planguard 9.9.9, and the Swift package is planguard \(packageVersion)"), text)
    }

    func testALibraryOfAnotherGeneratorIsAClearError() throws {
        let text = try said("unsigned int ffi_planguard_uniffi_contract_version(void) { return 1; }\n")
        XCTAssertTrue(text.contains("another version of the contract between the two than planguard \(packageVersion)"), text)
    }
    #endif
}
