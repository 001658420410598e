import Foundation
import XCTest

/// What no compiler checks of the package: manifest of privacy, script, quick start, surface.
final class PackageTests: XCTestCase {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: package.appendingPathComponent(path), encoding: .utf8)
    }

    private func run(_ url: URL, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = url
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: printed, as: UTF8.self), String(decoding: complained, as: UTF8.self)
        )
    }

    /// The fenced blocks of the README in this language.
    private func blocks(_ language: String) throws -> [String] {
        let parts = try text("README.md").components(separatedBy: "```\(language)\n")
        return parts.dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }

    func testThePrivacyManifestSaysWhatTheLibraryDoes() throws {
        let data = try Data(contentsOf: package.appendingPathComponent("Sources/Planguard/Resources/PrivacyInfo.xcprivacy"))
        let parsed = try PropertyListSerialization.propertyList(from: data, format: nil)
        let manifest = try XCTUnwrap(parsed as? [String: Any])
        XCTAssertEqual(manifest["NSPrivacyTracking"] as? Bool, false)
        XCTAssertEqual((manifest["NSPrivacyTrackingDomains"] as? [Any])?.count, 0)
        XCTAssertEqual((manifest["NSPrivacyCollectedDataTypes"] as? [Any])?.count, 0)
        let uses = try XCTUnwrap(manifest["NSPrivacyAccessedAPITypes"] as? [[String: Any]])
        let reasons = Dictionary(uniqueKeysWithValues: uses.map { use in
            (use["NSPrivacyAccessedAPIType"] as? String ?? "", use["NSPrivacyAccessedAPITypeReasons"] as? [String] ?? [])
        })
        XCTAssertEqual(reasons, [
            "NSPrivacyAccessedAPICategoryFileTimestamp": ["C617.1"],
            "NSPrivacyAccessedAPICategorySystemBootTime": ["35F9.1"],
        ])
    }

    func testThePrivacyManifestIsAResourceOfTheSwiftTarget() throws {
        // In a static framework it would not be collected.
        let manifest = try text("Package.swift")
        XCTAssertTrue(manifest.contains(#"resources: [.copy("Resources/PrivacyInfo.xcprivacy")]"#))
        let bundles = try FileManager.default.contentsOfDirectory(atPath: Peer.products.path)
        let bundle = try XCTUnwrap(bundles.first { $0.hasPrefix("planguard_Planguard.") }, "\(bundles)")
        let copied = Peer.products.appendingPathComponent(bundle).appendingPathComponent("PrivacyInfo.xcprivacy")
        XCTAssertTrue(FileManager.default.fileExists(atPath: copied.path), copied.path)
    }

    func testTheScriptMakesFiveSlicesWithTheirHeadersInAFolderOfTheirOwn() throws {
        let script = try text("Scripts/make-xcframework.sh")
        let slices = [
            "aarch64-apple-ios", "aarch64-apple-ios-sim", "x86_64-apple-ios", "aarch64-apple-darwin", "x86_64-apple-darwin",
        ]
        let lines = script.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let listed = lines.filter { $0.contains("-apple-") && $0.contains("# ") }.compactMap { $0.split(separator: " ").first }
        XCTAssertEqual(listed.map(String.init), slices)
        XCTAssertEqual(script.components(separatedBy: "-headers \"$work/headers\"").count - 1, 3)
        XCTAssertTrue(script.contains("$work/headers/$MODULE/"))
        XCTAssertTrue(script.contains("codesign"))
        XCTAssertTrue(script.contains("compute-checksum"))
    }

    func testTheScriptSaysWhatItNeedsWhereItCannotRun() throws {
        let script = package.appendingPathComponent("Scripts/make-xcframework.sh")
        #if os(Linux)
        for arguments in [[], ["--check"]] as [[String]] {
            let ran = try run(script, arguments)
            XCTAssertEqual(ran.status, 1)
            XCTAssertTrue(ran.errors.contains("a Mac: xcodebuild"), ran.errors)
            XCTAssertTrue(ran.errors.contains("rustup target add aarch64-apple-ios-sim"), ran.errors)
        }
        #endif
        XCTAssertEqual(try run(script, ["--nonsense"]).status, 2)
    }

    func testTheQuickStartRunsAsItStands() throws {
        let block = try XCTUnwrap(blocks("swift").first)
        XCTAssertEqual(block, try text("Tests/QuickStart/main.swift"), "README and Tests/QuickStart/main.swift differ")
        XCTAssertLessThanOrEqual(block.split(separator: "\n", omittingEmptySubsequences: false).count - 1, 20)
        let ran = try run(Peer.products.appendingPathComponent("QuickStart"), [])
        XCTAssertEqual(ran.status, 0, ran.errors)
        XCTAssertEqual(ran.output, try XCTUnwrap(blocks("text").first))
    }

    func testTheSurfaceIsTheOneThatWasAgreedOn() throws {
        var found: [String] = []
        for target in ["Planguard", "PlanguardTencent", "PlanguardTestKit"] {
            let folder = package.appendingPathComponent("Sources/\(target)")
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
                let lines = try text("Sources/\(target)/\(file)").split(separator: "\n")
                var isPublicEnum = false
                for line in lines.map({ $0.trimmingCharacters(in: .whitespaces) }) {
                    if line.hasSuffix("{"), line.contains("enum ") { isPublicEnum = line.hasPrefix("public ") }
                    let isCase = isPublicEnum && line.hasPrefix("case ") && !line.hasPrefix("case .")
                    guard line.hasPrefix("public ") || isCase else { continue }
                    found.append("\(target): \(line)")
                }
            }
        }
        let surface = found.sorted().joined(separator: "\n") + "\n"
        let agreed = try text("Tests/surface.txt")
        guard surface != agreed else { return }
        if ProcessInfo.processInfo.environment["PLANGUARD_AGREE"] != nil {
            try surface.write(to: package.appendingPathComponent("Tests/surface.txt"), atomically: true, encoding: .utf8)
        }
        let change = Set(surface.split(separator: "\n")).symmetricDifference(agreed.split(separator: "\n")).sorted()
        XCTFail("another surface (agree to it with PLANGUARD_AGREE=1):\n\(change.joined(separator: "\n"))")
    }
}
