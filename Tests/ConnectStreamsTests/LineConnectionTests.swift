import AgentModel
import Glibc
import Testing

@testable import ConnectStreams

@Suite("A connection says why it cannot be, or is no more")
struct LineConnectionTests {
    @Test("nobody there")
    func notRunning() {
        let path = "/nonexistent/partyline.sock"
        #expect(throws: ConnectionError.notRunning(path: path)) { try LineConnection(path: path) }
    }

    @Test("a path that does not fit")
    func pathTooLong() {
        let path = "/" + String(repeating: "a", count: 200)
        #expect(throws: ConnectionError.pathTooLong(path: path)) { try LineConnection(path: path) }
    }

    @Test("a welcome, a request and its answer, with another message in between")
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
        // The daemon's lines are in the socket's buffer before they are asked for.
        daemon.answer()
        #expect(try connection.request("getStatus") == ["ok": true])
        #expect(try connection.nextMessage(before: .now).event == "acknowledge")
        #expect(try connection.nextMessage(before: .now).event == "agent::update")
        #expect(throws: ConnectionError.timeout) { try connection.nextMessage(before: .now) }
        #expect(try connection.availableMessages().isEmpty)
    }

    @Test("a refusal carries the daemon's words")
    func refusal() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"partyline::error","data":{"code":"not_permitted","message":"no"}}"#, answer: [])
        let connection = try LineConnection(path: daemon.path)
        daemon.accept()
        daemon.hangUp()
        let reason = CloseReason.error(ProtocolFailure(code: "not_permitted", message: "no"))
        #expect(throws: ConnectionError.closedByDaemon(reason)) { try connection.welcome() }
    }

    @Test("a daemon that keeps silent runs into the deadline")
    func silence() throws {
        let daemon = try ScriptedDaemon(greeting: "", answer: [])
        let connection = try LineConnection(path: daemon.path)
        #expect(throws: ConnectionError.timeout) { try connection.welcome(timeout: .milliseconds(20)) }
    }

    @Test("a daemon that went away is no SIGPIPE")
    func gone() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"partyline::bye","data":{"reason":"shutdown"}}"#, answer: [])
        let connection = try LineConnection(path: daemon.path)
        daemon.accept()
        daemon.hangUp()
        #expect(throws: ConnectionError.closedByDaemon(.bye("shutdown"))) { try connection.send("synchronize") }
    }
}
