// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Errors of the service as protocol errors")
struct CallFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let failure: CallOutcome.Failure
        let code: ProtocolError.Code
        var isRetryable = false
        var isRefusal = true
        let message: String
        var testDescription: String { message }
    }

    private static let refused = "the service refused acceptContact"
    private static let unclear = "the service gave no usable answer to acceptContact"
    private static let doubt = ": it is not known whether it was done"

    static let cases: [Case] = [
        Case(
            failure: CallHarness.error("UnauthorizedException", "who", 401),
            code: .unauthorized, message: "\(refused) (UnauthorizedException 401: who)"),
        Case(
            failure: CallHarness.error("UnknownError", nil, 401), code: .unauthorized,
            message: "\(refused) (UnknownError 401)"),
        Case(
            failure: CallHarness.error("AccessDeniedException", "no", 403), code: .notPermitted,
            message: "\(refused) (AccessDeniedException 403: no)"),
        Case(
            failure: CallHarness.error("ValidationException", "bad", 400), code: .invalidParams,
            message: "\(refused) (ValidationException 400: bad)"),
        Case(
            failure: CallHarness.error("ContactNotFoundException", "no contact", 404),
            code: .invalidParams, message: "\(refused) (ContactNotFoundException 404: no contact)"),
        Case(
            failure: CallHarness.error("InvalidStateException", "busy", 400), code: .conflict,
            message: "\(refused) (InvalidStateException 400: busy)"),
        Case(
            failure: CallHarness.error("ConflictException", "busy", 400), code: .conflict,
            message: "\(refused) (ConflictException 400: busy)"),
        Case(
            failure: CallHarness.error("UnknownError", nil, 409), code: .conflict,
            message: "\(refused) (UnknownError 409)"),
        Case(
            failure: CallHarness.error("UnknownOperationException", "unknown", 400),
            code: .unknownMethod, message: "\(refused) (UnknownOperationException 400: unknown)"),
        Case(
            failure: CallHarness.error("TooManyRequestsException", "slow", 429), code: .tooMany,
            isRetryable: true,
            message: "the service throttled acceptContact (TooManyRequestsException 429: slow)"),
        Case(
            failure: CallHarness.error("ThrottlingException", "slow", 400), code: .tooMany,
            isRetryable: true,
            message: "the service throttled acceptContact (ThrottlingException 400: slow)"),
        Case(
            failure: CallHarness.error("ThrottlingException", "slow", 503), code: .unavailable,
            isRefusal: false, message: "\(unclear) (ThrottlingException 503: slow)\(doubt)"),
        Case(
            failure: .parameters(
                ServiceError(
                    type: "MissingRequiredParameter", message: "Missing required key 'contactId' in params")),
            code: .invalidParams,
            message: "\(refused) (MissingRequiredParameter: Missing required key 'contactId' in params)"),
        Case(
            failure: .noSession(.noToken), code: .notReady, isRetryable: true,
            message: "acceptContact was not sent (not_ready: there is no session yet: no client has sent configure)"),
        Case(
            failure: .noSession(.signedOut(.authorize, "x")), code: .notAuthenticated,
            message: "acceptContact was not sent (not_authenticated: the session is signed out: x)"),
        Case(
            failure: .noSession(.unreachable("x")), code: .unavailable, isRetryable: true,
            message: "acceptContact was not sent (unavailable: Amazon Connect cannot be reached: x)"),
        Case(
            failure: .tooMany(limit: 256), code: .tooMany, isRetryable: true,
            message: "acceptContact was not sent (too_many: 256 calls of the service are under way already)"),
        Case(
            failure: .service(.networking),
            code: .unavailable, isRefusal: false, message: "\(unclear) (NetworkingError: Network Failure)\(doubt)"),
        Case(
            failure: CallHarness.error("ServiceUnavailable", "?", 503), code: .unavailable,
            isRefusal: false, message: "\(unclear) (ServiceUnavailable 503: ?)\(doubt)"),
        Case(
            failure: .garbled(ServiceError(type: "SyntaxError", message: "?", status: 200)), code: .unavailable,
            isRefusal: false,
            message: "\(unclear) (SyntaxError 200: ?)\(doubt)"),
        // The services other than CTI answer with types of their own; only the status counts.
        Case(
            failure: .plain(ServiceError(type: "BadThing", message: "wrong", status: 400), json: [:]),
            code: .invalidParams,
            message: "\(refused) (BadThing 400: wrong)"),
        Case(
            failure: .plain(ServiceError(type: "Gone", message: "wrong", status: 404), json: [:]),
            code: .invalidParams,
            message: "\(refused) (Gone 404: wrong)"),
    ]

    private func serviceFailure(_ failure: CallOutcome.Failure) -> ServiceFailure {
        ServiceFailure("acceptContact", onlyReads: false, failure)
    }

    @Test("each error maps to a code, and its message contains method, type and message", arguments: cases)
    func mapping(example: Case) {
        let failure = serviceFailure(example.failure)
        #expect(failure.error.code == example.code)
        #expect(failure.error.message == example.message)
        #expect(failure.error.retryable == example.isRetryable)
        #expect(failure.isRefusal == example.isRefusal)
    }

    @Test("a method that no service has, and a terminated session")
    func noSuchMethod() {
        let unknown = ServiceFailure("fly", onlyReads: false, .unknownMethod("fly"))
        #expect(unknown.error.code == .unknownMethod && unknown.isRefusal && !unknown.error.retryable)
        #expect(
            unknown.error.message == "the service has no method fly (No such method exists on AWS client: fly)")
        let gone = serviceFailure(.terminated(method: "acceptContact"))
        #expect(gone.error.code == .notReady && gone.isRefusal && gone.error.retryable)
        #expect(
            gone.error.message == "acceptContact was not sent: the session was terminated "
                + "(No such method exists on NULL client: acceptContact)")
    }

    @Test("every error has a hint, except errors of parameters")
    func hints() {
        for example in Self.cases {
            let error = serviceFailure(example.failure).error
            let isPlain = error.code == .invalidParams && example.failure.error.status != 404
            #expect((error.hint == nil) == isPlain, "\(example.message)")
        }
    }

    @Test("a long message of the service is truncated")
    func longMessage() {
        let failure = serviceFailure(CallHarness.error("T", String(repeating: "é", count: 5000), 400))
        #expect(failure.error.message.utf8.count < 1100)
        #expect(failure.error.message.hasSuffix("…)"))
    }
}
