// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The fuzzers are a separate package because they are built with other flags, by `make fuzz` (see README.md).
/// Every target except `Fuzzer` is a link to the main package's sources.
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
