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

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let histogram = product(name: "Histogram", package: "hdrhistogram-swift")
}

let package = Package(
    name: "partyline-benchmarks",
    products: [
        .executable(name: "benchmarks", targets: ["benchmarks"])
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // In C: starting processes, epoll, and the plain fan-out that is the reference.
        .target(name: "CPlain"),
        .executableTarget(
            name: "benchmarks", dependencies: ["CPlain", .argumentParser, .histogram], swiftSettings: strict),
        .testTarget(name: "BenchmarkTests", dependencies: ["benchmarks"], swiftSettings: strict),
    ]
)
