// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// How a call of the service ended.
public enum CallOutcome: Equatable, Sendable {
    case success(JSON)
    case failure(Failure)

    public enum Failure: Error, Equatable, Sendable {
        /// The request names no method.
        case noMethod
        /// There is no session.
        case noSession(SessionAbsence)
        /// The limit of calls in progress is reached.
        case tooMany(limit: Int)
        /// A client terminated the session.
        case terminated(method: String)
        /// No service has the method, or its endpoint is not known.
        case unknownMethod(String)
        /// The parameters do not fit the operation; nothing was sent.
        case parameters(ServiceError)
        /// The CTI service answered with an error, or not at all.
        case service(ServiceError)
        /// The CTI service answered with a success that is not JSON.
        case garbled(ServiceError)
        /// A plain JSON service answered with an error, or not at all. `json` is the service's own error object, with the
        /// status added.
        case plain(ServiceError, json: JSON)
    }

    /// `data` and `err` of an `api_response`, byte for byte as the real worker sends them; nil if there is no such member.
    public var apiResponse: (data: JSON?, err: String?) {
        switch self {
        case .success(let data): (data, nil)
        case .failure(let failure): (failure.data, failure.json.text)
        }
    }
}

extension CallOutcome.Failure {
    /// The service's error, or the daemon's own refusal in the same form.
    public var error: ServiceError {
        switch self {
        case .noMethod: Self.refusal(.invalidParams, "an api_request needs a \"method\"")
        case .noSession(let absence): Self.refusal(absence.code, absence.message)
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

    /// The error as it appears in `api_response` and in metrics.
    public var json: JSON {
        switch self {
        case .noMethod, .noSession, .tooMany, .parameters, .service, .garbled: error.json
        // The real worker has an `Error` here, which JSON.stringify turns into `{}`.
        case .terminated, .unknownMethod: [:]
        case .plain(_, let json): json
        }
    }

    fileprivate var data: JSON? {
        switch self {
        case .noMethod, .noSession, .tooMany, .parameters, .service: .null
        case .garbled: [:]
        case .terminated, .unknownMethod: ["message": .string(error.message ?? "")]
        case .plain: nil
        }
    }
}
