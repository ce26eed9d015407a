// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Outcomes of calls: api_response, retries, operations")
struct CallOutcomeTests {
    struct Row: Sendable {
        let outcome: CallOutcome
        let data: JSON?
        let err: String?

        init(_ failure: CallOutcome.Failure, _ data: JSON?, _ err: String) {
            (outcome, self.data, self.err) = (.failure(failure), data, err)
        }

        init(success data: JSON) { (outcome, self.data, err) = (.success(data), data, nil) }
    }

    private static func spent() -> ServiceError {
        var error = ServiceError(type: "UnauthorizedException", message: "who", status: 401)
        error.retryStatus = .exhausted
        return error
    }

    static let rows = [
        Row(success: .null), Row(success: ["a": [1.5]]),
        Row(
            .noMethod, .null,
            #"{"type":"invalid_params","message":"an api_request needs a \"method\"","stack":[],"retryStatus":"none"}"#),
        Row(
            .noSession(.noToken), .null,
            #"{"type":"not_ready","message":"there is no session yet: no client has sent configure","#
                + #""stack":[],"retryStatus":"none"}"#),
        Row(
            .noSession(.unreachable("x")), .null,
            #"{"type":"unavailable","message":"Amazon Connect cannot be reached: x","stack":[],"retryStatus":"none"}"#),
        Row(
            .tooMany(limit: 7), .null,
            #"{"type":"too_many","message":"7 calls of the service are under way already","stack":[],"#
                + #""retryStatus":"none"}"#),
        Row(.terminated(method: "a"), ["message": "No such method exists on NULL client: a"], "{}"),
        Row(.unknownMethod("a"), ["message": "No such method exists on AWS client: a"], "{}"),
        Row(
            .parameters(ServiceError(type: "InvalidParameterType", message: "x")), .null,
            #"{"type":"InvalidParameterType","message":"x","stack":[],"retryStatus":"none"}"#),
        Row(
            .service(.networking), .null,
            #"{"type":"NetworkingError","message":"Network Failure","stack":[],"retryStatus":"none"}"#),
        Row(
            .service(spent()), .null,
            #"{"type":"UnauthorizedException","message":"who","stack":[],"retryStatus":"exhausted","statusCode":401}"#),
        Row(
            .garbled(ServiceError(type: "SyntaxError", message: nil, status: 200)), [:],
            #"{"type":"SyntaxError","message":null,"stack":[],"retryStatus":"none","statusCode":200}"#),
        Row(.plain(.networking, json: ["x": 1]), nil, #"{"x":1}"#),
    ]

    @Test("data and err of an api_response, byte for byte", arguments: rows)
    func apiResponse(row: Row) {
        #expect(row.outcome.apiResponse.data == row.data)
        #expect(row.outcome.apiResponse.err == row.err)
    }

    @Test("5xx, throttling and network errors are transient; only throttling below 500 means not done")
    func retries() {
        func error(_ type: String, _ status: Int?) -> ServiceError {
            ServiceError(type: type, message: nil, status: status)
        }
        for transient in [.networking, error("x", 500), error("x", 429), error("Throttling", 400)] {
            #expect(transient.isTransient)
        }
        for lasting in [error("x", nil), error("x", 400), error("x", 200)] { #expect(!lasting.isTransient) }
        for throttled in [error("x", 429), error("Throttling", 400)] { #expect(throttled.isThrottled) }
        for open in [.networking, error("Throttling", 503), error("x", 400)] { #expect(!open.isThrottled) }
    }

    @Test("operations are found by their exact name in Streams")
    func names() {
        #expect(ServiceOperation("acceptContact") == .cti(.acceptContact))
        #expect(ServiceOperation("AgentAppService.Lcms.getContact") == .agentApp(.getContact))
        #expect(ServiceOperation("listTaskTemplates") == .taskTemplate(.listTaskTemplates))
        for name in ["", "AcceptContact", "acceptcontact", "getContact", "AgentAppService.getContact"] {
            #expect(ServiceOperation(name) == nil)
        }
    }

    @Test("operations named get, list or describe only read, others do not")
    func reading() {
        let operations =
            CTIOperation.allCases.map(\.rawValue) + AgentAppOperation.allCases.map(\.rawValue)
            + TaskTemplateOperation.allCases.map(\.rawValue)
        for name in operations {
            let verb = name.split(separator: ".").last ?? ""
            let reads = ["get", "list", "describe"].contains { verb.hasPrefix($0) }
            #expect((ServiceOperation(name)?.effect == .reads) == reads, "\(name)")
        }
    }
}
