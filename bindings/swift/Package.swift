// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The library under the package. On Apple's platforms it is the XCFramework that `Scripts/make-xcframework.sh` makes. On
// Linux it is the shared library in `Libraries`, which `cargo xtask package` puts there. For development
// `PLANGUARD_LIBRARY_DIR` names another folder with the shared library.
let library: [Target]
let linking: [LinkerSetting]

#if !os(Linux)
let packed: String? = nil
#elseif arch(x86_64)
let packed: String? = Context.packageDirectory + "/Libraries/linux-x86_64"
#else
let packed: String? = Context.packageDirectory + "/Libraries/linux-aarch64"
#endif

if let folder = Context.environment["PLANGUARD_LIBRARY_DIR"] ?? packed {
    library = [.systemLibrary(name: "CPlanguard")]
    linking = [
        .linkedLibrary("planguard"),
        // A program finds it there, or beside itself.
        .unsafeFlags(["-L\(folder)", "-Xlinker", "-rpath", "-Xlinker", folder, "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN"]),
    ]
} else {
    library = [.binaryTarget(name: "CPlanguard", path: "PlanguardFFI.xcframework")]
    linking = []
}

// Tests, and what they run: not in what is packed.
let isWhole = FileManager.default.fileExists(atPath: Context.packageDirectory + "/Tests")

let development: [Target] = [
    .testTarget(
        name: "PlanguardTests",
        dependencies: ["Planguard", "PlanguardTencent", "PlanguardTestKit", "V2TIMChat", "OtherProcess", "QuickStart"]
    ),
    // The quick start of the README, as it stands.
    .executableTarget(name: "QuickStart", dependencies: ["Planguard"], path: "Tests/QuickStart"),
    // The app's notification extension, as a second process on its store.
    .executableTarget(name: "OtherProcess", dependencies: ["Planguard"], path: "Tests/OtherProcess"),
    // What a call costs.
    .executableTarget(name: "CallCosts", dependencies: ["Planguard", "CPlanguard"], path: "Tests/CallCosts"),
    // The file that an app copies, compiled against the signatures of the provider's SDK.
    .target(name: "V2TIMChat", dependencies: ["PlanguardTencent", "ImSDK_Plus"], path: "Adapter"),
    .target(name: "ImSDK_Plus", path: "Tests/ImSDK_Plus"),
]

let package = Package(
    name: "planguard",
    defaultLocalization: "en",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [
        .library(name: "Planguard", targets: ["Planguard"]),
        .library(name: "PlanguardTencent", targets: ["PlanguardTencent"]),
        .library(name: "PlanguardTestKit", targets: ["PlanguardTestKit"]),
    ],
    targets: library + [
        // Generated, and the little that must lie beside it. It is not written for language mode 6.
        .target(
            name: "PlanguardFFI",
            dependencies: ["CPlanguard"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: linking
        ),
        .target(
            name: "Planguard",
            dependencies: ["PlanguardFFI"],
            resources: [.copy("Resources/PrivacyInfo.xcprivacy")]
        ),
        .target(name: "PlanguardTencent", dependencies: ["Planguard"]),
        .target(name: "PlanguardTestKit", dependencies: ["Planguard"]),
    ] + (isWhole ? development : []),
    swiftLanguageModes: [.v6]
)
