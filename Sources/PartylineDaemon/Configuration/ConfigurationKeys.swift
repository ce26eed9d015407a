// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import ConnectTransport
import SessionCore
import StreamsProtocol

/// All keys, in the order of the file. The file is checked, the settings are read, and `Config/partyline.yaml` is
/// written from this table.
enum ConfigurationKeys {
    static let all: [ConfigurationKey] = general + network + timers + limits + state

    /// The headings of the file.
    static let sections: [String: String] = [
        "session": "The agent's session with Amazon Connect.",
        "tls": "TLS to Amazon Connect.",
        "http": "HTTP requests to Amazon Connect.",
        "proxy": "The proxy for HTTPS and for the websocket.",
        "webSocket": "The websocket to Amazon Connect.",
        "timers": "Delays, intervals and time limits, in milliseconds. The defaults are those of Streams.",
        "access": "Which users may connect, and what they may do.",
        "limits": "Limits on what clients may use. A reload applies new values at once.",
        "log": "The log, on standard error or in the journal.",
        "state": "The state that survives a restart: the agent and the newest events, so that clients miss nothing.",
    ]

    private static let general: [ConfigurationKey] = [
        .init(
            "socket", \.socket, .path,
            """
            The path of the Unix socket. Default: $XDG_RUNTIME_DIR/partyline/partyline.sock, or with --instance NAME
            /run/partyline/NAME.sock. Ignored if systemd passes a socket.
            """),
        .init(
            "session.source", \.source,
            .choice([("configure", .configure), ("authorize", .authorize), ("login", .login)]),
            """
            Where the daemon gets its token.
            configure: a client sends token and endpoints in a `configure` message, as in Streams.
            authorize: the daemon requests the token from the instance, with the cookies in session.cookieFile.
            login: the same, with the cookies that `partyline login` gets from a browser.
            """),
        .init(
            "session.baseUrl", \.instance.baseURL, .url,
            "authorize and login, required: the URL of the instance, such as https://example.my.connect.aws."),
        .init(
            "session.cookieFile", \.transport.cookieFile, .path,
            """
            authorize only, required: a file with the cookies of a signed-in session, in Netscape format (curl -c).
            Anyone who can read it can act as the agent: give it mode 0600.
            """),
        .init(
            "session.loginUrl", \.instance.loginURL, .url,
            """
            login: the page that `partyline login` opens, such as the start URL of a SAML identity provider. Default:
            <baseUrl>/login.
            """),
        .init(
            "session.logoutEndpoint", \.instance.logoutEndpoint, .url,
            """
            authorize and login: the URL that ends the session at the service. Default: <baseUrl>/logout (awsapps.com:
            <baseUrl>/connect/logout).
            """),
        .init(
            "session.endpoint", \.instance.endpoint, .url,
            "authorize and login: the URL of the CTI service. Default: <baseUrl>/api (awsapps.com: <baseUrl>/connect/api)."
        ),
        .init(
            "session.authorizeEndpoint", \.instance.authorizeEndpoint, .url,
            """
            authorize and login: the URL that issues tokens. Default: <baseUrl>/auth/authorize (awsapps.com:
            <baseUrl>/connect/auth/authorize).
            """),
        .init(
            "session.agentAppEndpoint", \.instance.agentAppEndpoint, .url,
            "authorize and login: the URL of the agent-app service. Default: <baseUrl>/agent-app/api."),
        .init(
            "session.authCookieName", \.instance.authCookieName, .text,
            "authorize and login: the name of the token in the X-Amz-Bearer header of agent-app calls."),
        .init(
            "session.taskTemplatesEndpoint", \.instance.taskTemplatesEndpoint, .url,
            """
            authorize and login: the URL of the task-templates service. Default:
            <baseUrl>/task-templates/api/ccp (awsapps.com: <baseUrl>/connect/task-templates/api/ccp).
            """),
        .init(
            "session.apiProxyBase", \.session.apiProxyBase, .url,
            """
            The base URL of a backend for quick responses (<base>/quick-responses/…) and screen sharing
            (<base>/screen-sharing). If it is set, the daemon sends these requests of Streams pages to the backend, with
            the session's token. Default: none; the pages answer each other.
            """),
        .init(
            "session.onTerminate", \.session.endsWhenTerminated, .choice([("wait", false), ("exit", true)]),
            """
            What the daemon does when a client sends `terminate`.
            wait: keep running and wait for the next `configure`.
            exit: exit with status 0.
            """),
        .init(
            "log.level", \.logLevel, .choice(LogLevel.allCases.map { ($0.rawValue, $0) }),
            "The lowest level that is logged."),
        .init(
            "access.rules", \.access, .accessRules,
            """
            The role of each user: presence, observer, operator or admin; each includes the ones before it. The first
            rule that matches applies, to root and the daemon's own user as well. If no rule matches, root and the
            daemon's own user are admin, and everyone else is refused. For example:
            rules: ["uid=1000 admin", "user=alice operator", "group=crm observer", "everyone presence"]
            A user must also be able to open the socket: see SocketMode= and SocketGroup= in partyline.socket.
            A reload applies new rules to new connections only.
            """),
    ]

    private static let network: [ConfigurationKey] = [
        .init(
            "tls.trustRoots", \.transport.trustRootsFile, .path,
            "A PEM file of certificate authorities to trust instead of the system's. Default: the system's."),
        .init(
            "http.connectTimeout", \.transport.connectTimeout, .milliseconds,
            "The time limit for opening a connection (TCP, proxy and TLS)."),
        .init(
            "http.readTimeout", \.session.timers.callTimeout, .milliseconds,
            "The time limit for a whole request. The long poll has timers.snapshotTimeout in addition."),
        .init(
            "http.keepAlive", \.transport.keepAlive, .milliseconds,
            "How long an idle connection stays open for the next request. 0 closes each connection after its request."),
        .init(
            "http.compression", \.transport.acceptsCompression, .flag,
            "Whether responses may be compressed (gzip, deflate)."),
        .init(
            "http.maximumBody", \.transport.maximumBody, .integer(65_536...1_073_741_824),
            "The longest response in bytes, after decompression. Also the longest websocket message."),
        .init(
            "proxy.https", \.proxy, .text,
            "The URL of the proxy: http://[user:password@]host:port. Default: the environment variable HTTPS_PROXY."),
        .init(
            "proxy.except", \.proxyExceptions, .text,
            "Hosts to connect to without the proxy, separated by commas. Default: the environment variable NO_PROXY."),
        .init(
            "webSocket.allowPlainLoopback", \.session.allowsPlainLoopbackWebSocket, .flag,
            "Whether a websocket to this machine may go without TLS (ws://). For the simulator."),
    ]
}
