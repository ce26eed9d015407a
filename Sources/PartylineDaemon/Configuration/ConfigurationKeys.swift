import SessionCore
import StreamsProtocol

/// Every key there is. From this table the file is checked, the environment read and `Config/partyline.yaml` written.
enum ConfigurationKeys {
    static let all: [ConfigurationKey] = general + network + timers.map(\.key) + limits + state

    /// The headings of the file.
    static let sections: [String: String] = [
        "session": "Where the agent's session comes from.",
        "tls": "Whom to trust.",
        "http": "How the service is reached.",
        "proxy": "The way through a proxy, for HTTPS and for the websocket.",
        "webSocket": "The service's websocket.",
        "timers": "How long things take, in milliseconds; the defaults are those of Streams.",
        "access": "Who may come in, and what they may do.",
        "limits": "What clients may use. A reload changes these at once.",
        "log": "What is written to standard error, or to the journal.",
        "state": "What a restart finds again: the agent and the newest events, so that clients miss nothing.",
    ]

    private static let general: [ConfigurationKey] = [
        .init(
            "socket", .path, "",
            """
            The Unix socket. Default: $XDG_RUNTIME_DIR/partyline/partyline.sock; with --instance NAME
            /run/partyline/NAME.sock. Ignored where systemd hands over a socket.
            """),
        .init(
            "session.source", .choice(["configure", "authorize"]), "configure",
            """
            configure: a client's `configure` message brings token and endpoints, as in Streams.
            authorize: the daemon asks the instance by itself, with the cookies of session.cookieFile.
            """),
        .init(
            "session.baseUrl", .url, "",
            "authorize only: the instance, such as https://example.my.connect.aws."),
        .init(
            "session.cookieFile", .path, "",
            "authorize only: the cookies of a signed-in session, in Netscape's format (curl -c). Keep it at mode 0600."),
        .init(
            "session.endpoint", .url, "",
            "authorize only: the CTI service, if not <baseUrl>/api (on awsapps.com: <baseUrl>/connect/api)."),
        .init(
            "session.authorizeEndpoint", .url, "",
            "authorize only: if not <baseUrl>/auth/authorize (on awsapps.com: <baseUrl>/connect/auth/authorize)."),
        .init(
            "session.agentAppEndpoint", .url, "",
            "authorize only: the agent-app service, if not <baseUrl>/agent-app/api."),
        .init(
            "session.authCookieName", .text, "lily-auth",
            "authorize only: the name under which agent-app calls carry the token."),
        .init(
            "session.taskTemplatesEndpoint", .url, "",
            "authorize only: the task-templates service, if not <baseUrl>/task-templates/api/ccp (awsapps.com: below /connect)."
        ),
        .init(
            "session.apiProxyBase", .url, "",
            """
            A backend for quick responses and screen sharing (<it>/quick-responses/…, <it>/screen-sharing), which Streams
            pages otherwise ask of each other. Without it, it is left to the pages.
            """),
        .init(
            "session.onTerminate", .choice(["wait", "exit"]), "wait",
            "When a client sends `terminate`: wait for the next configure, or exit, with status 0."),
        .init("log.level", .choice(LogLevel.names), "info", "The least level that is written."),
        .init(
            "access.rules", .list(of: .accessRule), "",
            """
            Who gets which role: presence, observer, operator or admin, each with all that the former has. The first rule
            that matches counts, also for root and the daemon's own user; whom none matches is admin if it is one of those
            two, and is refused else. For example:
            rules: ["uid=1000 admin", "user=alice operator", "group=crm observer", "everyone presence"]
            Whoever is to come in has to reach the socket, too: see SocketMode= and SocketGroup= in partyline.socket.
            """),
    ]

