// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The module table of Documentation/architecture.md: which project modules and libraries each module may import. The tests
/// read the sources and not the package description, because a module can import an undeclared dependency if another
/// module declares it.
private let allowed: [String: (ours: Set<String>, libraries: Set<String>)] = [
    "AgentModel": ([], ["FoundationEssentials"]),
    "StreamsProtocol": (["AgentModel"], ["FoundationEssentials"]),
    "SessionCore": (["AgentModel", "StreamsProtocol"], ["Collections", "DequeModule", "OrderedCollections"]),
    "ConduitCore": (["AgentModel", "StreamsProtocol", "CZlib"], ["Collections", "DequeModule", "OrderedCollections"]),
    "CZlib": ([], []),
    "CSystemd": ([], []),
    "CLinux": ([], []),
    "Systemd": (["CSystemd"], ["Logging"]),
    "ConnectTransport": (
        ["SessionCore", "AgentModel", "StreamsProtocol"],
        [
            "AsyncHTTPClient", "Crypto", "FoundationEssentials", "Glibc", "Logging", "NIOCore", "NIOExtras", "NIOHTTP1",
            "NIOHTTPCompression", "NIOPosix", "NIOSSL", "NIOWebSocket",
        ]
    ),
    "LocalServer": (
        ["ConduitCore", "AgentModel", "StreamsProtocol", "CLinux"], ["Glibc", "NIOCore", "NIOPosix"]
    ),
    "PartylineDaemon": (
        [
            "AgentModel", "StreamsProtocol", "SessionCore", "ConduitCore", "CSystemd", "CLinux", "Systemd",
            "ConnectTransport", "LocalServer",
        ],
        [
            "ArgumentParser", "Configuration", "FoundationEssentials", "Glibc", "Logging", "NIOConcurrencyHelpers",
            "NIOCore", "NIOPosix",
            "ServiceLifecycle", "Synchronization", "SystemPackage", "UnixSignals", "Yams",
        ]
    ),
    "partylined": (["PartylineDaemon"], []),
    "ConnectStreams": (["StreamsProtocol", "AgentModel"], ["FoundationEssentials", "Glibc", "Synchronization"]),
    "partyline": (
        ["ConnectStreams", "StreamsProtocol", "AgentModel", "CLinux"],
        ["ArgumentParser", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Subprocess", "SystemPackage"]
    ),
    "ConnectSimulator": (
        [],
        [
            "ArgumentParser", "Crypto", "Foundation", "FoundationEssentials", "Glibc", "HTTPTypes", "Hummingbird",
            "HummingbirdCore", "HummingbirdTLS", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
            "NIOWebSocket", "ServiceLifecycle", "SwiftASN1", "Synchronization", "X509", "Yams",
        ]
    ),
    "connect-simulator": (
        ["ConnectSimulator"], ["ArgumentParser", "Dispatch", "FoundationEssentials", "Glibc", "Logging"]
    ),
]

@Suite("Module imports")
struct ImportTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    @Test("the folders in Sources are exactly the modules of the table")
    func modules() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path())
        #expect(Set(folders) == Set(allowed.keys))
    }

    @Test("a file imports only what the table allows for its module", arguments: allowed.keys.sorted())
    func edges(module: String) throws {
        let rule = try #require(allowed[module])
        let ours = Set(allowed.keys.map { $0.replacingOccurrences(of: "-", with: "_") })
        for (file, name) in try Self.imports(of: module) {
            let permitted = ours.contains(name) ? rule.ours : rule.libraries
            #expect(permitted.contains(name), "\(module)/\(file) imports \(name), which the table does not allow")
        }
    }

    @Test("every form of import declaration is recognized; comments and strings are not")
    func forms() {
        let text = """
            import A
            public import B
            @preconcurrency import C
            @testable internal import struct D.Thing
              package import E.Sub
            // import F
            let text = "import G"
            """
        #expect(Self.imports(in: text) == ["A", "B", "C", "D", "E"])
    }

    private static func imports(of module: String) throws -> [(file: String, name: String)] {
        let folder = sources.appending(path: module)
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var result: [(file: String, name: String)] = []
        while let file = files?.nextObject() as? URL {
            // The examples of the documentation are programs of their own.
            guard file.pathExtension == "swift", !file.path.contains(".docc/") else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            result += imports(in: text).map { (file.lastPathComponent, $0) }
        }
        return result
    }

    private static func imports(in text: String) -> [String] {
        let access = ["public", "package", "internal", "fileprivate", "private"]
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
        return text.split(separator: "\n").compactMap { line -> String? in
            var words = line.split(separator: " ")[...]
            while let first = words.first, first.hasPrefix("@") || access.contains(String(first)) {
                words = words.dropFirst()
            }
            guard words.first == "import" else { return nil }
            words = words.dropFirst()
            if let kind = words.first, kinds.contains(String(kind)) { words = words.dropFirst() }
            return words.first.flatMap { $0.split(separator: ".").first }.map(String.init)
        }
    }
}
