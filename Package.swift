// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same rules; the strictest ones the toolchain offers.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error)
]

/// Numbers are optimized in debug builds too: an unoptimized loop is hundreds of times slower.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Tests look inside these modules in release builds too, so that everything is built once, in one configuration.
let testable: [SwiftSetting] = [.unsafeFlags(["-enable-testing"], .when(configuration: .release))]

let package = Package(
    name: "sisa",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "sisa", targets: ["sisa"]),
        .executable(name: "bench", targets: ["bench"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2")
    ],
    targets: [
        // Matrix product and vector loops that need instruction-set dispatch, and nothing else.
        // `-ffp-contract=off`: the only fused multiply-adds are the ones that are written.
        .target(
            name: "CKernels",
            cSettings: [
                .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"])
            ]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // A call of the C library that Swift's module of it hides.
        .systemLibrary(name: "CSystem"),
        .target(
            name: "Engine",
            dependencies: ["CKernels", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: numeric + testable),
        .target(
            name: "Unlearning",
            dependencies: [
                "Engine", "CSystem", "CZstd",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Yams", package: "Yams")
            ],
            swiftSettings: strict + testable),
        // Pictures and pages, of whatever numbers.
        .target(name: "Charts", swiftSettings: strict + testable),
        .target(
            name: "Costs", dependencies: ["Charts", "Engine", "Unlearning"], swiftSettings: strict + testable),
        .executableTarget(
            name: "sisa",
            dependencies: [
                "Costs", "Engine", "Unlearning",
                .product(name: "ArgumentParser", package: "swift-argument-parser")
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CKernels", "Engine", "Unlearning",
                .product(name: "ArgumentParser", package: "swift-argument-parser")
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["Engine", "Unlearning", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/TestSupport",
            swiftSettings: numeric),
        .testTarget(
            name: "EngineTests", dependencies: ["CKernels", "Engine", "TestSupport"],
            resources: [.copy("Fixtures")], swiftSettings: numeric),
        .testTarget(
            name: "UnlearningTests",
            dependencies: ["Engine", "Unlearning", "TestSupport", .product(name: "Crypto", package: "swift-crypto")],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(name: "ChartsTests", dependencies: ["Charts", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CostsTests", dependencies: ["Charts", "Costs", "Engine", "TestSupport", "Unlearning"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: ["sisa", "bench", "Engine", "TestSupport"], swiftSettings: strict)
    ]
)
