import ConduitCore
import ConnectTransport
import SessionCore
import StreamsProtocol

/// Every key there is, in the order of the file. From this table the file is checked, the settings are read and
/// `Config/partyline.yaml` is written.
enum ConfigurationKeys {
    static let all: [ConfigurationKey] = general + network + timers + limits + state

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
            "socket", \.socket, .path,
            """
            The Unix socket. Default: $XDG_RUNTIME_DIR/partyline/partyline.sock; with --instance NAME
            /run/partyline/NAME.sock. Ignored where systemd hands over a socket.
            """),
        .init(
            "session.source", \.authorizes, .choice([("configure", false), ("authorize", true)]),
            """
            configure: a client's `configure` message brings token and endpoints, as in Streams.
            authorize: the daemon asks the instance by itself, with the cookies of session.cookieFile.
            """),
        .init(
            "session.baseUrl", \.instance.baseURL, .url,
            "authorize only: the instance, such as https://example.my.connect.aws."),
        .init(
            "session.cookieFile", \.transport.cookieFile, .path,
            "authorize only: the cookies of a signed-in session, in Netscape's format (curl -c). Keep it at mode 0600."),
        .init(
            "session.endpoint", \.instance.endpoint, .url,
            "authorize only: the CTI service, if not <baseUrl>/api (on awsapps.com: <baseUrl>/connect/api)."),
        .init(
            "session.authorizeEndpoint", \.instance.authorizeEndpoint, .url,
            "authorize only: if not <baseUrl>/auth/authorize (on awsapps.com: <baseUrl>/connect/auth/authorize)."),
        .init(
            "session.agentAppEndpoint", \.instance.agentAppEndpoint, .url,
            "authorize only: the agent-app service, if not <baseUrl>/agent-app/api."),
        .init(
            "session.authCookieName", \.instance.authCookieName, .text,
            "authorize only: the name under which agent-app calls carry the token."),
        .init(
            "session.taskTemplatesEndpoint", \.instance.taskTemplatesEndpoint, .url,
            "authorize only: the task-templates service, if not <baseUrl>/task-templates/api/ccp (awsapps.com: below /connect)."
        ),
        .init(
            "session.apiProxyBase", \.session.apiProxyBase, .url,
            """
            A backend for quick responses and screen sharing (<it>/quick-responses/…, <it>/screen-sharing), which Streams
            pages otherwise ask of each other. Without it, it is left to the pages.
            """),
        .init(
            "session.onTerminate", \.session.endsWhenTerminated, .choice([("wait", false), ("exit", true)]),
            "When a client sends `terminate`: wait for the next configure, or exit, with status 0."),
        .init(
            "log.level", \.logLevel, .choice(LogLevel.allCases.map { ($0.rawValue, $0) }),
            "The least level that is written."),
        .init(
            "access.rules", \.access, .accessRules,
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
            "tls.trustRoots", \.transport.trustRootsFile, .path,
            "A PEM file of certificate authorities to trust instead of the system's."),
        .init(
            "http.connectTimeout", \.transport.connectTimeout, .milliseconds,
            "Milliseconds that a connection (TCP, proxy and TLS) may take."),
        .init(
            "http.readTimeout", \.session.timers.callTimeout, .milliseconds,
            "Milliseconds that a call may take in all; for the long poll on top of the time that it may be held."),
        .init(
            "http.keepAlive", \.transport.keepAlive, .milliseconds,
            "Milliseconds that an idle connection is kept for the next call; 0 closes it after each."),
        .init(
            "http.compression", \.transport.acceptsCompression, .flag,
            "Whether answers may come compressed (gzip, deflate)."),
        .init(
            "http.maximumBody", \.transport.maximumBody, .integer(65_536...1_073_741_824),
            "The longest answer in bytes."),
        .init(
            "proxy.https", \.proxy, .text,
            "http://[user:password@]host:port. Default: the environment's HTTPS_PROXY."),
        .init(
            "proxy.except", \.proxyExceptions, .text,
            "Hosts that are reached directly, with commas between. Default: the environment's NO_PROXY."),
        .init(
            "webSocket.allowPlainLoopback", \.session.allowsPlainLoopbackWebSocket, .flag,
            "Whether a websocket to this machine may go without TLS (ws://)."),
    ]
}
