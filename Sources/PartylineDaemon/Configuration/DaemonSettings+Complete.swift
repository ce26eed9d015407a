// SPDX-License-Identifier: Apache-2.0
import ConnectTransport
import FoundationEssentials
import SessionCore
import StreamsProtocol

extension DaemonSettings {
    /// Derives the values that depend on several settings, or on a setting and the environment.
    mutating func complete(_ environment: [String: String]) throws(ConfigurationError) {
        switch source {
        case .configure: break
        case .authorize: session.source = .authorize(try completeInstance())
        case .login:
            session.source = .login(try completeInstance())
            transport.takesCookies = true
        }
        transport.proxies = try proxies(environment)
        guard let file = transport.trustRootsFile else { return }
        do { try ConnectTransport.checkTrustRoots(file) } catch {
            throw ConfigurationError("tls.trustRoots", "\(error)")
        }
    }

    private func completeInstance() throws(ConfigurationError) -> SessionSettings.Instance {
        guard let base = instance.baseURL else {
            throw ConfigurationError(
                "session.baseUrl",
                "session.source is \(source.rawValue), so it needs an instance, such as https://example.my.connect.aws")
        }
        guard source != .authorize || transport.cookieFile != nil else {
            throw ConfigurationError(
                "session.cookieFile", "session.source is authorize, so it needs a file with the session's cookies")
        }
        let root = base.hasSuffix("/") ? String(base.dropLast()) : base
        let prefix = URL(string: base)?.host()?.hasSuffix(".awsapps.com") == true ? "\(root)/connect" : root
        return SessionSettings.Instance(
            endpoint: instance.endpoint ?? "\(prefix)/api",
            authorizeEndpoint: instance.authorizeEndpoint ?? "\(prefix)/auth/authorize",
            agentAppEndpoint: instance.agentAppEndpoint ?? "\(root)/agent-app/api",
            authCookieName: instance.authCookieName,
            taskTemplatesEndpoint: instance.taskTemplatesEndpoint ?? "\(prefix)/task-templates/api/ccp",
            loginURL: instance.loginURL ?? "\(root)/login",
            logoutEndpoint: instance.logoutEndpoint ?? "\(prefix)/logout")
    }

    private func proxies(_ environment: [String: String]) throws(ConfigurationError) -> ProxyRules {
        let proxy = proxy?.reveal() ?? environment["HTTPS_PROXY"] ?? environment["https_proxy"]
        let except = proxyExceptions ?? environment["NO_PROXY"] ?? environment["no_proxy"]
        do throws(TransportError) {
            return try ProxyRules(proxy: proxy, exceptions: except)
        } catch {
            throw ConfigurationError("proxy.https (or HTTPS_PROXY)", error.description)
        }
    }
}
