import ConnectTransport
import FoundationEssentials
import SessionCore
import StreamsProtocol

/// The upstream half's settings and the network's, from the values.
extension DaemonConfiguration {
    static func source(_ values: ConfigurationValues) throws -> SessionSettings.Source {
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

    static func timers(_ values: ConfigurationValues) -> SessionTimers {
        var timers = SessionTimers()
        for timer in ConfigurationKeys.timers where timer.key.kind == .milliseconds {
            timer.set(&timers, Int64(values.integer(timer.key.path)))
        }
        timers.scale = Double(values.required("timers.scale")) ?? 1
        timers.callTimeout = Int64(values.integer("http.readTimeout"))
        return timers
    }

    static func transport(
        _ values: ConfigurationValues, _ environment: [String: String]
    ) throws -> TransportSettings {
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
}
