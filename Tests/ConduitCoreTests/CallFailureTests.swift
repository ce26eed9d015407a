import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The service's errors in our words")
struct CallFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let code: ProtocolError.Code
        var isRetryable = false
        var isRefusal = true
        let message: String
        var testDescription: String { text }
    }

    private static let refused = "the service refused acceptContact"
    private static let unclear = "there is no answer of the service to acceptContact that says what happened"
    private static let doubt = ": it is not known whether it was done"

    static let cases: [Case] = [
        Case(
            text: #"{"type":"UnauthorizedException","message":"who","stack":[],"retryStatus":"none","statusCode":401}"#,
            code: .unauthorized, message: "\(refused) (UnauthorizedException 401: who)"),
        Case(
            text: #"{"type":"UnknownError","message":null,"statusCode":401}"#, code: .unauthorized,
            message: "\(refused) (UnknownError 401)"),
        Case(
            text: #"{"type":"AccessDeniedException","message":"no","statusCode":403}"#, code: .notPermitted,
            message: "\(refused) (AccessDeniedException 403: no)"),
        Case(
            text: #"{"type":"ValidationException","message":"bad","statusCode":400}"#, code: .invalidParams,
            message: "\(refused) (ValidationException 400: bad)"),
        Case(
            text: #"{"type":"ContactNotFoundException","message":"no contact","statusCode":404}"#,
            code: .invalidParams, message: "\(refused) (ContactNotFoundException 404: no contact)"),
        Case(
            text: #"{"type":"InvalidStateException","message":"busy","statusCode":400}"#, code: .conflict,
            message: "\(refused) (InvalidStateException 400: busy)"),
        Case(
            text: #"{"type":"ConflictException","message":"busy","statusCode":400}"#, code: .conflict,
            message: "\(refused) (ConflictException 400: busy)"),
        Case(
            text: #"{"type":"UnknownError","message":null,"statusCode":409}"#, code: .conflict,
            message: "\(refused) (UnknownError 409)"),
        Case(
            text: #"{"type":"UnknownOperationException","message":"unknown","statusCode":400}"#,
            code: .unknownMethod, message: "\(refused) (UnknownOperationException 400: unknown)"),
        Case(
            text: #"{"type":"TooManyRequestsException","message":"slow","statusCode":429}"#, code: .tooMany,
            isRetryable: true,
            message: "the service has too much to do for acceptContact (TooManyRequestsException 429: slow)"),
        Case(
            text: #"{"type":"ThrottlingException","message":"slow","statusCode":400}"#, code: .tooMany,
            isRetryable: true,
            message: "the service has too much to do for acceptContact (ThrottlingException 400: slow)"),
        Case(
            text: #"{"type":"ThrottlingException","message":"slow","statusCode":503}"#, code: .unavailable,
            isRefusal: false, message: "\(unclear) (ThrottlingException 503: slow)\(doubt)"),
        Case(
            text: #"{"type":"MissingRequiredParameter","message":"Missing required key 'contactId' in params"}"#,
            code: .invalidParams,
            message: "\(refused) (MissingRequiredParameter: Missing required key 'contactId' in params)"),
        Case(
            text: #"{"type":"not_ready","message":"there is no session yet"}"#, code: .notReady, isRetryable: true,
            message: "acceptContact was not sent (not_ready: there is no session yet)"),
        Case(
            text: #"{"type":"too_many","message":"256 calls"}"#, code: .tooMany, isRetryable: true,
            message: "acceptContact was not sent (too_many: 256 calls)"),
        Case(
            text: #"{"type":"NetworkingError","message":"Network Failure","stack":[],"retryStatus":"none"}"#,
            code: .unavailable, isRefusal: false, message: "\(unclear) (NetworkingError: Network Failure)\(doubt)"),
        Case(
            text: #"{"type":"ServiceUnavailable","message":"?","statusCode":503}"#, code: .unavailable,
            isRefusal: false, message: "\(unclear) (ServiceUnavailable 503: ?)\(doubt)"),
        Case(
            text: #"{"type":"SyntaxError","message":"?","statusCode":200}"#, code: .unavailable, isRefusal: false,
            message: "\(unclear) (SyntaxError 200: ?)\(doubt)"),
        Case(
            text: #"{"type":"unavailable","message":"the session ended"}"#, code: .unavailable, isRefusal: false,
            message: "\(unclear) (unavailable: the session ended)\(doubt)"),
        // The services beside the CTI service have words of their own.
        Case(
            text: ##"{"__type":"x.y#BadThing","message":"wrong","status":400}"##, code: .invalidParams,
            message: "\(refused) (BadThing 400: wrong)"),
        Case(
            text: #"{"code":"Gone","Message":"wrong","status":404}"#, code: .invalidParams,
            message: "\(refused) (Gone 404: wrong)"),
    ]

    @Test("each has its code, and says method, type and message", arguments: cases)
    func mapping(example: Case) {
        let failure = ServiceFailure(method: "acceptContact", data: .null, text: example.text)
        #expect(failure.error.code == example.code)
        #expect(failure.error.message == example.message)
        #expect(failure.error.retryable == example.isRetryable)
        #expect(failure.isRefusal == example.isRefusal)
    }

    @Test("a method that nobody has, and a session that is gone")
    func noSuchMethod() {
        let unknown = ServiceFailure(
            method: "fly", data: ["message": "No such method exists on AWS client: fly"], text: "{}")
        #expect(unknown.error.code == .unknownMethod && unknown.isRefusal && !unknown.error.retryable)
        #expect(
            unknown.error.message == "fly is no method of the service (No such method exists on AWS client: fly)")
        let gone = ServiceFailure(
            method: "acceptContact", data: ["message": "No such method exists on NULL client: acceptContact"],
            text: "{}")
        #expect(gone.error.code == .notReady && gone.isRefusal && gone.error.retryable)
    }

    @Test("every error has a hint, but for parameters, whose message says it all")
    func hints() {
        for example in Self.cases {
            let failure = ServiceFailure(method: "acceptContact", data: nil, text: example.text)
            let isPlain = failure.error.code == .invalidParams && !example.text.contains("404")
            #expect((failure.error.hint == nil) == isPlain, "\(example.text)")
        }
    }

    @Test("a service's message of any length is cut, between characters or not")
    func longMessage() {
        let long = JSON.string(String(repeating: "é", count: 5000)).text
        let failure = ServiceFailure(method: "x", data: nil, text: #"{"type":"T","message":\#(long),"statusCode":400}"#)
        #expect(failure.error.message.utf8.count < 1100)
        #expect(failure.error.message.hasSuffix("…)"))
    }
}
