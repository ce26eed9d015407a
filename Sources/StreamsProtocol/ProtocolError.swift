// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// An error of the socket protocol, in `partyline::error` and `partyline::response`.
public struct ProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The closed list of codes.
    public enum Code: String, Sendable, CaseIterable {
        /// Not a JSON object with an event, or data of the wrong form.
        case invalidLine = "invalid_line"
        /// Longer than the limit.
        case lineTooLong = "line_too_long"
        /// No such request.
        case unknownMethod = "unknown_method"
        /// A parameter is missing or of the wrong type; `message` names it.
        case invalidParams = "invalid_params"
        /// The port's role does not allow it; `message` names the role that does.
        case notPermitted = "not_permitted"
        /// There is no session yet.
        case notReady = "not_ready"
        /// The session is signed out; a new sign-in is needed.
        case notAuthenticated = "not_authenticated"
        /// The backend cannot be reached.
        case unavailable
        case timeout
        /// Another client was first.
        case conflict
        /// The backend refused the session.
        case unauthorized
        /// A limit was reached; `message` names it.
        case tooMany = "too_many"
        /// A bug in partyline.
        case `internal`
    }

    public let code: Code
    /// What happened, for people.
    public let message: String
    /// What to do, for people.
    public let hint: String?
    /// True if the same request may succeed later.
    public let retryable: Bool
    /// The milliseconds to wait before a retry, if known.
    public let retryAfterMs: Int?

    public init(
        _ code: Code, _ message: String, hint: String? = nil, retryable: Bool = false, retryAfterMs: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable
        self.retryAfterMs = retryAfterMs
    }

    /// `{code, message, hint?, retryable, retryAfterMs?}`.
    public var json: JSON {
        var object = JSONObject([("code", .string(code.rawValue)), ("message", .string(message))])
        object["hint"] = hint.map { .string($0) }
        object["retryable"] = .bool(retryable)
        object["retryAfterMs"] = retryAfterMs.map { .int($0) }
        return .object(object)
    }

    /// Message and hint in one line.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
