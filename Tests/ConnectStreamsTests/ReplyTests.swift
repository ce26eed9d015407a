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

    @Test("an event's marks: who caused it, whether it was so already, whether that is certain")
    func marks() throws {
        func event(_ members: String) throws -> StreamEvent? {
            StreamEvent(try ServerMessage(line: Array(#"{"event":"x",\#(members)}"#.utf8)))
        }
        let plain = try #require(try event(#""clock":"e:1""#))
        #expect(plain.by == nil && !plain.isExisting && !plain.isStale)
        let caused = try event(#""by":{"port":"1-2","program":"crm"},"clock":"e:1""#)
        #expect(caused?.by == EventAuthor(port: "1-2", program: "crm"))
        #expect(try event(#""by":{"port":"1-2"},"clock":"e:1""#)?.by == EventAuthor(port: "1-2", program: nil))
        #expect(try event(#""by":{"program":"crm"},"clock":"e:1""#)?.by == nil)
        let known = try event(#""existing":true,"stale":true,"clock":"e:1","time":"t""#)
        #expect(known?.isExisting == true && known?.isStale == true && known?.clock == "e:1" && known?.time == "t")
        // Without a clock and a position it is no event of a subscription.
        #expect(try event(#""existing":true"#) == nil)
        let message = try ServerMessage(line: Array(#"{"event":"x"}"#.utf8))
        #expect(StreamEvent(message, at: "e:1") == nil)
    }

    @Test("the answer to subscribe: how old it is, and the seat")
    func subscribed() {
        let seat: JSON = ["mute": ["event": "agent::mute_toggle"]]
        let answer = Subscribed(
            json: ["clock": "e:1", "fresh": true, "asOf": "t", "ageMs": 7, "stale": true, "seat": seat])
        #expect(answer.asOf == "t" && answer.ageMs == 7 && answer.isStale && answer.seat == seat)
        let old = Subscribed(json: ["clock": "e:1", "fresh": true])
        #expect(old.asOf == nil && old.ageMs == nil && !old.isStale && old.seat == nil)
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
