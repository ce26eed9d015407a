import ConduitCore
import Configuration
import ConnectTransport
import FoundationEssentials
import Glibc
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

    /// Where the socket is to be; nil where nothing says so, which is fine as long as systemd brings one.
    let socketPath: String?
    /// The file that was read, if there is one.
    let file: String?
    /// The upstream half's settings.
    let session: SessionSettings
    /// The network's settings.
    let transport: TransportSettings
    /// The least level that is logged.
    let logLevel: String
    private let values: Values

    /// Reads and checks everything.
    static func load(_ flags: Flags, environment: [String: String]) async throws -> DaemonConfiguration {
        let file = try findFile(flags, environment)
        let text = try file.map(contents)
        var problems = file.map { ConfigurationFile.check(text ?? "", file: $0) } ?? []
        problems += environmentProblems(environment)
        let (overrides, flagProblems) = overrides(flags.settings)
        problems += flagProblems
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: overrides), environmentProvider(environment),
        ]
        // A file of comments alone is fine, but not for the provider.
        if let file, let text, !ConfigurationFile.isEmpty(text) {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        return try DaemonConfiguration(
            Values(reader: ConfigReader(providers: providers)), flags, file: file, environment: environment)
    }

    private init(
        _ values: Values, _ flags: Flags, file: String?, environment: [String: String]
    ) throws {
        self.values = values
        self.file = file
        // PARTYLINE_SOCKET has been read already, as the key `socket`.
        var rest = environment
        rest["PARTYLINE_SOCKET"] = nil
        socketPath = SocketPath.resolve(
            explicit: flags.socket ?? values.text("socket"), instance: flags.instance, environment: rest)
        var session = try SessionSettings(
            source: Self.source(values), timers: Self.timers(values),
            allowsPlainLoopbackWebSocket: values.flag("webSocket.allowPlainLoopback"))
        session.endsWhenTerminated = values.required("session.onTerminate") == "exit"
        session.apiProxyBase = values.text("session.apiProxyBase")
        self.session = session
        transport = try Self.transport(values, environment)
        logLevel = values.required("log.level")
    }

    /// The downstream half's settings.
    func conduit(epoch: String, ownUid: UInt32) -> ConduitSettings {
        var settings = ConduitSettings(epoch: epoch, access: AccessRules(ownUid: ownUid))
        settings.lineLimit = values.integer("limits.lineBytes")
        settings.badLineLimit = values.integer("limits.badLines")
        settings.logBytes = values.integer("limits.eventLogBytes")
        settings.logLines = values.integer("limits.eventLogLines")
        settings.replyBytes = values.integer("limits.replyBytes")
        if case .authorize = session.source { settings.acceptsConfigure = false }
        return settings
    }

    // MARK: Pieces

    private static func source(_ values: Values) throws -> SessionSettings.Source {
        guard values.required("session.source") == "authorize" else { return .configure }
        guard let base = values.text("session.baseUrl") else {
            throw ConfigurationError(
                "session.baseUrl",
                "session.source is authorize, so the instance has to be named, such as https://example.my.connect.aws")
        }
        guard values.text("session.cookieFile") != nil else {
            throw ConfigurationError(
                "session.cookieFile", "session.source is authorize, so a file of the session's cookies has to be named")
        }
        let root = base.hasSuffix("/") ? String(base.dropLast()) : base
        let prefix = URL(string: base)?.host()?.hasSuffix(".awsapps.com") == true ? "\(root)/connect" : root
        return .authorize(
            SessionSettings.Instance(
                endpoint: values.text("session.endpoint") ?? "\(prefix)/api",
                authorizeEndpoint: values.text("session.authorizeEndpoint") ?? "\(prefix)/auth/authorize",
                agentAppEndpoint: values.text("session.agentAppEndpoint") ?? "\(root)/agent-app/api",
                authCookieName: values.required("session.authCookieName"),
                taskTemplatesEndpoint: values.text("session.taskTemplatesEndpoint")
                    ?? "\(prefix)/task-templates/api/ccp"))
    }

    private static func timers(_ values: Values) -> SessionTimers {
        var timers = SessionTimers()
        for timer in ConfigurationKeys.timers where timer.key.kind == .milliseconds {
            timer.set(&timers, Int64(values.integer(timer.key.path)))
        }
        timers.scale = Double(values.required("timers.scale")) ?? 1
        timers.callTimeout = Int64(values.integer("http.readTimeout"))
        return timers
    }

    private static func transport(_ values: Values, _ environment: [String: String]) throws -> TransportSettings {
        var settings = TransportSettings(userAgent: "partylined/\(Partyline.version)")
        settings.trustRootsFile = values.text("tls.trustRoots")
        settings.connectTimeout = Int64(values.integer("http.connectTimeout"))
        settings.keepAlive = Int64(values.integer("http.keepAlive"))
        settings.acceptsCompression = values.flag("http.compression")
        settings.maximumBody = values.integer("http.maximumBody")
        settings.cookieFile = values.text("session.cookieFile")
        let proxy = values.text("proxy.https") ?? environment["HTTPS_PROXY"] ?? environment["https_proxy"]
        let except = values.text("proxy.except") ?? environment["NO_PROXY"] ?? environment["no_proxy"]
        do throws(TransportError) {
            settings.proxies = try ProxyRules(proxy: proxy, exceptions: except)
        } catch {
            throw ConfigurationError("proxy.https (or HTTPS_PROXY)", error.description)
        }
        if let file = settings.trustRootsFile {
            do { try ConnectTransport.checkTrustRoots(file) } catch {
                throw ConfigurationError("tls.trustRoots", "\(error)")
            }
        }
        return settings
    }

    // MARK: Sources

    /// The file: `--config`, else `/etc/partyline/NAME.yaml` with `--instance NAME`, else the user's own. A file that is
    /// named has to be there; the others may be missing.
    private static func findFile(_ flags: Flags, _ environment: [String: String]) throws -> String? {
        if let file = flags.file { return file }
        if let instance = flags.instance {
            let file = "/etc/partyline/\(instance).yaml"
            guard access(file, F_OK) == 0 else {
                throw ConfigurationError(file, "--instance \(instance) needs this file, and it is not there")
            }
            return file
        }
        let home =
            environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].map { "\($0)/.config" }
        guard let file = home.map({ "\($0)/partyline/partyline.yaml" }), access(file, F_OK) == 0 else { return nil }
        return file
    }

    private static func contents(_ file: String) throws -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        } catch {
            let reason =
                access(file, F_OK) == 0
                ? "it cannot be read (is it a file, and may this user read it?)" : "there is no such file"
            throw ConfigurationError(file, reason)
        }
    }

    private static func environmentProblems(_ environment: [String: String]) -> [ConfigurationError.Problem] {
        ConfigurationKeys.all.compactMap { key in
            guard let value = environment[key.environmentVariable], !value.isEmpty else { return nil }
            return ConfigurationValue.fault(value, key).map {
                ConfigurationError.Problem(place: "environment variable \(key.environmentVariable)", message: $0)
            }
        }
    }

    private static func environmentProvider(_ environment: [String: String]) -> EnvironmentVariablesProvider {
        var ours: [String: String] = [:]
        for key in ConfigurationKeys.all {
            guard let value = environment[key.environmentVariable], !value.isEmpty else { continue }
            ours[ConfigurationKey.variableName(key.path)] = value
        }
        return EnvironmentVariablesProvider(environmentVariables: ours)
    }

    private static func overrides(
        _ settings: [String]
    ) -> ([AbsoluteConfigKey: ConfigValue], [ConfigurationError.Problem]) {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        var problems: [ConfigurationError.Problem] = []
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let place = "--set \(parts[0])"
            guard parts.count == 2, let key = ConfigurationKeys.all.first(where: { $0.path == parts[0] }) else {
                problems.append(.init(place: place, message: "it has to be KEY=VALUE with a key of --default-config"))
                continue
            }
            if let fault = ConfigurationValue.fault(parts[1], key) {
                problems.append(.init(place: place, message: fault))
            }
            values[AbsoluteConfigKey(key.path.split(separator: ".").map(String.init))] = ConfigValue(
                .string(parts[1]), isSecret: false)
        }
        return (values, problems)
    }
}

/// Values by key, checked already, as text.
private struct Values: Sendable {
    let reader: ConfigReader

    func text(_ path: String) -> String? {
        guard let value = reader.string(forKey: ConfigKey(path.split(separator: ".").map(String.init))), !value.isEmpty
        else { return nil }
        return value
    }

    func required(_ path: String) -> String {
        text(path) ?? ConfigurationKeys.all.first { $0.path == path }?.fallback ?? ""
    }

    func integer(_ path: String) -> Int { Int(required(path)) ?? 0 }
    func flag(_ path: String) -> Bool { required(path) == "true" }
}
