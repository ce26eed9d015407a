import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Ports abreast")
struct FollowTests {
    private let harness = ConduitHarness()

    /// Two ports that have read all there was.
    private func pair(_ harness: ConduitHarness) -> (PortID, PortID) {
        let ports = (harness.port(1), harness.port(2))
        _ = harness.read(ports.0)
        return ports
    }

    /// What the first port is sent, as a run that others may be sent too.
    private func lead(_ id: PortID, isLate: Bool = false) -> OutgoingRun? {
        harness.conduit.next(for: id, budget: .max, isLate: isLate).lead
    }

    private func follows(_ id: PortID, _ run: OutgoingRun) -> Bool {
        let port = harness.conduit.port(id)
        return port?.follow(run) == true
    }

    @Test("a port that stands where another stood and wants the same goes on as that one did")
    func abreast() throws {
        let (one, two) = pair(harness)
        harness.handle(.publish("a", nil))
        harness.handle(.publish("b", nil))
        let run = try #require(lead(one))
        let sent = harness.conduit.port(two)?.linesSent ?? 0
        #expect(follows(two, run))
        #expect(!harness.hasOutput(two))
        #expect(harness.conduit.port(two)?.linesSent == sent + 2)
        #expect(!follows(two, run), "twice")
        harness.handle(.publish("c", nil))
        #expect(harness.read(two) == [#"{"event":"c"}"#])
    }

    @Test("who wants something else, stands elsewhere or is owed something does not follow", arguments: 0..<4)
    func other(_ kind: Int) throws {
        let (one, two) = pair(harness)
        switch kind {
        case 0: harness.subscribe(two, "*")
        case 1: harness.handle(.publish("before", nil))
        case 2: harness.say(two, #"{"event":"synchronize"}"#)
        default: harness.subscribe(two, "*", since: "e1:1")
        }
        _ = harness.read(one)
        if kind == 0 { _ = harness.read(two) }
        harness.handle(.publish("a", nil))
        let run = try #require(lead(one))
        #expect(!follows(two, run))
        #expect(harness.read(two).last?.hasPrefix(#"{"event":"a""#) == true)
    }

    @Test("what a late port is spared is for nobody else")
    func late() throws {
        let (one, two) = pair(harness)
        for name in ["Lunch", "Training"] {
            let snapshot = AgentSnapshot(json: JSONObject([("state", ["name": .string(name)])]))
            harness.handle(.agent(Agent(snapshot: snapshot, configuration: AgentConfiguration(json: JSONObject()))))
        }
        #expect(lead(one, isLate: true) == nil)
        let lines = harness.read(two)
        #expect(lines.filter { $0.hasPrefix(#"{"event":"agent::update""#) }.count == 2, "\(lines)")
    }

    @Test("what something was lost of leads nobody: who missed it has to be told")
    func lost() throws {
        let harness = ConduitHarness { $0.supersededBytes = 100 }
        let (one, two) = pair(harness)
        for number in 0..<9 { harness.handle(.publish(EventName.apiMetric, RawJSON(.int(number)))) }
        let first = harness.read(one)
        #expect(first.first?.hasPrefix(#"{"event":"partyline::lagged""#) == true)
        #expect(harness.read(two) == first)
        harness.handle(.publish("a", nil))
        let lead = harness.conduit.next(for: one, budget: .max).lead
        let port = harness.conduit.port(two)
        #expect(try port?.follow(#require(lead)) == true)
    }
}
