// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The settings of every target: Swift 6 mode, warnings as errors, and the upcoming features that make imports explicit
/// (see Documentation/decisions/0001-house-rules.md).
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let collections = product(name: "Collections", package: "swift-collections")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioConcurrencyHelpers = product(name: "NIOConcurrencyHelpers", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioWebSocket = product(name: "NIOWebSocket", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioExtras = product(name: "NIOExtras", package: "swift-nio-extras")
    static let nioHTTPCompression = product(name: "NIOHTTPCompression", package: "swift-nio-extras")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let logging = product(name: "Logging", package: "swift-log")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let yams = product(name: "Yams", package: "Yams")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
}

let package = Package(
    name: "partyline",
    products: [
        .executable(name: "partylined", targets: ["partylined"]),
        .executable(name: "partyline", targets: ["partyline"]),
        .executable(name: "connect-simulator", targets: ["connect-simulator"]),
        .library(name: "ConnectStreams", targets: ["ConnectStreams", "AgentModel"]),
        // For Benchmarks/Micro, which measures the pure modules.
        .library(name: "PartylineCores", targets: ["AgentModel", "StreamsProtocol", "ConduitCore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // Pure modules: no NIO, no clock, no files.
        .target(name: "AgentModel", swiftSettings: strict),
        .target(name: "StreamsProtocol", dependencies: ["AgentModel"], swiftSettings: strict),
        .target(
            name: "SessionCore", dependencies: ["AgentModel", "StreamsProtocol", .collections], swiftSettings: strict),
        .target(
            name: "ConduitCore", dependencies: ["AgentModel", "StreamsProtocol", "CZlib", .collections],
            swiftSettings: strict),

        // I/O modules: they execute actions and decide nothing.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CLinux"),
        .target(name: "Systemd", dependencies: ["CSystemd", .logging], swiftSettings: strict),
        .target(
            name: "ConnectTransport",
            dependencies: [
                "SessionCore", "AgentModel", "StreamsProtocol", .asyncHTTPClient, .nioCore, .nioPosix, .nioHTTP1,
                .nioWebSocket, .nioSSL, .nioExtras, .nioHTTPCompression, .crypto, .logging,
            ], swiftSettings: strict),
        .target(
            name: "LocalServer",
            dependencies: [
                "ConduitCore", "AgentModel", "StreamsProtocol", "CLinux", .nioCore, .nioPosix,
            ], swiftSettings: strict),

        // Assembly and clients.
        .target(
            name: "PartylineDaemon",
            dependencies: [
                "AgentModel", "StreamsProtocol", "SessionCore", "ConduitCore", "CLinux", "Systemd", "ConnectTransport",
                "LocalServer", .nioCore, .nioConcurrencyHelpers, .nioPosix, .logging, .lifecycle, .unixSignals,
                .argumentParser,
                .configuration, .yams,
            ], swiftSettings: strict),
        .executableTarget(
            name: "partylined", dependencies: ["PartylineDaemon"], swiftSettings: strict),
        .target(name: "ConnectStreams", dependencies: ["StreamsProtocol", "AgentModel"], swiftSettings: strict),
        .executableTarget(
            name: "partyline",
            dependencies: [
                "ConnectStreams", "StreamsProtocol", "AgentModel", "CLinux", .argumentParser, .subprocess,
                .systemPackage,
            ], swiftSettings: strict),
        .target(
            name: "ConnectSimulator",
            dependencies: [
                .hummingbird, .hummingbirdTLS, .nioCore, .nioPosix, .nioHTTP1, .nioWebSocket, .nioSSL, .x509, .asn1,
                .crypto, .yams, .logging, .httpTypes, .lifecycle,
            ], swiftSettings: strict),
        .executableTarget(
            name: "connect-simulator", dependencies: ["ConnectSimulator", .argumentParser, .logging],
            swiftSettings: strict),

        // Tests: first the pure modules, with virtual time; then the real binaries.
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "AgentModelTests", dependencies: ["AgentModel"], swiftSettings: strict),
        .testTarget(
            name: "StreamsProtocolTests", dependencies: ["StreamsProtocol", "AgentModel"], swiftSettings: strict),
        .testTarget(
            name: "SessionCoreTests", dependencies: ["SessionCore", "StreamsProtocol", "AgentModel"],
            swiftSettings: strict),
        .testTarget(
            name: "ConduitCoreTests", dependencies: ["ConduitCore", "StreamsProtocol", "AgentModel"],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectTransportTests",
            dependencies: [
                "ConnectTransport", "ConnectSimulator", "SessionCore", "AgentModel", .nioCore, .nioEmbedded, .nioPosix,
                .nioSSL,
                .nioWebSocket, .logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PartylineDaemonTests",
            dependencies: [
                "PartylineDaemon", "SessionCore", "ConduitCore", "LocalServer", "StreamsProtocol", "AgentModel",
                "CLinux", .nioCore, .nioPosix, .logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "ConnectStreamsTests", dependencies: ["ConnectStreams", "StreamsProtocol", "AgentModel"],
            swiftSettings: strict),
        .testTarget(
            name: "PartylineCommandTests",
            dependencies: ["partyline", "ConnectStreams", "StreamsProtocol", "AgentModel", .systemPackage],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "ConnectSimulatorTests",
            dependencies: ["ConnectSimulator", .hummingbird, .nioCore, .nioPosix, .logging, .httpTypes],
            swiftSettings: strict),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "partylined", "ConnectStreams", "StreamsProtocol", "AgentModel", .nioCore, .nioPosix, .nioHTTP1,
                .nioWebSocket, .yams,
            ], exclude: ["Scenes", "README.md"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "partylined", "partyline", "connect-simulator", "ConnectStreams", "StreamsProtocol", "AgentModel",
                "CLinux", .nioCore, .nioPosix,
            ], swiftSettings: strict),
    ]
)
