// SPDX-License-Identifier: Apache-2.0

/// Why there is no agent or no session. All messages about this are defined here.
public enum SessionAbsence: Equatable, Sendable {
    /// There is no token yet: no client has sent `configure`, or the daemon has not signed in.
    case noToken(DaemonStatus.Session.Source)
    /// The first snapshot and configuration have been requested.
    case starting
    /// The same, but the last attempt failed with this error.
    case unreachable(String)
    /// The sign-in is no longer valid; with the error of the last request for a token.
    case signedOut(String?)
    /// A client ended the session.
    case terminated

    /// The session's state in this case.
    public var state: DaemonStatus.Session.State {
        switch self {
        case .noToken(.configure): .waiting
        case .noToken(.authorize), .starting, .unreachable: .starting
        case .signedOut: .signedOut
        case .terminated: .terminated
        }
    }

    public var message: String {
        switch self {
        case .noToken(.configure): "there is no session yet: no client has sent configure"
        case .noToken(.authorize): "there is no session yet: the daemon is not signed in"
        case .starting: "the first snapshot and configuration have not arrived yet"
        case .unreachable(let error): "Amazon Connect cannot be reached: \(error)"
        case .signedOut(let reason): "the session is signed out" + (reason.map { ": \($0)" } ?? "")
        case .terminated: "the session was terminated by a client"
        }
    }

    /// What a client that requested the agent can do.
    public var hint: String? {
        switch self {
        case .noToken, .unreachable: "partyline status"
        case .starting: nil
        case .signedOut: "sign in again, and put the new cookies into the file of session.cookieFile"
        case .terminated: "send configure with a new token; if session.source is authorize, restart the daemon"
        }
    }

    /// For systemd's status line.
    public var summary: String {
        switch self {
        case .noToken(.configure): "waiting for a client's configure"
        case .noToken(.authorize), .starting, .unreachable: "starting"
        case .signedOut: "signed out: a new sign-in is needed"
        case .terminated: "terminated by a client"
        }
    }

    /// The problem that a person must fix, for the command line; nil if there is none, or if it is the link.
    public var complaint: String? {
        switch self {
        case .noToken(.configure): "not signed in: waiting for a Streams page or program to send `configure`"
        case .noToken(.authorize): "not signed in: the session has not begun"
        case .starting, .unreachable: nil
        case .signedOut: "not signed in: signed out at Amazon Connect"
        case .terminated: message
        }
    }

    /// The error for a request that needs the session.
    public func error(hint: String?) -> ProtocolError {
        let code: ProtocolError.Code =
            switch self {
            case .noToken, .starting, .terminated: .notReady
            case .unreachable: .unavailable
            case .signedOut: .notAuthenticated
            }
        return ProtocolError(code, message, hint: hint, retryable: code != .notAuthenticated)
    }
}

extension DaemonStatus {
    /// Why there is no agent, as far as the status shows; nil while the session is running.
    public var absence: SessionAbsence? {
        switch session.state {
        case .waiting: .noToken(session.source)
        case .starting: (link.lastError ?? auth.lastError).map { .unreachable($0) } ?? .starting
        case .running: nil
        case .terminated: .terminated
        case .signedOut: .signedOut(auth.lastError)
        }
    }
}
