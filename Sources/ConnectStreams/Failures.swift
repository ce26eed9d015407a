public import AgentModel
import StreamsProtocol

/// An error of the socket protocol as a client meets it: in a `partyline::response` or a `partyline::error`.
///
/// The code is text, so that a newer daemon's code is still shown.
public struct ProtocolFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The code, one of `ProtocolError.Code` for all that this version knows.
    public let code: String
    /// What happened, for people.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// True if the same thing may succeed later.
    public let retryable: Bool
    /// How long to wait before trying again, in milliseconds, where the daemon knows.
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

    /// Reads `{code, message, hint?, retryable, retryAfterMs?}`; what is missing is filled in, because an error must not get lost.
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

/// Why an API request failed, as Streams tells it: the `err` of an `api_response`, which is JSON text.
public struct CallFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The service's code (`InvalidStateException`), or the daemon's (`not_ready`).
    public let type: String
    /// The service's words.
    public let message: String
    /// The HTTP status, if the request got that far.
    public let statusCode: Int?

    public init(type: String, message: String, statusCode: Int? = nil) {
        self.type = type
        self.message = message
        self.statusCode = statusCode
    }

    /// Reads an `err`. A method that the service does not have says so in `data`, with `{}` as its error; the agent app's
    /// errors are the service's own JSON.
    public init(errorText: String, data: JSON?) {
        let error = (try? JSON(parsing: errorText)) ?? .string(errorText)
        let words = error["message"]?.string ?? data?["message"]?.string ?? error.string
        type = error["type"]?.string ?? error["__type"]?.string ?? "UnknownError"
        message = words ?? "no message"
        statusCode = error["statusCode"]?.int ?? error["status"]?.int
    }

    /// `type: message`.
    public var description: String { "\(type): \(message)" }
}
