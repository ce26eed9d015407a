// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import ConnectTransport
import SessionCore
import StreamsProtocol

/// The values of the configuration keys. The initial value of a property is the default of its key.
struct DaemonSettings: Sendable {
    /// The instance for `session.source: authorize`. A URL that is nil is derived from `baseURL`.
    struct Instance: Sendable {
        var baseURL: String?
        var endpoint: String?
        var authorizeEndpoint: String?
        var agentAppEndpoint: String?
        var taskTemplatesEndpoint: String?
        var authCookieName = "lily-auth"
        var loginURL: String?
        var logoutEndpoint: String?
    }

    /// The state that survives a restart. Without a directory, `StatePlace` chooses where it is kept.
    struct State: Equatable, Sendable {
        var isKept = true
        var directory: String?
    }

    var socket: String?
    /// True for `session.source: authorize`.
    var source = DaemonStatus.Session.Source.configure
    /// True if the daemon requests tokens itself.
    var authorizes: Bool { source != .configure }
    var instance = Instance()
    /// `complete` sets its source from `source` and `instance`.
    var session = SessionSettings(source: .configure)
    /// `complete` sets its proxies from `proxy`, `proxyExceptions` and the environment.
    var transport = TransportSettings(userAgent: "partylined/\(Partyline.version)")
    /// The proxy's URL, which may contain a password.
    var proxy: Secret?
    var proxyExceptions: String?
    var logLevel = LogLevel.info
    /// Resolved to ids: a rule counts as changed if its name now belongs to another user.
    var access: [AccessRule] = []
    /// `DaemonConfiguration.conduit` adds epoch and access rules.
    var conduit = ConduitSettings(epoch: "", access: AccessRules(ownUid: 0))
    var state = State()
}
