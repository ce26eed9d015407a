// SPDX-License-Identifier: Apache-2.0
public import Logging

/// The addresses, files, seed and speed of one simulator process. `SimulatorConfiguration` describes the instance.
public struct SimulatorOptions: Sendable {
    /// The loopback address to listen on. It is also the host in the URLs.
    public var host = "127.0.0.1"
    /// The service's port; 0 picks a free one.
    public var port = 0
    /// The websocket's port; 0 picks a free one.
    public var websocketPort = 0
    /// The control API's port; 0 picks a free one.
    public var controlPort = 0
    /// Serves the service and the websocket over TLS, with a certificate authority generated for this run.
    public var usesTLS = false
    /// Path of a file to write the authority's certificate to (PEM).
    public var authorityFile: String?
    /// Path of a file to write a cookie jar with a signed-in session to (mode 0600). Anyone who holds this file can act
    /// as the agent.
    public var cookiesFile: String?
    /// A scenario's text, and the file name to use in errors.
    public var scenario: (yaml: String, file: String)?
    /// Seed of the generator of identifiers and tokens.
    public var seed: UInt64 = 1
    /// Virtual seconds per real second, for scenarios and the instance's timers.
    public var speed = 1.0
    public var logger: Logger

    public init(logger: Logger) { self.logger = logger }
}

/// The URLs of a running simulator.
public struct SimulatorAddresses: Sendable, Equatable {
    /// `http(s)://host:port`, without a trailing slash.
    public var base: String
    public var endpoint: String
    /// The URL that exchanges a session cookie for an access token.
    public var authorize: String
    /// The websocket's URL, without the ticket that createTransport adds.
    public var websocket: String
    public var control: String
    public var login: String
    /// The file with the authority's certificate; nil without TLS.
    public var authorityFile: String?

    /// The JSON object that `connect-simulator` prints when it is ready, without the newline.
    public var jsonLine: String {
        let members: JSON = [
            "base": .string(base), "endpoint": .string(endpoint), "authorize": .string(authorize),
            "websocket": .string(websocket), "control": .string(control), "login": .string(login),
            "ca": .optional(authorityFile),
        ]
        return members.text
    }
}
