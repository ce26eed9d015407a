// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The cause of a failed call, as far as it matters to the client.
enum ServiceCause: Equatable {
    /// The request named no method.
    case request
    /// There is no session, for the reason with this code.
    case noSession(ProtocolError.Code)
    /// The session was terminated.
    case terminated
    /// Too many calls of the daemon are in progress.
    case tooMany
    /// No service has the method.
    case unknownMethod
    /// The daemon or the service rejected the parameters.
    case parameters
    /// A contact or another object that the parameters name does not exist.
    case missing
    /// The call is not allowed in the current state.
    case state
    /// The service rejected an operation that its model contains.
    case unknownOperation
    case throttled
    case unauthorized
    case denied
    /// There is no answer, or the answer does not show whether the call took effect.
    case unclear

    init(_ failure: CallOutcome.Failure) {
        switch failure {
        case .noMethod: self = .request
        case .noSession(let absence): self = .noSession(absence.code)
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

    /// A 4xx is a rejection; after anything else it is unknown whether the call took effect.
    private static func refusal(_ type: String, _ status: Int?) -> ServiceCause {
        // 408: a request that timed out may still have reached the service.
        guard let status, (400..<500).contains(status), status != 408 else { return .unclear }
        if type == "UnknownOperationException" { return .unknownOperation }
        if status == 404 || type.hasSuffix("NotFoundException") { return .missing }
        let isState = status == 409 || status == 412 || statePrefixes.contains { type.hasPrefix($0) }
        return isState ? .state : .parameters
    }

    /// Prefixes of error types that concern the current state and not the parameters.
    private static let statePrefixes = ["InvalidState", "Conflict", "ResourceConflict", "ResourceInUse", "Idempoten"]

    var code: ProtocolError.Code {
        switch self {
        case .request, .parameters, .missing: .invalidParams
        case .noSession(let code): code
        case .terminated: .notReady
        case .state: .conflict
        case .unknownMethod, .unknownOperation: .unknownMethod
        case .tooMany, .throttled: .tooMany
        case .unauthorized: .unauthorized
        case .denied: .notPermitted
        case .unclear: .unavailable
        }
    }

    /// True if the call certainly took no effect.
    var isRefusal: Bool { self != .unclear }

    /// True if the same call may succeed later.
    var isTransient: Bool {
        switch self {
        case .noSession(let code): code != .notAuthenticated
        case .terminated, .tooMany, .throttled, .unclear: true
        case .request, .unknownMethod, .parameters, .missing, .state, .unknownOperation, .unauthorized, .denied: false
        }
    }

    func message(_ method: String) -> String {
        switch self {
        case .request, .noSession, .tooMany: "\(method) was not sent"
        case .terminated: "\(method) was not sent: the session was terminated"
        case .unknownMethod: "the service has no method \(method)"
        case .unclear: "the service gave no usable answer to \(method)"
        case .throttled: "the service throttled \(method)"
        case .parameters, .missing, .state, .unknownOperation, .unauthorized, .denied: "the service refused \(method)"
        }
    }

    /// A command that helps, or what to do in words.
    var hint: String? {
        switch self {
        case .missing: "partyline get snapshot.contacts"
        case .state, .unclear: "partyline get snapshot"
        case .unknownMethod, .unknownOperation:
            "methods have the names of Amazon Connect Streams, with a lower-case first letter: acceptContact"
        case .throttled, .tooMany: "wait a moment, then try again"
        case .denied: "check the permissions of the agent's security profile: partyline get configuration.permissions"
        case .unauthorized, .noSession, .terminated: "partyline status"
        case .request, .parameters: nil
        }
    }
}
