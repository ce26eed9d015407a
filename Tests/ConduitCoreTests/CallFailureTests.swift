import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The service's errors in our words")
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
    private static let unclear = "there is no answer of the service to acceptContact that says what happened"
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
            message: "the service has too much to do for acceptContact (TooManyRequestsException 429: slow)"),
        Case(
            failure: CallHarness.error("ThrottlingException", "slow", 400), code: .tooMany,
            isRetryable: true,
            message: "the service has too much to do for acceptContact (ThrottlingException 400: slow)"),
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
            failure: .notReady("there is no session yet"), code: .notReady, isRetryable: true,
            message: "acceptContact was not sent (not_ready: there is no session yet)"),
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
        // The services beside the CTI service have words of their own.
        Case(
            failure: .plain(ServiceError(type: "BadThing", message: "wrong", status: 400), told: [:]),
            code: .invalidParams,
            message: "\(refused) (BadThing 400: wrong)"),
        Case(
            failure: .plain(ServiceError(type: "Gone", message: "wrong", status: 404), told: [:]),
            code: .invalidParams,
            message: "\(refused) (Gone 404: wrong)"),
    ]

    private func told(_ failure: CallOutcome.Failure) -> ServiceFailure {
        ServiceFailure("acceptContact", onlyReads: false, failure)
    }

    @Test("each has its code, and says method, type and message", arguments: cases)
    func mapping(example: Case) {
        let failure = told(example.failure)
        #expect(failure.error.code == example.code)
        #expect(failure.error.message == example.message)
        #expect(failure.error.retryable == example.isRetryable)
        #expect(failure.isRefusal == example.isRefusal)
    }

    @Test("a method that no service has, and a session that is gone")
    func noSuchMethod() {
        let unknown = ServiceFailure("fly", onlyReads: false, .unknownMethod("fly"))
        #expect(unknown.error.code == .unknownMethod && unknown.isRefusal && !unknown.error.retryable)
        #expect(
            unknown.error.message == "fly is no method of the service (No such method exists on AWS client: fly)")
        let gone = told(.terminated(method: "acceptContact"))
        #expect(gone.error.code == .notReady && gone.isRefusal && gone.error.retryable)
        #expect(
            gone.error.message == "acceptContact was not sent: the session was terminated "
                + "(No such method exists on NULL client: acceptContact)")
    }

    @Test("every error has a hint, but for parameters, whose message says it all")
    func hints() {
        for example in Self.cases {
            let error = told(example.failure).error
            let isPlain = error.code == .invalidParams && example.failure.error.status != 404
            #expect((error.hint == nil) == isPlain, "\(example.message)")
        }
    }

    @Test("a service's message of any length is cut, between characters or not")
    func longMessage() {
        let failure = told(CallHarness.error("T", String(repeating: "é", count: 5000), 400))
        #expect(failure.error.message.utf8.count < 1100)
        #expect(failure.error.message.hasSuffix("…)"))
    }
}
