import AgentModel
import StreamsProtocol

/// An error of a call as clients see it.
struct ServiceError: Error, Equatable {
    /// What it means for the session.
    enum Kind { case ordinary, unauthorized, accessDenied }
    /// Where it stands in the retry budget of the polled calls.
    enum RetryStatus: String { case none, retrying, exhausted }

    let type: String
    let message: String?
    let status: Int?
    var retryStatus = RetryStatus.none

    init(type: String, message: String?, status: Int? = nil) {
        self.type = type
        self.message = message
        self.status = status
    }

    var kind: Kind {
        if status == 401 || type == "UnauthorizedException" { return .unauthorized }
        if status == 403 || type == "AccessDeniedException" { return .accessDenied }
        return .ordinary
    }

    /// True for what the service's client tries again by itself.
    var isTransient: Bool {
        guard let status else { return type == Self.networking.type }
        return status >= 500 || status == 429 || Self.throttling.contains(type)
    }

    /// True if the service refused to act, because too much is asked of it.
    var isThrottled: Bool {
        guard let status, status < 500 else { return false }
        return status == 429 || Self.throttling.contains(type)
    }

    /// What happened, in a line for people.
    func words(about method: String) -> String { "\(method): \(type)" + (message.map { ": \($0)" } ?? "") }

    var json: JSON {
        var object = JSONObject([
            ("type", .string(type)), ("message", message.map { .string($0) } ?? .null), ("stack", .array([])),
            ("retryStatus", .string(retryStatus.rawValue)),
        ])
        object["statusCode"] = status.map { .int($0) }
        return .object(object)
    }

    static let networking = ServiceError(type: "NetworkingError", message: "Network Failure")

    private static let throttling: Set<String> = [
        "ProvisionedThroughputExceededException", "Throttling", "ThrottlingException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "TransactionInProgressException",
        "EC2ThrottledException", "LimitExceededException",
    ]

    /// The error in an answer of the CTI service. What stands before a `#` in its type is a namespace.
    static func read(status: Int, reason: String, body: [UInt8]) -> ServiceError {
        guard let object = try? JSON(parsing: body), object.object != nil else {
            return ServiceError(type: "UnknownError", message: reason, status: status)
        }
        let code = (object["__type"] ?? object["code"])?.string
        let type = code.map { String($0.split(separator: "#").last ?? "") } ?? "UnknownError"
        return ServiceError(
            type: type, message: (object["message"] ?? object["Message"])?.string, status: status)
    }
}
