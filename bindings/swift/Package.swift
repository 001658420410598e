// swift-tools-version: 6.0
import PackageDescription

// The library under the package. On Apple's platforms it is the XCFramework that `Scripts/make-xcframework.sh` makes.
// Elsewhere, and for development on a Mac, `PLANGUARD_LIBRARY_DIR` names the folder of the shared library.
let library: [Target]
let linking: [LinkerSetting]

if let folder = Context.environment["PLANGUARD_LIBRARY_DIR"] {
    library = [.systemLibrary(name: "CPlanguard")]
    linking = [
        .linkedLibrary("planguard"),
        .unsafeFlags(["-L\(folder)", "-Xlinker", "-rpath", "-Xlinker", folder]),
    ]
} else {
    library = [.binaryTarget(name: "CPlanguard", path: "PlanguardFFI.xcframework")]
    linking = []
}

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

        .testTarget(
            name: "PlanguardTests",
            dependencies: ["Planguard", "PlanguardTencent", "PlanguardTestKit", "V2TIMChat", "OtherProcess", "QuickStart"]
        ),
        // The quick start of the README, as it stands.
        .executableTarget(name: "QuickStart", dependencies: ["Planguard"], path: "Tests/QuickStart"),
        // The app's notification extension, as a second process on its store.
        .executableTarget(name: "OtherProcess", dependencies: ["Planguard"], path: "Tests/OtherProcess"),
        // What a call costs.
        .executableTarget(name: "CallCosts", dependencies: ["Planguard"], path: "Tests/CallCosts"),
        // The file that an app copies, compiled against the signatures of the provider's SDK.
        .target(name: "V2TIMChat", dependencies: ["PlanguardTencent", "ImSDK_Plus"], path: "Adapter"),
        .target(name: "ImSDK_Plus", path: "Tests/ImSDK_Plus"),
    ],
    swiftLanguageModes: [.v6]
)
