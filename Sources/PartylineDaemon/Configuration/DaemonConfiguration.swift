import ConduitCore
import Configuration
import ConnectTransport
import SessionCore
import StreamsProtocol
import SystemPackage

/// What the daemon was told: by flags first, then by the environment, then by its file, then by default.
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

        /// No flags.
        init() {}
    }

    /// What a configuration is read from, beside the file.
    struct Origin: Sendable {
        let flags: Flags
        let environment: [String: String]
    }

    /// Where the socket is to be; nil where nothing says so, which is fine as long as systemd brings one.
    private(set) var socketPath: String?
    /// The file that was read, if there is one.
    let file: String?
    /// The upstream half's settings.
    private(set) var session: SessionSettings
    /// The network's settings.
    private(set) var transport: TransportSettings
    /// The least level that is logged.
    let logLevel: String
    /// Who gets which role, before the default rule.
    let access: [AccessRule]
    /// What is kept for a restart, and where.
    private(set) var state: StateConfiguration
    /// What it was read from, for a reload.
    let origin: Origin
    let values: ConfigurationValues

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
        // A file of comments alone is fine, but not for the provider.
        if let file, let text, !ConfigurationFile.isEmpty(text) {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        return try DaemonConfiguration(
            ConfigurationValues(reader: ConfigReader(providers: providers)), file: file,
            Origin(flags: flags, environment: environment))
    }

    private init(_ values: ConfigurationValues, file: String?, _ origin: Origin) throws {
        self.values = values
        self.origin = origin
        self.file = file
        // PARTYLINE_SOCKET has been read already, as the key `socket`.
        var rest = origin.environment
        rest["PARTYLINE_SOCKET"] = nil
        socketPath = SocketPath.resolve(
            explicit: origin.flags.socket ?? values.text("socket"), instance: origin.flags.instance, environment: rest)
        var session = try SessionSettings(
            source: Self.source(values), timers: Self.timers(values),
            allowsPlainLoopbackWebSocket: values.flag("webSocket.allowPlainLoopback"))
        session.endsWhenTerminated = values.required("session.onTerminate") == "exit"
        session.apiProxyBase = values.text("session.apiProxyBase")
        self.session = session
        transport = try Self.transport(values, origin.environment)
        logLevel = values.required("log.level")
        access = try Self.access(values)
        state = StateConfiguration(values)
    }

    /// The downstream half's settings.
    func conduit(epoch: String, ownUid: UInt32) -> ConduitSettings {
        var settings = ConduitSettings(epoch: epoch, access: AccessRules(ownUid: ownUid, rules: access))
        settings.lineLimit = values.integer("limits.lineBytes")
        settings.badLineLimit = values.integer("limits.badLines")
        settings.logBytes = values.integer("limits.eventLogBytes")
        settings.logLines = values.integer("limits.eventLogLines")
        settings.supersededBytes = values.integer("limits.supersededBytes")
        settings.ledger = ledger
        settings.segmentBytes = state.segmentBytes
        settings.requestsPerSecond = values.integer("limits.requestsPerSecond")
        settings.requestBurst = values.integer("limits.requestBurst")
        if case .authorize = session.source { settings.acceptsConfigure = false }
        return settings
    }

    /// The same with what only a start can bring as another one has it, which is running.
    func keeping(_ running: DaemonConfiguration) -> DaemonConfiguration {
        var kept = self
        kept.socketPath = running.socketPath
        kept.session = running.session
        kept.transport = running.transport
        kept.state = running.state
        return kept
    }

    /// What clients may hold.
    var ledger: LedgerLimits {
        var limits = LedgerLimits()
        limits.portBytes = values.integer("limits.replyBytes")
        limits.uidBytes = values.integer("limits.uidReplyBytes")
        limits.portRequests = values.integer("limits.requests")
        limits.uidRequests = values.integer("limits.uidRequests")
        limits.uidPorts = values.integer("limits.uidPorts")
        limits.programPorts = values.integer("limits.programPorts")
        limits.programBytes = values.integer("limits.programReplyBytes")
        limits.programRequests = values.integer("limits.programRequests")
        return limits
    }

    /// What is allowed and hardly meant.
    func warnings(ownUid: UInt32) -> [String] {
        if AccessRules(ownUid: ownUid, rules: access).hasAdmin { return [] }
        return [
            "access.rules leaves nobody the role admin, so no client may configure, reload or terminate; to leave it to "
                + "the daemon's own user, put \"uid=\(ownUid) admin\" before the other rules"
        ]
    }

    /// The rules again, after the check that knew their lines: a name may have gone since.
    private static func access(_ values: ConfigurationValues) throws -> [AccessRule] {
        try values.list("access.rules").map { text in
            do throws(AccessRuleText.Fault) {
                return try AccessRuleText.parse(text)
            } catch {
                throw ConfigurationError("access.rules", "access.rules: \"\(text.prefix(64))\" \(error.reason)")
            }
        }
    }
}
