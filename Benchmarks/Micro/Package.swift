// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The same settings as the partyline package.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "partyline-micro-benchmarks",
    dependencies: [
        .package(name: "partyline", path: "../.."),
        // Without its traits, which would add an interposed allocator.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        // The plug-in finds only targets in a folder named Benchmarks.
        .executableTarget(
            name: "PureCode",
            dependencies: [
                .product(name: "PartylineCores", package: "partyline"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/PureCode",
            swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
