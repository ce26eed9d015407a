// SPDX-License-Identifier: Apache-2.0

/// Why a request of `Connect` has no answer of the kind that was asked for.
public enum RequestFailure: Error, Equatable, Sendable {
    /// The daemon, or the service through it, refused.
    case refused(ProtocolFailure)
    /// The connection was lost after the request was sent: it is unknown whether it was carried out.
    case connectionLost
    /// No connection could be made in time: the request was not sent.
    case notConnected
    /// No answer in time: it is unknown whether the request was carried out.
    case timeout
    /// The caller's task was cancelled. The request may be carried out all the same.
    case cancelled
    /// The client has ended, and will not connect again.
    case failed(StreamFailure)
    /// The client was closed, or never started.
    case closed
}

extension RequestFailure {
    /// True if the request may have been carried out: look at the agent before you repeat it. A refusal with `timeout` or
    /// `unavailable` is one, too: the service was asked.
    public var isOutcomeUnknown: Bool {
        switch self {
        case .connectionLost, .timeout, .cancelled: true
        case .refused(let failure): ["timeout", "unavailable"].contains(failure.code)
        case .notConnected, .failed, .closed: false
        }
    }
}

extension RequestFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let failure): "\(failure)"
        case .connectionLost: "the connection to the daemon was lost; it is unknown whether the request was carried out"
        case .notConnected: "the daemon could not be reached in time; the request was not sent"
        case .timeout: "the daemon did not answer in time; it is unknown whether the request was carried out"
        case .cancelled: "the request was cancelled"
        case .failed(.connection(let error)): "\(error)"
        case .failed(.refused(let failure)): "the daemon refuses the subscription: \(failure)"
        case .closed: "the client is closed"
        }
    }
}

/// An object is used that the agent's data do not have any more, or not yet (Streams' StateError).
public struct StateError: Error, Equatable, Sendable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }

    static let noAgent = StateError("No agent data is available yet!")

    static func noContact(_ id: String) -> StateError { StateError("Contact \(id) no longer exists.") }

    static func noConnection(_ id: String, of contact: String) -> StateError {
        StateError("Connection \(id) for contact \(contact) no longer exists.")
    }
}

/// An argument is missing or cannot be right (Streams' ValueError).
public struct ValueError: Error, Equatable, Sendable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}

/// A consumer left more events unread than `ConnectSettings.unreadEvents`. Its sequence has ended; a new one starts with the
/// next event.
public struct EventsOverflow: Error, Equatable, Sendable {}
