import ConduitCore
import Configuration
import ConnectTransport
import SessionCore
import StreamsProtocol
import SystemPackage

/// The daemon's configuration: flags come before the environment, then the file, then the defaults.
struct DaemonConfiguration: Sendable {
    /// What `partylined` was started with.
    struct Flags: Sendable {
        /// `--config`.
        var file: String?
        /// `--socket`.
        var socket: String?
        /// `--instance`.
        var instance: String?
        /// `--set KEY=VALUE`, repeatable.
        var settings: [String] = []
    }

    /// What a configuration is read from, beside the file.
    struct Origin: Sendable {
        let flags: Flags
        let environment: [String: String]
    }

    /// The socket's path; nil if nothing sets it, which is fine if systemd passes a socket.
    private(set) var socketPath: String?
    /// The file that was read, if there is one.
    let file: String?
    private(set) var settings: DaemonSettings
    /// What it was read from, for a reload.
    let origin: Origin

    /// Reads and checks everything.
    static func load(_ flags: Flags, environment: [String: String]) async throws -> DaemonConfiguration {
        let file = try ConfigurationSources.findFile(flags, environment)
        let text = try file.map(ConfigurationSources.contents)
        var problems = file.map { ConfigurationFile.check(text ?? "", file: $0) } ?? []
        problems += ConfigurationSources.environmentProblems(environment)
        let (overrides, flagProblems) = ConfigurationSources.overrides(flags.settings)
        problems += flagProblems
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: overrides), ConfigurationSources.environmentProvider(environment),
        ]
        // The provider rejects a file of comments alone.
        if let file, let text, !ConfigurationFile.isEmpty(text) {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        return try DaemonConfiguration(
            ConfigurationSources.settings(ConfigReader(providers: providers)), file: file,
            Origin(flags: flags, environment: environment))
    }

    private init(_ settings: DaemonSettings, file: String?, _ origin: Origin) throws(ConfigurationError) {
        self.settings = settings
        self.origin = origin
        self.file = file
        // PARTYLINE_SOCKET has been read already, as the key `socket`.
        var rest = origin.environment
        rest["PARTYLINE_SOCKET"] = nil
        socketPath = SocketPath.resolve(
            explicit: origin.flags.socket ?? settings.socket, instance: origin.flags.instance, environment: rest)
        try self.settings.complete(origin.environment)
    }

    /// The upstream half's settings.
    var session: SessionSettings { settings.session }

    var transport: TransportSettings { settings.transport }

    /// The least level that is logged.
    var logLevel: LogLevel { settings.logLevel }

    /// The downstream half's settings.
    func conduit(epoch: String, ownUid: UInt32) -> ConduitSettings {
        var conduit = settings.conduit
        conduit.epoch = epoch
        conduit.access = AccessRules(ownUid: ownUid, rules: settings.access)
        if settings.authorizes { conduit.acceptsConfigure = false }
        return conduit
    }

    /// The same, except that what takes a restart stays as it is in the running configuration.
    func keeping(_ running: DaemonConfiguration) -> DaemonConfiguration {
        var kept = self
        kept.settings = running.settings
        for key in ConfigurationKeys.all where key.isLive { key.copy(settings, &kept.settings) }
        kept.socketPath = running.socketPath
        return kept
    }

    /// Settings that are valid but probably not intended.
    func warnings(ownUid: UInt32) -> [String] {
        if AccessRules(ownUid: ownUid, rules: settings.access).hasAdmin { return [] }
        return [
            "access.rules leaves nobody the role admin, so no client may configure, reload or terminate; to leave it to "
                + "the daemon's own user, put \"uid=\(ownUid) admin\" before the other rules"
        ]
    }
}
