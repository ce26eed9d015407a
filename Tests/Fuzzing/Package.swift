// swift-tools-version: 6.2
import PackageDescription

/// The fuzzers, in a package of their own: they are built with other flags, and only by `make fuzz` (see README.md).
/// Every target but `Fuzzer` is a link to sources of the house.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "fuzzing",
    dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
    targets: [
        .target(name: "AgentModel", swiftSettings: strict),
        .target(name: "StreamsProtocol", dependencies: ["AgentModel"], swiftSettings: strict),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "ConduitCore",
            dependencies: [
                "AgentModel", "StreamsProtocol", "CZlib", .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ], swiftSettings: strict),
        .target(
            name: "FuzzEntries", dependencies: ["ConduitCore", "StreamsProtocol", "AgentModel"], swiftSettings: strict),
        .executableTarget(name: "Fuzzer", dependencies: ["FuzzEntries"], swiftSettings: strict),
    ]
)
