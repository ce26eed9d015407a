import StreamsProtocol

extension Role {
    /// What it may do, beside all that the former may.
    var summary: String {
        switch self {
        case .presence: "Sees the agent's state and the daemon's status; no contact, chat or broadcast."
        case .observer: "Sees all events and reads everything; acts on nothing."
        case .operator: "Calls the service, broadcasts, takes masters, uses the websocket."
        case .admin: "Has the session itself: configure, terminate, reload, the log's level."
        }
    }
}

extension ProtocolError.Code {
    /// What happened, for those who read `describe`.
    var meaning: String {
        switch self {
        case .invalidLine: "The line is not a JSON object with an event."
        case .lineTooLong: "The line is longer than limits.lineBytes."
        case .unknownMethod: "There is no such request; the hint lists those there are."
        case .invalidParams: "Data or a parameter is missing or of the wrong form; the message names it."
        case .notPermitted: "The port's role does not allow it; the message names the role that does."
        case .notReady: "There is no session yet, or no agent."
        case .notAuthenticated: "There was a session, and it has to sign in again."
        case .unavailable: "Amazon Connect cannot be reached, or failed."
        case .timeout: "The deadline passed before there was an answer; what was asked for may still happen."
        case .conflict: "Somebody else was first, or the same key is in use for something else."
        case .unauthorized: "Amazon Connect refused the session."
        case .tooMany: "A limit was reached; the message names it and the hint says how to raise it."
        case .internal: "A fault of the daemon's."
        }
    }
}
