public import AgentModel

/// How a call of the service ended.
public enum CallOutcome: Equatable, Sendable {
    case success(JSON)
    /// There is none that counts.
    case failure(Failure)

    /// Why a call failed.
    public enum Failure: Error, Equatable, Sendable {
        /// The request names no method.
        case noMethod
        /// There is no session yet, and why.
        case notReady(String)
        /// As many calls are under way as there may be.
        case tooMany(limit: Int)
        /// A client terminated the session: there is nothing left to call the method on.
        case terminated(method: String)
        /// No service has the method, or its endpoint is not known.
        case unknownMethod(String)
        /// The parameters do not fit the operation; nothing was sent.
        case parameters(ServiceError)
        /// The CTI service answered with an error, or not at all.
        case service(ServiceError)
        /// The CTI service answered with a success that is not JSON.
        case garbled(ServiceError)
        /// A service that speaks plain JSON answered with an error, or not at all. `told` is the error as that service words
        /// it, with the status beside.
        case plain(ServiceError, told: JSON)
    }

    /// `data` and `err` of an `api_response`, byte for byte as the real worker has them; nil for no member `data`.
    public var apiResponse: (data: JSON?, err: String?) {
        switch self {
        case .success(let data): (data, nil)
        case .failure(let failure): (failure.data, failure.told.text)
        }
    }
}

extension CallOutcome.Failure {
    /// The service's error; the daemon's own refusals in its form.
    public var error: ServiceError {
        switch self {
        case .noMethod: Self.refusal(.invalidParams, "an api_request needs a \"method\"")
        case .notReady(let why): Self.refusal(.notReady, why)
        case .tooMany(let limit): Self.refusal(.tooMany, "\(limit) calls of the service are under way already")
        case .terminated(let method): Self.refusal(.notReady, "No such method exists on NULL client: \(method)")
        case .unknownMethod(let method):
            Self.refusal(.unknownMethod, "No such method exists on AWS client: \(method)")
        case .parameters(let error), .service(let error), .garbled(let error), .plain(let error, _): error
        }
    }

    private static func refusal(_ code: ProtocolError.Code, _ message: String) -> ServiceError {
        ServiceError(type: code.rawValue, message: message)
    }

    /// The error as clients of Streams and metrics have it.
    public var told: JSON {
        switch self {
        case .noMethod, .notReady, .tooMany, .parameters, .service, .garbled: error.json
        // The real worker has an `Error` here, of which nothing is left as JSON.
        case .terminated, .unknownMethod: [:]
        case .plain(_, let told): told
        }
    }

    fileprivate var data: JSON? {
        switch self {
        case .noMethod, .notReady, .tooMany, .parameters, .service: .null
        case .garbled: [:]
        case .terminated, .unknownMethod: ["message": .string(error.message ?? "")]
        case .plain: nil
        }
    }
}
