// SPDX-License-Identifier: Apache-2.0

/// Why there is no agent or no session. All messages about this are defined here.
public enum SessionAbsence: Equatable, Sendable {
    /// There is no token yet, because no client has sent `configure`.
    case noToken
    /// The first snapshot and configuration have been requested.
    case starting
    /// The same, but the last attempt failed with this error.
    case unreachable(String)
    /// The sign-in or the token is no longer valid; with the reason.
    case signedOut(DaemonStatus.Session.Source, String?)
    /// A client ended the session.
    case terminated(DaemonStatus.Session.Source)

    /// The session's state in this case.
    public var state: DaemonStatus.Session.State {
        switch self {
        case .noToken: .waiting
        case .starting, .unreachable: .starting
        case .signedOut: .signedOut
        case .terminated: .terminated
        }
    }

    /// Without the service's words, which may name contacts and customers: for the role presence.
    ///
    /// - Parameter errorType: the type of the error.
    public func reduced(errorType: String?) -> SessionAbsence {
        switch self {
        case .unreachable: .unreachable(errorType ?? "the last attempt failed")
        case .signedOut(let source, _): .signedOut(source, nil)
        case .noToken, .starting, .terminated: self
        }
    }

    public var message: String {
        switch self {
        case .noToken: "there is no session yet: no client has sent configure"
        case .starting: "the first snapshot and configuration have not arrived yet"
        case .unreachable(let error): "Amazon Connect cannot be reached: \(error)"
        case .signedOut(_, let reason): "the session is signed out" + (reason.map { ": \($0)" } ?? "")
        case .terminated: "the session was terminated by a client"
        }
    }

    /// What a client that requested the agent can do.
    public var hint: String? {
        switch self {
        case .noToken, .unreachable: "partyline status"
        case .starting: nil
        case .signedOut(.authorize, _), .terminated(.authorize):
            "sign in again, and put the new cookies into the file of session.cookieFile"
        case .signedOut(.login, _), .terminated(.login): "partyline login"
        case .signedOut(.configure, _): "reload the Streams page, or send configure with a new token"
        case .terminated(.configure): "send configure with a new token"
        }
    }

    /// For systemd's status line.
    public var summary: String {
        switch self {
        case .noToken: "waiting for a client's configure"
        case .starting, .unreachable: "starting"
        case .signedOut: "signed out: a new sign-in is needed"
        case .terminated: "terminated by a client"
        }
    }

    /// The problem, for the command line; nil if there is none.
    public var complaint: String? {
        switch self {
        case .noToken: "not signed in: waiting for a Streams page or program to send `configure`"
        case .starting: nil
        case .signedOut(_, let reason): "not signed in: \(reason ?? "signed out at Amazon Connect")"
        case .unreachable, .terminated: message
        }
    }

    /// The error for a request that needs the session.
    public func error(hint: String?) -> ProtocolError {
        ProtocolError(code, message, hint: hint, retryable: code != .notAuthenticated)
    }

    /// The code of that error.
    public var code: ProtocolError.Code {
        switch self {
        case .noToken, .starting, .terminated: .notReady
        case .unreachable: .unavailable
        case .signedOut: .notAuthenticated
        }
    }
}

extension DaemonStatus.Session.Source {
    /// The error for a client that signs in, if the cookies do not come from clients.
    public var refusesCookies: ProtocolError {
        ProtocolError(
            .conflict, "session.source is \(rawValue), so this daemon takes no cookies from clients",
            hint: "set session.source: login and session.baseUrl, and restart the daemon")
    }
}

extension DaemonStatus {
    /// Why there is no agent, as far as the status shows; nil while the session is running.
    public var absence: SessionAbsence? {
        switch session.state {
        case .waiting: .noToken
        case .starting: (link.lastError ?? auth.lastError).map { .unreachable($0) } ?? .starting
        case .running: nil
        case .terminated: .terminated(session.source)
        case .signedOut: .signedOut(session.source, auth.lastError)
        }
    }
}
