import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("What is kept for a restart")
struct KeepTests {
    private func line(_ position: LogPosition, _ name: String, _ text: String, from: String? = nil) -> KeptLine {
        KeptLine(
            position: position, name: name, from: from, time: ConduitHarness.epoch, bytes: Array((text + "\n").utf8))
    }

    @Test("an event, as the Streams dialect has it, with where the log goes on")
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

    @Test("lines that were taken together are answered one by one, and what they change is one change")
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
        for text in texts { apart.say(other, text) }
        #expect(harness.read(one) == apart.read(other))
        #expect(harness.keptSince.map { $0.lines.map(\.name) } == [["a", "b"]])
        #expect(harness.keptSince.last?.next == apart.keptSince.last?.next)
    }

    @Test("of those that were taken together nothing comes after a close")
    func closed() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        let texts = [#"{"event":"close"}"#, #"{"event":"broadcast","data":{"event":"a"}}"#]
        harness.forget()
        harness.handle(.lines(one, texts.map { Array($0.utf8) }))
        #expect(harness.keptSince.flatMap(\.lines).map(\.name) == ["update_connected_ccps"])
        #expect(harness.conduit.portCount == 0)
    }

    @Test("of an agent the events, itself and the memory, as one change")
    func agent() throws {
        let harness = ConduitHarness.run("e1")
        harness.sees("a=ended")
        let change = try #require(harness.kept.first)
        #expect(harness.kept.count == 1)
        let names = ["init", "refresh", "routable", "state_change"].map { "agent::\($0)" }
        #expect(change.lines.map(\.name) == names + ["contact::init", "contact::acw", "contact::refresh"])
        #expect(change.lines.map(\.position) == Array(2...8))
        #expect(change.lines.map(\.contactId) == [nil, nil, nil, nil, "a", "a", "a"])
        #expect(change.agent == harness.agent && change.next == 9)
        #expect(change.memory == ["ended": [], "accepted": []])
    }

    @Test("the newest agent each time, also if nothing but its refresh is to be told")
    func refresh() throws {
        let harness = ConduitHarness.run("e1")
        for number in 1...2 {
            let agent = Agent(
                snapshot: AgentSnapshot(json: JSONObject([("n", .int(number))])),
                configuration: AgentConfiguration(json: JSONObject()))
            harness.handle(.agent(agent))
            let change = try #require(harness.kept.last)
            #expect(harness.kept.count == number && change.agent?.snapshot.json["n"] == .int(number))
        }
    }

    @Test("an acceptance with the memory of it")
    func accepted() throws {
        let harness = ConduitHarness.run("e1")
        harness.sees("a=connecting")
        harness.forget()
        harness.handle(.accepted(contactId: "a"))
        let change = try #require(harness.keptSince.first)
        #expect(change.lines.map(\.name) == ["contact::accepted"] && change.memory == ["ended": [], "accepted": ["a"]])
        harness.handle(.accepted(contactId: "a"))
        #expect(harness.keptSince.count == 1)
    }

    @Test("a view only as subscribers know it")
    func view() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.forget()
        harness.broadcast(one, "contact::view", ["contactId": "a"])
        let lines = harness.keptSince.flatMap(\.lines)
        #expect(lines.map(\.contactId) == ["a"] && lines.map(\.from) == ["1735732800000-n1"])
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self).contains(#""contact":null"#) } == [true])
    }

    @Test("nothing of what supersedes itself, of what is for Streams alone, of replies")
    func nothing() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.forget()
        harness.handle(.publish(EventName.apiMetric, nil))
        harness.say(one, #"{"event":"send_logs","data":[{"text":"x"}]}"#)
        harness.say(one, #"{"event":"synchronize"}"#)
        harness.broadcast(one, "contact::accepted")
        harness.handle(.forgetAgent)
        #expect(harness.keptSince == [])
    }

    @Test("nothing from when there is nowhere to keep it any more")
    func noLonger() {
        let harness = ConduitHarness.run("e1")
        _ = harness.conduit.handle(.publish("a", nil), at: harness.now)
        harness.conduit.persist { _ in false }
        harness.sees("a=connecting")
        harness.handle(.publish("a", nil))
        #expect(harness.kept == [])
    }

    @Test("what a restart must find is persisted before any port is written to")
    func beforeWritten() {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        let two = harness.port(2)
        harness.subscribe(two, "*")
        _ = (harness.read(one), harness.read(two))
        _ = harness.conduit.takeDuePorts()
        // Not by the harness, which persists at once.
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

    @Test("nothing where there is nowhere to keep it")
    func nowhere() {
        let harness = ConduitHarness()
        harness.sees("a=connecting")
        harness.handle(.publish("a", nil))
        #expect(harness.kept == [])
    }
}
