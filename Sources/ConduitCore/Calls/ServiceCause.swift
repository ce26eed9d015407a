import StreamsProtocol

/// Why a call failed, as far as it matters to the client that asked for it.
enum ServiceCause: Equatable {
    /// The request to the daemon was not complete.
    case request
    /// There is no session yet.
    case notReady
    /// There is none any more.
    case terminated
    /// Too many calls of the daemon are under way.
    case tooMany
    /// No service has the method.
    case unknownMethod
    /// The parameters do not fit, says the daemon or the service.
    case parameters
    /// Something that was named does not exist.
    case missing
    /// It does not fit what is going on.
    case state
    /// The service does not know the method that its model has.
    case unknownOperation
    case throttled
    case unauthorized
    case denied
    /// No answer, or none that says what happened.
    case unclear

    init(_ failure: CallOutcome.Failure) {
        switch failure {
        case .noMethod: self = .request
        case .notReady: self = .notReady
        case .tooMany: self = .tooMany
        case .terminated: self = .terminated
        case .unknownMethod: self = .unknownMethod
        case .parameters: self = .parameters
        case .garbled: self = .unclear
        case .service(let error), .plain(let error, _): self.init(error)
        }
    }

    private init(_ error: ServiceError) {
        if error.isThrottled {
            self = .throttled
        } else {
            switch error.kind {
            case .unauthorized: self = .unauthorized
            case .accessDenied: self = .denied
            case .ordinary: self = Self.refusal(error.type, error.status)
            }
        }
    }

    /// The service looked at it and said no (4xx), or it is not known what happened.
    private static func refusal(_ type: String, _ status: Int?) -> ServiceCause {
        // A request that timed out on its way may have come through.
        guard let status, (400..<500).contains(status), status != 408 else { return .unclear }
        if type == "UnknownOperationException" { return .unknownOperation }
        if status == 404 || type.hasSuffix("NotFoundException") { return .missing }
        let isState = status == 409 || status == 412 || stateWords.contains { type.hasPrefix($0) }
        return isState ? .state : .parameters
    }

    /// How types begin that tell of what is going on rather than of the parameters.
    private static let stateWords = ["InvalidState", "Conflict", "ResourceConflict", "ResourceInUse", "Idempoten"]

    var code: ProtocolError.Code {
        switch self {
        case .request, .parameters, .missing: .invalidParams
        case .notReady, .terminated: .notReady
        case .state: .conflict
        case .unknownMethod, .unknownOperation: .unknownMethod
        case .tooMany, .throttled: .tooMany
        case .unauthorized: .unauthorized
        case .denied: .notPermitted
        case .unclear: .unavailable
        }
    }

    /// True if the call did certainly not act.
    var isRefusal: Bool { self != .unclear }

    /// True if the same call may succeed later.
    var isPassing: Bool {
        switch self {
        case .notReady, .terminated, .tooMany, .throttled, .unclear: true
        case .request, .unknownMethod, .parameters, .missing, .state, .unknownOperation, .unauthorized, .denied: false
        }
    }

    func words(_ method: String) -> String {
        switch self {
        case .request, .notReady, .tooMany: "\(method) was not sent"
        case .terminated: "\(method) was not sent: the session was terminated"
        case .unknownMethod: "\(method) is no method of the service"
        case .unclear: "there is no answer of the service to \(method) that says what happened"
        case .throttled: "the service has too much to do for \(method)"
        case .parameters, .missing, .state, .unknownOperation, .unauthorized, .denied: "the service refused \(method)"
        }
    }

    var hint: String? {
        switch self {
        case .missing: "partyline get snapshot.contacts shows what there is"
        case .state: "partyline get snapshot shows what is going on"
        case .unknownMethod, .unknownOperation:
            "methods are named as in Amazon Connect Streams, with a small first letter: acceptContact"
        case .throttled, .tooMany: "wait a moment, then ask again"
        case .denied: "the agent's security profile decides: partyline get configuration.permissions"
        case .unauthorized, .notReady: "partyline status shows what the sign-in waits for"
        case .terminated: "partyline status shows what it waits for"
        case .unclear:
            "partyline status shows the link to the service, partyline get snapshot whether it was done"
        case .request, .parameters: nil
        }
    }
}
