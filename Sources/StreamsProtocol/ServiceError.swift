public import AgentModel

/// An error of a call of the service, in the service's words.
public struct ServiceError: Error, Equatable, Sendable {
    /// What it means for the session.
    public enum Kind: Sendable {
        /// Nothing: it concerns this call alone.
        case ordinary
        /// The service does not accept the token.
        case unauthorized
        /// The service does not let this agent do that.
        case accessDenied
    }

    /// Where it stands in the retry budget of the polled calls.
    public enum RetryStatus: String, Sendable {
        /// The budget does not count it.
        case none
        /// The poller goes on.
        case retrying
        /// The budget is spent.
        case exhausted
    }

    /// The exception's name, without its namespace.
    public let type: String
    /// What happened, if the service says so.
    public let message: String?
    /// The HTTP status; nil without an answer.
    public let status: Int?
    /// Where it stands in the retry budget.
    public var retryStatus = RetryStatus.none

    public init(type: String, message: String?, status: Int? = nil) {
        self.type = type
        self.message = message
        self.status = status
    }

    /// What it means for the session.
    public var kind: Kind {
        if status == 401 || type == "UnauthorizedException" { return .unauthorized }
        if status == 403 || type == "AccessDeniedException" { return .accessDenied }
        return .ordinary
    }

    /// True for what the service's own client retries.
    public var isTransient: Bool {
        guard let status else { return type == Self.networking.type }
        return status >= 500 || isThrottled
    }

    /// True if the service refused to act, because too much is asked of it.
    public var isThrottled: Bool {
        guard let status, status < 500 else { return false }
        return status == 429 || Self.throttling.contains(type)
    }

    /// The error as the service's own client has it, which is how Streams hands it on.
    public var json: JSON {
        var object = JSONObject([
            ("type", .string(type)), ("message", message.map { .string($0) } ?? .null), ("stack", .array([])),
            ("retryStatus", .string(retryStatus.rawValue)),
        ])
        object["statusCode"] = status.map { .int($0) }
        return .object(object)
    }

    /// There was no answer.
    public static let networking = ServiceError(type: "NetworkingError", message: "Network Failure")

    private static let throttling: Set<String> = [
        "ProvisionedThroughputExceededException", "Throttling", "ThrottlingException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "TransactionInProgressException",
        "EC2ThrottledException", "LimitExceededException",
    ]
}
