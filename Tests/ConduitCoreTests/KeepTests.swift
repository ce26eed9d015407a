// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Kept state")
struct KeepTests {
    private func line(_ position: LogPosition, _ name: String, _ text: String, from: String? = nil) -> KeptLine {
        KeptLine(
            position: position, name: name, from: from, time: ConduitHarness.epoch, bytes: Array((text + "\n").utf8))
    }

    @Test("an event → a change with its Streams line and the log's next position")
    func event() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.forget()
        harness.handle(.publish("a", RawJSON(1)))
        harness.broadcast(one, "mute")
        #expect(
            harness.keptSince == [
                StateChange(lines: [line(2, "a", #"{"event":"a","data":1}"#)], agent: nil, memory: nil, next: 3),
                StateChange(
                    lines: [line(3, "mute", #"{"event":"mute"}"#, from: "1735732800000-n1")], agent: nil, memory: nil,
                    next: 4),
            ])
    }

    @Test("lines handled together get the same replies as lines handled one by one, and make one change")
    func together() {
        let texts = [
            #"{"event":"broadcast","data":{"event":"a"}}"#, "no message", #"{"event":"synchronize"}"#,
            #"{"event":"broadcast","data":{"event":"b"}}"#,
        ]
        let apart = ConduitHarness.run("e1")
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        let other = apart.port(1)
        harness.forget()
        harness.handle(.lines(one, texts.map { Array($0.utf8) }))
        for text in texts { apart.send(other, text) }
        #expect(harness.read(one) == apart.read(other))
        #expect(harness.keptSince.map { $0.lines.map(\.name) } == [["a", "b"]])
        #expect(harness.keptSince.last?.next == apart.keptSince.last?.next)
    }

    @Test("lines handled together: those after a close are dropped")
    func closed() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        let texts = [#"{"event":"close"}"#, #"{"event":"broadcast","data":{"event":"a"}}"#]
        harness.forget()
        harness.handle(.lines(one, texts.map { Array($0.utf8) }))
        #expect(harness.keptSince.flatMap(\.lines).map(\.name) == ["update_connected_ccps"])
        #expect(harness.conduit.portCount == 0)
    }

    @Test("an agent → its events, the agent and the memory in one change")
    func agent() throws {
        let harness = ConduitHarness.run("e1")
        harness.updateAgent("a=ended")
        let change = try #require(harness.kept.first)
        #expect(harness.kept.count == 1)
        let names = ["init", "refresh", "routable", "state_change"].map { "agent::\($0)" }
        #expect(change.lines.map(\.name) == names + ["contact::init", "contact::acw", "contact::refresh"])
        #expect(change.lines.map(\.position) == Array(2...8))
        #expect(change.lines.map(\.contactId) == [nil, nil, nil, nil, "a", "a", "a"])
        #expect(change.agent == harness.agent && change.next == 9)
        #expect(change.memory == ["ended": [], "accepted": []])
    }

    @Test("an agent without changes → a change with the newest agent")
    func refresh() throws {
        let harness = ConduitHarness.run("e1")
        for number in 1...2 {
            let agent = AgentData(
                snapshot: SnapshotData(json: JSONObject([("n", .int(number))])),
                configuration: AgentConfiguration(json: JSONObject()))
            harness.handle(.agent(agent))
            let change = try #require(harness.kept.last)
            #expect(harness.kept.count == number && change.agent?.snapshot.json["n"] == .int(number))
        }
    }

    @Test("an acceptance → contact::accepted and the memory in one change")
    func accepted() throws {
        let harness = ConduitHarness.run("e1")
        harness.updateAgent("a=connecting")
        harness.forget()
        harness.handle(.accepted(contactId: "a"))
        let change = try #require(harness.keptSince.first)
        #expect(change.lines.map(\.name) == ["contact::accepted"] && change.memory == ["ended": [], "accepted": ["a"]])
        harness.handle(.accepted(contactId: "a"))
        #expect(harness.keptSince.count == 1)
    }

    @Test("a contact::view is kept only as subscribers get it")
    func view() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.forget()
        harness.broadcast(one, "contact::view", ["contactId": "a"])
        let lines = harness.keptSince.flatMap(\.lines)
        #expect(lines.map(\.contactId) == ["a"] && lines.map(\.from) == ["1735732800000-n1"])
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self).contains(#""contact":null"#) } == [true])
    }

    @Test("superseded lines, lines for Streams ports only and replies are not kept")
    func nothing() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.forget()
        harness.handle(.publish(EventName.apiMetric, nil))
        harness.send(one, #"{"event":"send_logs","data":[{"text":"x"}]}"#)
        harness.send(one, #"{"event":"synchronize"}"#)
        harness.broadcast(one, "contact::accepted")
        harness.handle(.forgetAgent)
        #expect(harness.keptSince == [])
    }

    @Test("persist returns false → no more changes are kept")
    func noLonger() {
        let harness = ConduitHarness.run("e1")
        _ = harness.conduit.handle(.publish("a", nil), at: harness.now)
        harness.conduit.persist { _ in false }
        harness.updateAgent("a=connecting")
        harness.handle(.publish("a", nil))
        #expect(harness.kept == [])
    }

    @Test("changes are persisted before any port is written to")
    func beforeWritten() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        let two = harness.port(2)
        harness.subscribe(two, "*")
        _ = (harness.read(one), harness.read(two))
        _ = harness.conduit.takeDuePorts()
        // The harness is bypassed because it persists at once.
        for text in [#"{"event":"broadcast","data":{"event":"a"}}"#, #"{"event":"synchronize"}"#] {
            _ = harness.conduit.handle(.line(one, Array(text.utf8)), at: harness.now)
        }
        #expect(harness.hasOutput)
        #expect(harness.read(one) == [] && harness.read(two) == [], "neither events nor replies")
        var written: [String] = []
        harness.conduit.persist { draft in
            written = ((try? draft.changes()) ?? []).flatMap(\.lines).map(\.name)
            return true
        }
        #expect(written == ["a"])
        #expect(harness.conduit.takeDuePorts() == .all)
        #expect(harness.briefly(one) == ["a", "acknowledge"] && harness.briefly(two).count == 1)
        #expect(!harness.hasOutput)
    }

    @Test("a daemon that keeps no state makes no changes")
    func nowhere() {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        harness.handle(.publish("a", nil))
        #expect(harness.kept == [])
    }
}
