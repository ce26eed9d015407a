import StreamsProtocol

/// Why a call failed, as far as it matters to whoever asked for it.
enum ServiceCause: Equatable {
    /// The daemon refused it in its own words.
    case daemon(ProtocolError.Code)
    /// The parameters do not fit, says the daemon or the service.
    case parameters
    /// Something that was named does not exist.
    case missing
    /// It does not fit what is going on.
    case state
    case unknownMethod
    case throttled
    case unauthorized
    case denied
    /// No answer, or none that says what happened.
    case unclear

    init(_ details: ServiceDetails) {
        let type = details.type
        if details.status == nil, let code = ProtocolError.Code(rawValue: type) {
            self = .daemon(code)
        } else if Self.parameterTypes.contains(type) {
            self = .parameters
        } else if Self.isThrottling(details) {
            self = .throttled
        } else if type == "UnauthorizedException" || details.status == 401 {
            self = .unauthorized
        } else if type == "AccessDeniedException" || details.status == 403 {
            self = .denied
        } else {
            self = Self.refusal(type, details.status)
        }
    }

    private static func isThrottling(_ details: ServiceDetails) -> Bool {
        if let status = details.status, status >= 500 { return false }
        return details.status == 429 || throttling.contains(details.type)
    }

    /// The service took a look at it and said no (4xx), or nobody knows.
    private static func refusal(_ type: String, _ status: Int?) -> ServiceCause {
        // A request that timed out on its way may have come through.
        guard let status, (400..<500).contains(status), status != 408 else { return .unclear }
        if type == "UnknownOperationException" { return .unknownMethod }
        if status == 404 || type.hasSuffix("NotFoundException") { return .missing }
        let isState = status == 409 || status == 412 || stateWords.contains { type.hasPrefix($0) }
        return isState ? .state : .parameters
    }

    /// Faults that the daemon finds before anything is sent, by the names of the service's own client.
    private static let parameterTypes: Set<String> = [
        "MissingRequiredParameter", "InvalidParameterType", "UnexpectedParameter", "MultipleValidationErrors",
        "InvalidParameter",
    ]

    private static let throttling: Set<String> = [
        "ProvisionedThroughputExceededException", "Throttling", "ThrottlingException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "TransactionInProgressException",
        "EC2ThrottledException", "LimitExceededException",
    ]

    /// How types begin that tell of what is going on rather than of the parameters.
    private static let stateWords = ["InvalidState", "Conflict", "ResourceConflict", "ResourceInUse", "Idempoten"]

    var code: ProtocolError.Code {
        switch self {
        case .daemon(let code): code
        case .parameters, .missing: .invalidParams
        case .state: .conflict
        case .unknownMethod: .unknownMethod
        case .throttled: .tooMany
        case .unauthorized: .unauthorized
        case .denied: .notPermitted
        case .unclear: .unavailable
        }
    }

    /// True if the call did certainly not act.
    var isRefusal: Bool {
        switch self {
        case .unclear, .daemon(.unavailable), .daemon(.timeout), .daemon(.internal): false
        default: true
        }
    }

    /// True if the same call may succeed later.
    var isPassing: Bool {
        switch self {
        case .throttled, .unclear, .daemon(.notReady), .daemon(.tooMany), .daemon(.unavailable), .daemon(.timeout):
            true
        default: false
        }
    }

    func words(_ method: String) -> String {
        switch self {
        case .daemon where isRefusal: "\(method) was not sent"
        case .unclear, .daemon: "there is no answer of the service to \(method) that says what happened"
        case .throttled: "the service has too much to do for \(method)"
        default: "the service refused \(method)"
        }
    }

    var hint: String? {
        switch self {
        case .missing: "partyline get snapshot.contacts shows what there is"
        case .state: "partyline get snapshot shows what is going on"
        case .unknownMethod: "methods are named as in Amazon Connect Streams, with a small first letter: acceptContact"
        case .throttled, .daemon(.tooMany): "wait a moment, then ask again"
        case .denied: "the agent's security profile decides: partyline get configuration.permissions"
        case .unauthorized, .daemon(.notReady), .daemon(.notAuthenticated):
            "partyline status shows what the sign-in waits for"
        case .unclear, .daemon(.unavailable), .daemon(.timeout), .daemon(.internal):
            "partyline status shows the link to the service, partyline get snapshot whether it was done"
        case .parameters, .daemon: nil
        }
    }
}
