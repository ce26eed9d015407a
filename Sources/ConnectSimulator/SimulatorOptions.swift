public import Logging

/// How a simulator is run; what it simulates is in `SimulatorConfiguration`.
public struct SimulatorOptions: Sendable {
    /// The address it listens on, and the host in its URLs; a loopback one.
    public var host = "127.0.0.1"
    /// The service's port; 0 for any.
    public var port = 0
    /// The websocket's port; 0 for any.
    public var websocketPort = 0
    /// The control API's port; 0 for any.
    public var controlPort = 0
    /// Whether service and websocket speak TLS, by a certificate authority made for this run.
    public var usesTLS = false
    /// Where to write the authority's certificate (PEM).
    public var authorityFile: String?
    /// Where to write a cookie jar with a session that is signed in.
    public var cookiesFile: String?
    /// A scenario's text, and what to call it in errors.
    public var scenario: (yaml: String, file: String)?
    /// Identifiers and tokens follow from it.
    public var seed: UInt64 = 1
    /// Virtual seconds per real second, for scenarios and everything that happens by itself.
    public var speed = 1.0
    /// Where to say what goes on.
    public var logger: Logger

    public init(logger: Logger) { self.logger = logger }
}

/// Where a running simulator can be reached.
public struct SimulatorAddresses: Sendable, Equatable {
    /// `http(s)://host:port`
    public var base: String
    public var endpoint: String
    /// Where a session's cookie gets an access token.
    public var authorize: String
    /// Where websockets go, without the ticket that createTransport adds.
    public var websocket: String
    public var control: String
    public var login: String
    /// The file with the authority's certificate, if one was asked for.
    public var authorityFile: String?

    /// All of it as one line of JSON.
    public var jsonLine: String {
        let members: JSON = [
            "base": .string(base), "endpoint": .string(endpoint), "authorize": .string(authorize),
            "websocket": .string(websocket), "control": .string(control), "login": .string(login),
            "ca": .optional(authorityFile),
        ]
        return members.text
    }
}
