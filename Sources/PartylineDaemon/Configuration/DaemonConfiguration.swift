// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Configuration
import ConnectTransport
import SessionCore
import StreamsProtocol
import SystemPackage

/// The daemon's configuration. Flags override the environment, which overrides the file, which overrides the defaults.
struct DaemonConfiguration: Sendable {
    /// The command-line options of `partylined`.
    struct Flags: Sendable {
        /// `--config`.
        var file: String?
        var socket: String?
        var instance: String?
        /// `--set KEY=VALUE`, repeatable.
        var settings: [String] = []
    }

    struct Origin: Sendable {
        let flags: Flags
        let environment: [String: String]
    }

    /// Nil if no source sets it. The daemon then needs a socket from systemd.
    private(set) var socketPath: String?
    /// The file that was read, if any.
    let file: String?
    private(set) var settings: DaemonSettings
    /// The sources besides the file, for a reload.
    let origin: Origin

    /// Reads and checks all sources. Throws a `ConfigurationError` with all problems.
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
        // The provider rejects a file that contains only comments.
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
        // PARTYLINE_SOCKET has already been read, as the key `socket`.
        var rest = origin.environment
        rest["PARTYLINE_SOCKET"] = nil
        socketPath = SocketPath.resolve(
            explicit: origin.flags.socket ?? settings.socket, instance: origin.flags.instance, environment: rest)
        try self.settings.complete(origin.environment)
    }

    var session: SessionSettings { settings.session }

    var transport: TransportSettings {
        var transport = settings.transport
        if settings.source == .login { transport.cookieFile = nil }
        if settings.authorizes, settings.state.isKept { transport.keptCookiesFile = keptCookies }
        let instance = settings.instance.authorizeEndpoint ?? settings.instance.baseURL ?? ""
        transport.keptCookiesOwner = "\(settings.source.rawValue) \(socketPath ?? "") \(instance)"
        return transport
    }

    /// The file for cookies that the service renews: they last longer than a run of the machine. Nil if there is no folder
    /// for it.
    var keptCookies: String? {
        let environment = origin.environment
        let own = environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        let user = [(environment["XDG_STATE_HOME"], "/partyline"), (environment["HOME"], "/.local/state/partyline")]
            .compactMap { folder, rest in folder.flatMap { $0.hasPrefix("/") ? $0 + rest : nil } }.first
        guard let folder = settings.state.directory ?? own ?? user else { return nil }
        return "\(folder)/\(socketPath?.split(separator: "/").last ?? "partyline.sock").cookies"
    }

    var logLevel: LogLevel { settings.logLevel }

    func conduit(epoch: String, ownUid: UInt32) -> ConduitSettings {
        var conduit = settings.conduit
        conduit.epoch = epoch
        conduit.operations = ServiceDescription.operations
        conduit.access = AccessRules(ownUid: ownUid, rules: settings.access)
        if settings.authorizes { conduit.acceptsConfigure = false }
        return conduit
    }

    /// This configuration, but with the running values of all keys that need a restart.
    func keepingRestartKeys(of running: DaemonConfiguration) -> DaemonConfiguration {
        var configuration = self
        configuration.settings = running.settings
        for key in ConfigurationKeys.all where key.isLive { key.copy(settings, &configuration.settings) }
        configuration.socketPath = running.socketPath
        return configuration
    }

    /// Settings that are valid but probably not intended.
    func warnings(ownUid: UInt32) -> [String] {
        var warnings: [String] = []
        if settings.authorizes, settings.state.isKept, keptCookies == nil {
            warnings.append(
                "renewed cookies are not kept over a restart: there is no folder for them; set state.directory")
        }
        if AccessRules(ownUid: ownUid, rules: settings.access).hasAdmin { return warnings }
        return warnings + [
            "access.rules gives no user the role admin, so no client may configure, reload or terminate; to give it to "
                + "the daemon's own user, put \"uid=\(ownUid) admin\" before the other rules"
        ]
    }
}

extension DaemonConfiguration {
    /// Looks at the cookie file as the first sign-in would. Not part of `load`: a sign-in may write the file later.
    ///
    /// - Returns: warnings about its permissions.
    /// - Throws: if there are no cookies for the instance.
    func checkCookieFile() throws -> [String] {
        guard case .authorize(let instance) = session.source, let path = transport.cookieFile else { return [] }
        return try ConnectTransport.checkCookieFile(path, for: instance.authorizeEndpoint)
    }
}
