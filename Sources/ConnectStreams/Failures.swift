// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// An error of the socket protocol, from a `partyline::response` or a `partyline::error`.
///
/// The code is a string: a code that only a newer daemon has can still be shown.
public struct ProtocolFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The code. `ProtocolError.Code` lists the codes of this version.
    public let code: String
    /// What happened, for people.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// True if the same request may succeed later.
    public let retryable: Bool
    /// How long to wait before the next attempt, in milliseconds, if the daemon sent it.
    public let retryAfterMs: Int?

    public init(
        code: String, message: String, hint: String? = nil, retryable: Bool = false, retryAfterMs: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable
        self.retryAfterMs = retryAfterMs
    }

    /// Parses `{code, message, hint?, retryable, retryAfterMs?}`. Missing members get defaults, because an error must
    /// not get lost.
    public init(json: JSON) {
        code = json["code"]?.string ?? "internal"
        message = json["message"]?.string ?? json.text
        hint = json["hint"]?.string
        retryable = json["retryable"]?.bool ?? false
        retryAfterMs = json["retryAfterMs"]?.int
    }

    /// Code, message and hint in one line.
    public var description: String { "\(code): \(message)" + (hint.map { " (\($0))" } ?? "") }
}

/// Why an API request failed, in the form of Streams: the `err` of an `api_response`, which is JSON text.
public struct CallFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The service's code (`InvalidStateException`), or the daemon's (`not_ready`).
    public let type: String
    public let message: String
    /// The HTTP status, if the request got that far.
    public let statusCode: Int?

    public init(type: String, message: String, statusCode: Int? = nil) {
        self.type = type
        self.message = message
        self.statusCode = statusCode
    }

    /// Parses an `err`. For a method that the service does not have, `err` is `{}` and the message is in `data`. Errors
    /// of the agent app are the service's own JSON.
    public init(errorText: String, data: JSON?) {
        let error = (try? JSON(parsing: errorText)) ?? .string(errorText)
        let text = error["message"]?.string ?? data?["message"]?.string ?? error.string
        type = error["type"]?.string ?? error["__type"]?.string ?? "UnknownError"
        message = text ?? "no message"
        statusCode = error["statusCode"]?.int ?? error["status"]?.int
    }

    /// `type: message`.
    public var description: String { "\(type): \(message)" }
}
