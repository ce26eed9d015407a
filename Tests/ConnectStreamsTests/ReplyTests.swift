// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConnectStreams

@Suite("Parsing of replies")
struct ReplyTests {
    @Test(
        "an api_response's errors",
        arguments: [
            (
                #""err":"{\"type\":\"InvalidStateException\",\"message\":\"bad state\",\"stack\":[],\"statusCode\":400}""#,
                CallFailure(type: "InvalidStateException", message: "bad state", statusCode: 400)
            ),
            (
                #""data":{"message":"No such method exists on AWS client: x"},"err":"{}""#,
                CallFailure(type: "UnknownError", message: "No such method exists on AWS client: x")
            ),
            (
                #""err":"{\"__type\":\"x\",\"message\":\"wrong\",\"status\":400}""#,
                CallFailure(type: "x", message: "wrong", statusCode: 400)
            ),
            (
                #""err":"{\"type\":\"UnknownError\",\"message\":null}""#,
                CallFailure(type: "UnknownError", message: "no message")
            ),
            (#""err":"not JSON""#, CallFailure(type: "UnknownError", message: "not JSON")),
        ])
    func errors(members: String, expected: CallFailure) throws {
        let reply = try #require(try reply(members))
        #expect(reply.requestId == "r")
        #expect(throws: expected) { try reply.result.get() }
    }

    @Test("an api_response's data")
    func data() throws {
        let reply = try #require(try reply(#""data":{"a":1},"err":null"#))
        #expect(try reply.result.get() == ["a": 1])
    }

    @Test("another event → no CallReply")
    func others() throws {
        #expect(CallReply(try ServerMessage(line: Array(#"{"event":"agent::update","data":{}}"#.utf8))) == nil)
    }

    @Test("the daemon's welcome, with and without its partyline member")
    func welcome() {
        let own: JSON = [
            "protocol": 1, "version": "0.1.0", "epoch": "e", "role": "admin", "capabilities": ["subscribe"],
            "new": true,
        ]
        let welcome = Welcome(json: ["id": "p", "partyline": own])
        #expect(welcome?.portId == "p")
        #expect(welcome?.protocolVersion == 1)
        #expect(welcome?.daemonVersion == "0.1.0")
        #expect(welcome?.role == "admin")
        #expect(welcome?.capabilities == ["subscribe"])
        // The shared worker of Streams itself sends only its id.
        #expect(Welcome(json: ["id": "p"])?.daemonVersion == nil)
        #expect(Welcome(json: [:]) == nil)
    }

    @Test("an error of the protocol, complete and incomplete")
    func protocolFailure() {
        let full: JSON = ["code": "conflict", "message": "m", "hint": "h", "retryable": true]
        #expect(
            ProtocolFailure(json: full) == ProtocolFailure(code: "conflict", message: "m", hint: "h", retryable: true))
        #expect(ProtocolFailure(json: ["odd": 1]).message == #"{"odd":1}"#)
    }

    private func reply(_ members: String) throws -> CallReply? {
        let line = #"{"event":"api_response","data":{"event":"api_response","requestId":"r","# + members + "}}"
        return CallReply(try ServerMessage(line: Array(line.utf8)))
    }
}
