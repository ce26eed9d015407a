// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import PartylineDaemon

/// A configuration file in a temporary folder, which is removed when the fixture is released.
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

    func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }

    func load(
        _ environment: [String: String] = [:], _ change: (inout DaemonConfiguration.Flags) -> Void = { _ in }
    ) async throws -> DaemonConfiguration {
        var flags = DaemonConfiguration.Flags()
        flags.file = file
        change(&flags)
        return try await DaemonConfiguration.load(flags, environment: environment)
    }

    /// The configuration from a file with that text, the environment and the flags.
    static func load(
        _ text: String, _ environment: [String: String] = [:],
        _ change: (inout DaemonConfiguration.Flags) -> Void = { _ in }
    ) async throws -> DaemonConfiguration {
        let fixture = try ConfigurationFixture(text)
        return try await fixture.load(environment, change)
    }
}
