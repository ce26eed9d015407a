// swift-tools-version: 6.2
import PackageDescription

/// As strict as the package beside it.
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
        // What the measures stand on in C: starting processes, epoll, and the plain fan-out that is measured against.
        .target(name: "CPlain"),
        .executableTarget(
            name: "benchmarks", dependencies: ["CPlain", .argumentParser, .histogram], swiftSettings: strict),
        .testTarget(name: "BenchmarkTests", dependencies: ["benchmarks"], swiftSettings: strict),
    ]
)
