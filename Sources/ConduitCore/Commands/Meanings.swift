// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

extension Role {
    /// The permissions that the role adds to those of the role before it, for `describe`.
    var summary: String {
        switch self {
        case .presence: "Sees the agent's state and the daemon's status; no contact, chat or broadcast."
        case .observer: "Sees all events and reads everything; changes nothing."
        case .operator: "Calls the service, broadcasts, takes topics, uses the websocket."
        case .admin: "Controls the session and the daemon: configure, terminate, reload, the log level."
        }
    }
}

extension ProtocolError.Code {
    /// The code's meaning, for `describe`.
    var meaning: String {
        switch self {
        case .invalidLine: "The line is not a JSON object with an event."
        case .lineTooLong: "The line is longer than limits.lineBytes."
        case .unknownMethod: "There is no such method or operation; the hint helps to find the right one."
        case .invalidParams: "Data or a parameter is missing or has the wrong form; the message names it."
        case .notPermitted: "The port's role does not allow it; the message names the role that does."
        case .notReady: "There is no session yet, or no agent."
        case .notAuthenticated: "The session is no longer valid; it has to sign in again."
        case .unavailable: "Amazon Connect cannot be reached, or failed."
        case .timeout: "The deadline passed before there was an answer; the request may still take effect."
        case .conflict: "The agent or contact is in the wrong state, or the idempotency key cannot be used again."
        case .unauthorized: "Amazon Connect refused the session."
        case .tooMany: "A limit was reached; the message names it and the hint says how to raise it."
        case .internal: "A bug in the daemon."
        }
    }
}
