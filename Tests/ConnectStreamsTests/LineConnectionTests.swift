// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc
import Testing

@testable import ConnectStreams

@Suite("LineConnection")
struct LineConnectionTests {
    @Test("no socket → notRunning")
    func notRunning() {
        let path = "/nonexistent/partyline.sock"
        #expect(throws: ConnectionError.notRunning(path: path)) { try LineConnection(path: path) }
    }

    @Test("a path that is too long for a socket address → pathTooLong")
    func pathTooLong() {
        let path = "/" + String(repeating: "a", count: 200)
        #expect(throws: ConnectionError.pathTooLong(path: path)) { try LineConnection(path: path) }
    }

    @Test("a message arrives between request and reply → it stays in the queue")
    func request() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"acknowledge","data":{"id":"p1"}}"#,
            answer: [
                #"{"event":"agent::update","data":{}}"#,
                #"{"event":"partyline::response","data":{"requestId":"request-1","data":{"ok":true},"err":null}}"#,
            ])
        let connection = try LineConnection(path: daemon.path)
        daemon.accept()
        #expect(try connection.welcome().portId == "p1")
        // The daemon's lines are in the socket's buffer before the request is sent.
        daemon.answer()
        #expect(try connection.request("getStatus") == ["ok": true])
        #expect(try connection.nextMessage(before: .now).event == "acknowledge")
        #expect(try connection.nextMessage(before: .now).event == "agent::update")
        #expect(throws: ConnectionError.timeout) { try connection.nextMessage(before: .now) }
        #expect(try connection.availableMessages().isEmpty)
    }

    @Test("synchronize: waits for the acknowledgement without data, and throws the first error before it")
    func synchronize() throws {
        let daemon = try ScriptedDaemon(greeting: #"{"event":"acknowledge","data":{"id":"p1"}}"#)
        let connection = try LineConnection(path: daemon.path)
        daemon.accept()
        daemon.send(#"{"event":"agent::update","data":{}}"#)
        daemon.send(#"{"event":"acknowledge"}"#)
        daemon.send(#"{"event":"agent::acw","data":{}}"#)
        try connection.synchronize()
        #expect(daemon.received() == #"{"event":"synchronize"}"# + "\n")
        #expect(try connection.availableMessages().map(\.event) == ["acknowledge", "agent::update", "agent::acw"])

        for code in ["not_permitted", "too_many"] {
            daemon.send(#"{"event":"partyline::error","data":{"code":"\#(code)","message":"m"}}"#)
        }
        daemon.send(#"{"event":"acknowledge"}"#)
        #expect(throws: ProtocolFailure(code: "not_permitted", message: "m")) { try connection.synchronize() }
        // The acknowledgement was taken: the next one is that of the next call.
        #expect(throws: ConnectionError.timeout) { try connection.synchronize(timeout: .zero) }
    }

    @Test("endless lines instead of the reply → an error at a limit, not at the deadline")
    func endless() throws {
        let update = #"{"event":"agent::update","data":{}}"#
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"acknowledge","data":{"id":"p1"}}"#, answer: Array(repeating: update, count: 100))
        let connection = try LineConnection(path: daemon.path)
        connection.unansweredLimit = 1000
        daemon.accept()
        _ = try connection.welcome()
        daemon.answer()
        let error = #expect(throws: ConnectionError.self) {
            try connection.request("getStatus", timeout: .seconds(60))
        }
        guard case .badLine(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasSuffix("bytes without the answer"))
    }

    @Test("the daemon refuses the connection → closedByDaemon with its error")
    func refusal() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"partyline::error","data":{"code":"not_permitted","message":"no"}}"#, answer: [])
        let connection = try LineConnection(path: daemon.path)
        daemon.accept()
        daemon.disconnect()
        let reason = CloseReason.error(ProtocolFailure(code: "not_permitted", message: "no"))
        #expect(throws: ConnectionError.closedByDaemon(reason)) { try connection.welcome() }
    }

    @Test("no welcome → timeout")
    func silence() throws {
        let daemon = try ScriptedDaemon(greeting: "", answer: [])
        let connection = try LineConnection(path: daemon.path)
        #expect(throws: ConnectionError.timeout) { try connection.welcome(timeout: .milliseconds(20)) }
    }

    @Test("a write after the daemon has closed → closedByDaemon with its reason, no SIGPIPE")
    func gone() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"partyline::bye","data":{"reason":"shutdown"}}"#, answer: [])
        let connection = try LineConnection(path: daemon.path)
        daemon.accept()
        daemon.disconnect()
        #expect(throws: ConnectionError.closedByDaemon(.bye("shutdown"))) { try connection.send("synchronize") }
    }
}
