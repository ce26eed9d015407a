import Foundation

@testable import PartylineDaemon

/// A configuration file in a folder of its own, for as long as it is held.
final class ConfigurationFixture {
    let file: String
    private let folder: URL

    init(_ text: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "partyline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        file = folder.appending(path: "partyline.yaml").path()
        try write(text)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Puts another text in its place.
    func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }

    func load(
        _ environment: [String: String] = [:], _ change: (inout DaemonConfiguration.Flags) -> Void = { _ in }
    ) async throws -> DaemonConfiguration {
        var flags = DaemonConfiguration.Flags()
        flags.file = file
        change(&flags)
        return try await DaemonConfiguration.load(flags, environment: environment)
    }

    /// What a file of that text, with environment and flags, comes to.
    static func load(
        _ text: String, _ environment: [String: String] = [:],
        _ change: (inout DaemonConfiguration.Flags) -> Void = { _ in }
    ) async throws -> DaemonConfiguration {
        let fixture = try ConfigurationFixture(text)
        return try await fixture.load(environment, change)
    }
}
