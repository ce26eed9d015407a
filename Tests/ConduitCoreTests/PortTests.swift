// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Opening and closing of ports")
struct PortTests {
    private let capabilities =
        #"["subscribe","subscribe.since","subscribe.latest","subscribe.existing","unsubscribe","getAgent","getSeat","getStatus","sync","describe","#
        + #""call","call.idempotencyKey","getQuickConnects","updateSettings","getLogs","setLogs","setLogLevel","reload","setCredentials","beginSignIn","abandonSignIn","#
        + #""logout","terminate"]"#

    private func acknowledge(_ id: String) -> String {
        #"{"event":"acknowledge","data":{"id":"\#(id)","partyline":{"protocol":1,"version":"\#(Partyline.version)","#
            + #""epoch":"e1","role":"admin","lineBytes":1048576,"capabilities":\#(capabilities)}}}"#
    }

    @Test("a new port gets acknowledge, then update_connected_ccps")
    func first() {
        let harness = ConduitHarness()
        let id = PortID(number: 1)
        let hello = acknowledge("1735732800000-n1")
        let who = ["pid": "42", "uid": "1000", "program": "test"]
        #expect(
            harness.handle(.opened(id, ConduitHarness.peer(), nonce: "n1")) == [
                .log(.debug, "a port opened", who)
            ])
        #expect(harness.hasOutput(id))
        #expect(harness.read(id) == [hello, ccps(1)])
        #expect(!harness.hasOutput(id))
        #expect(harness.read(id) == [])
    }

    @Test("the second port gets only its own update, the first port gets both")
    func second() {
        let harness = ConduitHarness()
        let one = harness.open(1)
        harness.advance(7)
        let two = harness.open(2)
        #expect(harness.read(one) == [acknowledge("1735732800000-n1"), ccps(1), ccps(2)])
        #expect(harness.read(two) == [acknowledge("1735732800007-n2"), ccps(2)])
        #expect(harness.conduit.counters.connections == 2)
    }

    @Test("root and the daemon's user may connect")
    func root() {
        let harness = ConduitHarness()
        let root = harness.open(1, uid: 0)
        #expect(harness.read(root).first == acknowledge("1735732800000-n1"))
    }

    @Test("another user → not_permitted with a hint, and no port")
    func refused() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        let stranger = harness.open(2, uid: 1001)
        let hint =
            "run the program as user 1000 (sudo -u '#1000' …), or start a partylined of your own: "
            + "systemctl --user start partyline; or have user 1000 add \"uid=1001 observer\" to access.rules "
            + "(or operator, if the program is to act) and run: partyline reload "
            + "(or systemctl --user reload partyline)"
        let message = "user 1001 may not use this daemon, which belongs to user 1000"
        let last = errorLine("not_permitted", message, hint: hint)
        #expect(
            harness.recorded == [
                .log(.warning, "a port was refused: \(message)", ["pid": "42", "uid": "1001", "program": "test"]),
                .close(stranger, last: Array((last + "\n").utf8)),
            ])
        #expect(harness.send(stranger, #"{"event":"synchronize"}"#) == [])
        #expect(harness.read(stranger) == [])
        #expect(harness.read(one) == [])
        #expect(harness.conduit.counters.refusedConnections == 1)
        #expect(harness.conduit.counters.connections == 1)
    }

    @Test("a closed port is subtracted; a second close does nothing")
    func gone() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.handle(.closed(two))
        #expect(harness.read(one) == [ccpsAfterClose(1)])
        #expect(harness.handle(.closed(two)) == [])
        #expect(harness.send(two, "nonsense") == [])
        #expect(harness.handle(.lineTooLong(two)) == [])
        #expect(harness.handle(.answered(.request(two, requestId: nil), .success(.null))) == [])
        #expect(!harness.hasOutput(two))
    }

    @Test("close closes the connection without a bye")
    func close() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.handle(.publish("a", nil))
        #expect(harness.send(two, #"{"event":"close"}"#).first == .close(two, last: nil))
        #expect(harness.read(one) == [#"{"event":"a"}"#, ccpsAfterClose(1)])
        #expect(harness.read(two) == [#"{"event":"a"}"#], "the port itself gets no update of its closing")
        #expect(harness.conduit.portCount == 1)
        harness.handle(.closed(two))
        #expect(harness.read(one) == [])
        #expect(harness.conduit.ports.count == 1)
    }

    @Test("replies from before close are sent, later lines are ignored")
    func answerBeforeClose() {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.send(port, #"{"event":"synchronize"}"#)
        harness.send(port, #"{"event":"close"}"#)
        harness.send(port, #"{"event":"synchronize"}"#)
        #expect(harness.read(port).first == #"{"event":"acknowledge"}"#)
        #expect(harness.read(port) == [])
    }

    @Test("an agent above the port's limit of unread bytes is sent to a new port")
    func largeAgent() {
        let harness = ConduitHarness { $0.ledger.portBytes = 64 }
        let name = JSON.string(String(repeating: "x", count: 1000))
        let agent = AgentData(
            snapshot: SnapshotData(json: JSONObject([("name", name)])),
            configuration: AgentConfiguration(json: JSONObject()))
        harness.handle(.agent(agent))
        let id = harness.open(1)
        #expect(harness.closed.isEmpty)
        #expect(harness.read(id).count == 3)
    }

    @Test("shutdown → every port gets partyline::bye with the reason")
    func shutdown() {
        let harness = ConduitHarness()
        let ids = (1...3).map { harness.port($0) }
        harness.handle(.shutdown(reason: "SIGTERM"))
        let bye = #"{"event":"partyline::bye","data":{"reason":"shutdown","message":"SIGTERM"}}"#
        #expect(harness.closed == Dictionary(uniqueKeysWithValues: ids.map { ($0, bye) }))
        #expect(harness.handle(.closed(ids[0])) == [])
        #expect(
            harness.handle(.opened(PortID(number: 9), ConduitHarness.peer(), nonce: "n")) == [
                .close(PortID(number: 9), last: nil)
            ])
        #expect(harness.handle(.shutdown(reason: "again")) == [])
    }

    @Test("shutdown does not repeat the bye of a closing port")
    func shutdownAfterBye() {
        let harness = ConduitHarness { $0.badLineLimit = 1 }
        let ids = (1...2).map { harness.port($0) }
        harness.send(ids[0], "x")
        harness.forget()
        harness.handle(.shutdown(reason: "SIGTERM"))
        let closed = harness.recorded.compactMap { if case .close(let id, _) = $0 { id } else { nil } }
        #expect(closed == [ids[1]])
    }
}
