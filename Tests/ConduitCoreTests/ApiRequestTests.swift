// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Requests and their answers")
struct ApiRequestTests {
    struct Row: Sendable {
        let data: String
        let requestId: JSON?
        let method: String?
        let params: JSON

        init(_ data: String, _ requestId: JSON?, _ method: String?, _ params: JSON) {
            self.data = data
            self.requestId = requestId
            self.method = method
            self.params = params
        }
    }

    @Test(
        "an api_request is passed on to the session",
        arguments: [
            Row(
                #"{"requestId":"r1","method":"getAgentStates","params":{"a":[1]}}"#, "r1", "getAgentStates",
                ["a": [1]]),
            Row(#"{"requestId":7,"method":"m"}"#, 7, "m", .null), Row("{}", nil, nil, .null),
            Row(#"{"requestId":null,"method":null,"params":null}"#, .null, nil, .null),
            Row(#"{"requestId":{"x":1},"method":["m"],"params":"p"}"#, ["x": 1], nil, "p"),
        ])
    func passed(row: Row) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let request = ConduitRequest.call(
            .request(one, requestId: row.requestId.map { RawJSON($0) }), method: row.method, params: row.params)
        let who = ["pid": "42", "uid": "1000", "program": "test", "method": row.method ?? "none"]
        #expect(
            harness.send(one, #"{"event":"api_request","data":\#(row.data)}"#) == [
                .log(.info, "an API request", who), .ask(one, request),
            ])
    }

    @Test(
        "data of another shape → invalid_params, with an example line",
        arguments: ["", #","data":null"#, #","data":[]"#, #","data":"x""#, #","data":7"#])
    func badShape(data: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.send(one, #"{"event":"api_request"\#(data)}"#)
        let hint = #"{"event":"api_request","data":{"requestId":"1","method":"getAgentStates","params":{}}}"#
        let message = "the data of an api_request has to be an object {requestId, method, params}"
        #expect(harness.read(one) == [errorLine("invalid_params", message, hint: hint)])
        #expect(harness.conduit.counters.badLines == 0)
    }

    @Test("an answer goes to the port that asked, in Streams' format")
    func answers() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        let error = ServiceError(type: "x", message: nil)
        let err = #""{\"type\":\"x\",\"message\":null,\"stack\":[],\"retryStatus\":\"none\"}""#
        harness.handle(.answered(.request(one, requestId: RawJSON("r")), .success([:])))
        let number = RawJSON(.number(JSONNumber(checked: "1.0")))
        harness.handle(.answered(.request(one, requestId: number), .failure(.service(error))))
        harness.handle(.answered(.request(one, requestId: nil), .failure(.plain(error, json: ["type": "x"]))))
        #expect(
            harness.read(one) == [
                #"{"event":"api_response","data":{"event":"api_response","requestId":"r","data":{},"err":null}}"#,
                #"{"event":"api_response","data":{"event":"api_response","requestId":1.0,"data":null,"err":\#(err)}}"#,
                #"{"event":"api_response","data":{"event":"api_response","err":"{\"type\":\"x\"}"}}"#,
            ])
        #expect(harness.read(two) == [])
    }

    private func response(_ id: String, _ data: String, _ err: String) -> String {
        #"{"event":"partyline::response","data":{"requestId":\#(id),"data":\#(data),"err":\#(err)}}"#
    }

    @Test(
        "getStatus is passed on to the daemon, and each answer is sent as a partyline::response",
        arguments: ["1", #""a""#, "-2.5e1"])
    func status(id: String) throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let raw = RawJSON(try JSON(parsing: id))
        let actions = harness.send(
            one, #"{"event":"partyline::request","data":{"requestId":\#(id),"method":"getStatus"}}"#)
        #expect(actions == [.ask(one, .status(requestId: raw, .admin))])
        harness.handle(.responded(one, requestId: raw, .data(["ok": true])))
        harness.handle(.responded(one, requestId: raw, .error(ProtocolError(.notReady, "not yet", retryable: true))))
        #expect(
            harness.read(one) == [
                response(id, #"{"ok":true}"#, "null"),
                response(id, "null", #"{"code":"not_ready","message":"not yet","retryable":true}"#),
            ])
    }

    @Test("getAgent answers with the newest agent, its age and the clock")
    func agent() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let ask = #"{"event":"partyline::request","data":{"requestId":1,"method":"getAgent"}}"#
        #expect(harness.send(one, ask) == [.ask(one, .agent(requestId: RawJSON(1), .admin))])
        let json: JSON = ["snapshot": ["localTimestamp": 1_735_732_799_000, "contacts": []], "configuration": [:]]
        harness.handle(.agent(try #require(AgentData(json: json))))
        _ = harness.read(one)
        harness.advance(500)
        harness.send(one, ask)
        let data =
            #"{"clock":"e1:4","asOf":"2025-01-01T11:59:59.000Z","ageMs":1500,"agent":"#
            + #"{"snapshot":{"localTimestamp":1735732799000,"contacts":[]},"configuration":{}}}"#
        #expect(harness.read(one) == [response("1", data, "null")])
    }

    @Test(
        "an unknown method → unknown_method, with the known ones and a suggestion",
        arguments: [
            (#","method":"nothing""#, "nothing", ""), ("", "none", ""), (#","method":7"#, "none", ""),
            (#","method":"GetStatus""#, "GetStatus", "did you mean getStatus? "),
        ])
    func unknown(member: String, name: String, hint: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.send(one, #"{"event":"partyline::request","data":{"requestId":1\#(member)}}"#)
        let error =
            #"{"code":"unknown_method","message":"no such method: \#(name)","#
            + #""hint":"\#(hint)the methods are abandonSignIn, beginSignIn, call, describe, getAgent, getLogs, getQuickConnects, getSeat, getStatus, logout, reload, "#
            + #"setCredentials, setLogLevel, setLogs, "#
            + #"subscribe, sync, terminate, unsubscribe, updateSettings","retryable":false}"#
        #expect(harness.read(one) == [response("1", "null", error)])
    }

    @Test(
        "a request without a usable requestId → invalid_params",
        arguments: [
            "", #","data":{}"#, #","data":{"requestId":null,"method":"getStatus"}"#, #","data":{"requestId":true}"#,
            #","data":{"requestId":[1]}"#, #","data":{"requestId":{}}"#, #","data":7"#,
        ])
    func noId(data: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.send(one, #"{"event":"partyline::request"\#(data)}"#)
        let message = "a partyline::request needs a requestId that is a string or a number"
        let hint = #"{"event":"partyline::request","data":{"requestId":1,"method":"getStatus"}}"#
        #expect(harness.read(one) == [errorLine("invalid_params", message, hint: hint)])
    }
}
