// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// An error of a call of the service, as the service reports it.
public struct ServiceError: Error, Equatable, Sendable {
    /// The consequence for the session.
    public enum Kind: Sendable {
        /// None: it concerns this call only.
        case ordinary
        /// The service does not accept the token.
        case unauthorized
        /// The service does not permit the agent to do this.
        case accessDenied
    }

    /// The state of the retry budget of the polled calls.
    public enum RetryStatus: String, Sendable {
        /// The budget does not count this error.
        case none
        /// The poller continues.
        case retrying
        /// The budget is spent.
        case exhausted
    }

    /// The name of the exception, without its namespace.
    public let type: String
    /// Nil if the service sent none.
    public let message: String?
    /// The HTTP status; nil if there was no answer.
    public let status: Int?
    public var retryStatus = RetryStatus.none
    /// The milliseconds that the service has asked to wait; nil if it has not. Not part of `json`.
    public var retryAfterMs: Int?

    public init(type: String, message: String?, status: Int? = nil) {
        self.type = type
        self.message = message
        self.status = status
    }

    public var kind: Kind {
        if status == 401 || type == "UnauthorizedException" { return .unauthorized }
        if status == 403 || type == "AccessDeniedException" { return .accessDenied }
        return .ordinary
    }

    /// True if the service's own client would retry the call.
    public var isTransient: Bool {
        guard let status else { return type == Self.networking.type }
        return status >= 500 || isThrottled
    }

    /// True if the service refused the call because of its rate limit, so that it took no effect.
    public var isThrottled: Bool {
        guard let status, status < 500 else { return false }
        return status == 429 || Self.throttling.contains(type)
    }

    /// The error as the service's own client represents it, which Streams forwards.
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

    /// The daemon stops before the service has answered.
    /// The session was logged out while the call was under way.
    public static let loggedOut = ServiceError(type: "unavailable", message: "the session was logged out")
    public static let stopping = ServiceError(type: "unavailable", message: "the daemon is stopping")

    private static let throttling: Set<String> = [
        "ProvisionedThroughputExceededException", "Throttling", "ThrottlingException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "TransactionInProgressException",
        "EC2ThrottledException", "LimitExceededException",
    ]
}