    private static let network: [ConfigurationKey] = [
        .init(
            "tls.trustRoots", .path, "",
            "A PEM file of certificate authorities to trust instead of the system's."),
        .init(
            "http.connectTimeout", .milliseconds, "10000",
            "Milliseconds that a connection (TCP, proxy and TLS) may take."),
        .init(
            "http.readTimeout", .milliseconds, "15000",
            "Milliseconds that a call may take in all; for the long poll on top of the time that it may be held."),
        .init(
            "http.keepAlive", .milliseconds, "60000",
            "Milliseconds that an idle connection is kept for the next call; 0 closes it after each."),
        .init("http.compression", .flag, "true", "Whether answers may come compressed (gzip, deflate)."),
        .init(
            "http.maximumBody", .integer(65_536...1_073_741_824), "33554432", "The longest answer in bytes."),
        .init(
            "proxy.https", .text, "",
            "http://[user:password@]host:port. Default: the environment's HTTPS_PROXY."),
        .init(
            "proxy.except", .text, "",
            "Hosts that are reached directly, with commas between. Default: the environment's NO_PROXY."),
        .init(
            "webSocket.allowPlainLoopback", .flag, "false",
            "Whether a websocket to this machine may go without TLS (ws://)."),
    ]

    /// A timer's key and the setting behind it.
    struct Timer: Sendable {
        let key: ConfigurationKey
        let set: @Sendable (inout SessionTimers, Int64) -> Void
    }

    private static func timer(
        _ name: String, _ path: any WritableKeyPath<SessionTimers, Int64> & Sendable, _ meaning: String
    ) -> Timer {
        let value = SessionTimers()[keyPath: path]
        return Timer(
            key: ConfigurationKey("timers.\(name)", .milliseconds, String(value), meaning),
            set: { $0[keyPath: path] = $1 })
    }

    static let timers: [Timer] = [
        timer(
            "pollingDelay", \.pollingDelay,
            "How long polling waits for the first createTransport to answer before it begins without it."),
        timer("snapshotTimeout", \.snapshotTimeout, "How long the service may hold back the answer to a long poll."),
        timer("snapshotInterval", \.snapshotInterval, "From a snapshot to the next request."),
        timer("snapshotRecovery", \.snapshotRecovery, "From a failed snapshot request to the next."),
        timer("configurationInterval", \.configurationInterval, "Between two rounds of the agent's configuration."),
        timer("tokenCheckInterval", \.tokenCheckInterval, "Between two looks at the token's age."),
        timer(
            "tokenRefreshWindow", \.tokenRefreshWindow,
            "A token with less left than this is renewed. A threshold: scale does not apply."),
        timer(
            "tokenRefreshBackoff", \.tokenRefreshBackoff,
            "Before the first retry of a renewal; doubled for each, and spread by half."),
        timer(
            "authorizeRetryInterval", \.authorizeRetryInterval,
            "Between two attempts at authorizing after a 5xx or 429, five in all."),
        timer(
            "signedOutRetryInterval", \.signedOutRetryInterval,
            "While signed out: before the cookie file is tried again; doubled up to eight times this."),
        timer("callRetryBase", \.callRetryBase, "Before the first retry of a failed call; doubled, times 0 to 1."),
        timer("webSocketHeartbeat", \.webSocketHeartbeat, "Between two heartbeats on the websocket."),
        timer(
            "webSocketOpenTimeout", \.webSocketOpenTimeout,
            "How long a websocket may take to open, the first time; then doubled, each ±30 %."),
        timer(
            "webSocketUrlValidity", \.webSocketURLValidity,
            "How long a websocket's URL may be used. A threshold: scale does not apply."),
        timer(
            "webSocketRetryBase", \.webSocketRetryBase,
            "Before the first retry of a refused websocket; then doubled, each ±30 %."),
        timer("webSocketRetryLimit", \.webSocketRetryLimit, "The longest wait between two attempts at a websocket."),
        timer("subscribeTimeout", \.subscribeTimeout, "How long the answer to a subscription is waited for."),
        timer("subscribeRetry", \.subscribeRetry, "From a refused subscription to the next attempt."),
        timer("transportRetryBase", \.transportRetryBase, "Before the first retry of createTransport; then doubled."),
        timer("transportRetryLimit", \.transportRetryLimit, "The longest wait between two createTransport."),
        timer("activeRegionInterval", \.activeRegionInterval, "Between two questions which region is active."),
        timer("activeRegionTimeout", \.activeRegionTimeout, "How long the answer to that question is waited for."),
        Timer(
            key: ConfigurationKey(
                "timers.scale", .factor, "1",
                "A factor for waits of at least timers.scaleFrom: 0.02 runs them fifty times as fast. For tests."),
            set: { _, _ in }),
        timer("scaleFrom", \.scaleFrom, "The shortest wait that timers.scale applies to."),
    ]
}
