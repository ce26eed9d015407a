// swift-tools-version: 6.2
import PackageDescription

/// As strict as the package that it measures.
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
        // Without its traits, which bring an interposed allocator that we have no use for.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        // Its folder has to lie in one that is called Benchmarks: the plug-in looks for that.
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
