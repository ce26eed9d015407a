import ConduitCore
import ConnectTransport
import SessionCore
import StreamsProtocol

/// What the keys of the configuration set. The initial value of a property is the default of its key.
struct DaemonSettings: Sendable {
    /// The instance of `session.source: authorize`. A URL that is nil follows from `baseURL`.
    struct Instance: Sendable {
        var baseURL: String?
        var endpoint: String?
        var authorizeEndpoint: String?
        var agentAppEndpoint: String?
        var taskTemplatesEndpoint: String?
        var authCookieName = "lily-auth"
    }

    /// What is kept for a restart. Without a directory, `StatePlace` finds the place.
    struct State: Equatable, Sendable {
        var isKept = true
        var directory: String?
    }

    var socket: String?
    /// True for `session.source: authorize`.
    var authorizes = false
    var instance = Instance()
    /// `complete` sets its source from `authorizes` and `instance`.
    var session = SessionSettings(source: .configure)
    /// `complete` sets its proxies from `proxy`, `proxyExceptions` and the environment.
    var transport = TransportSettings(userAgent: "partylined/\(Partyline.version)")
    /// The proxy's URL may hold a password.
    var proxy: Secret?
    var proxyExceptions: String?
    var logLevel = LogLevel.info
    /// Resolved to numbers: a rule differs from before if its name belongs to another user now.
    var access: [AccessRule] = []
    /// Without epoch and access rules, which `DaemonConfiguration.conduit` adds.
    var conduit = ConduitSettings(epoch: "", access: AccessRules(ownUid: 0))
    var state = State()
}
