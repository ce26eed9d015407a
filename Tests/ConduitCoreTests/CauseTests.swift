// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The client that caused an event")
struct CauseTests {
    private let author: JSON = ["port": "1735732800000-n1", "program": "test"]

    private func watched() -> (ConduitHarness, caller: PortID, watcher: PortID) {
        let harness = ConduitHarness.run("e1")
        harness.updateAgent("a=connecting b=connecting", state: ["name": "Available", "type": "routable"])
        let (one, two) = (harness.port(1), harness.port(2))
        harness.subscribe(two, "contact::*", "agent::*")
        _ = harness.read(two)
        return (harness, one, two)
    }

    /// The events that have an author, by name and contact.
    private func authored(_ harness: ConduitHarness, _ id: PortID) throws -> [String] {
        try harness.read(id).compactMap { text in
            let line = try JSON(parsing: text)
            guard let by = line["by"] else { return nil }
            #expect(by == author)
            let contact = line["data"]?["contactId"]?.string.map { " \($0)" } ?? ""
            return (line["event"]?.string ?? "?") + contact
        }
    }

    private func accept(_ harness: ConduitHarness, _ id: PortID, _ contact: String) {
        harness.ask(id, "call", ["method": "acceptContact", "params": ["contactId": .string(contact)]])
    }

    @Test("an accepted contact: its events, and no other contact's; accepted too")
    func contact() throws {
        let (harness, one, two) = watched()
        accept(harness, one, "a")
        harness.handle(.accepted(contactId: "a"))
        harness.handle(.answered(.call(1), .success([:])))
        harness.updateAgent("a=connected b=connected")
        #expect(
            try authored(harness, two) == ["contact::accepted a", "contact::connected a"])
        harness.updateAgent("a=ended b=connected")
        #expect(try authored(harness, two).isEmpty, "a call explains one change")
    }

    @Test("a call that is still under way; an api_request too")
    func underWay() throws {
        let (harness, one, two) = watched()
        harness.send(
            one,
            #"{"event":"api_request","data":{"requestId":"1","method":"acceptContact","params":{"contactId":"a"}}}"#)
        harness.updateAgent("a=connected b=connecting")
        #expect(try authored(harness, two) == ["contact::connected a"])
    }

    @Test("the agent's state: the agent's events")
    func agent() throws {
        let (harness, one, two) = watched()
        let lunch: JSON = ["name": "Lunch", "type": "not_routable", "agentStateARN": "arn:l"]
        harness.ask(one, "call", ["method": "putAgentState", "params": ["state": lunch]])
        harness.handle(.answered(.call(1), .success([:])))
        harness.updateAgent("a=connecting b=ended", state: lunch)
        #expect(
            try authored(harness, two) == ["agent::not_routable", "agent::state_change"])
    }

    @Test("not certain: two calls for it, a failed call, one snapshot too late, or what was so before")
    func uncertain() throws {
        let (harness, one, two) = watched()
        accept(harness, one, "a")
        accept(harness, one, "a")
        harness.updateAgent("a=connected b=connecting")
        #expect(try authored(harness, two).isEmpty)

        accept(harness, one, "b")
        harness.handle(.answered(.call(3), .failure(.service(.stopping))))
        harness.updateAgent("a=connected b=connected")
        #expect(try authored(harness, two).isEmpty)

        harness.ask(one, "call", ["method": "rejectContact", "params": ["contactId": "a"]])
        harness.handle(.answered(.call(4), .success([:])))
        harness.updateAgent("a=connected b=connected")
        harness.updateAgent("a=ended b=connected")
        #expect(try authored(harness, two).isEmpty)

        accept(harness, one, "b")
        harness.updateAgent("a=ended b=connected")
        #expect(try authored(harness, two).isEmpty)
    }

    @Test("a snapshot before the acceptance: accepted has its author, and the next change has none")
    func late() throws {
        let (harness, one, two) = watched()
        accept(harness, one, "a")
        harness.updateAgent("a=connected b=connecting")
        harness.handle(.accepted(contactId: "a"))
        harness.handle(.answered(.call(1), .success([:])))
        #expect(
            try authored(harness, two) == ["contact::connected a", "contact::accepted a"])
        harness.updateAgent("a=ended b=connecting")
        #expect(try authored(harness, two).isEmpty)
    }

    @Test("a next state: only agent::enqueued_next_state, not the state change that the customer causes meanwhile")
    func nextState() throws {
        let (harness, one, two) = watched()
        let lunch: JSON = ["name": "Lunch", "type": "not_routable"]
        harness.ask(
            one, "call", ["method": "putAgentState", "params": ["state": lunch, "enqueueNextState": true]])
        harness.handle(.answered(.call(1), .success([:])))
        let work: JSON = ["name": "AfterCallWork", "type": "system"]
        harness.handle(.agent(AgentSketch("a=connecting b=ended", state: work, nextState: lunch).agent))
        #expect(try authored(harness, two) == ["agent::enqueued_next_state"])
    }

    @Test("an accepted call that has ended meanwhile: its end has no author")
    func ended() throws {
        let (harness, one, two) = watched()
        accept(harness, one, "a")
        harness.handle(.answered(.call(1), .success([:])))
        harness.updateAgent("a=ended b=connecting")
        #expect(try authored(harness, two).isEmpty)
    }

    @Test("a task that was there before the answer, or an answer without an id, explains nothing later")
    func task() throws {
        for data in [["contactId": "b"], [:]] as [JSON] {
            let (harness, one, two) = watched()
            let endpoint: JSON = ["type": "agent", "agentLogin": "robin"]
            harness.ask(one, "call", ["method": "createTaskContact", "params": ["endpoint": endpoint]])
            harness.handle(.answered(.call(1), .success(data)))
            harness.updateAgent("a=connecting b=connected", state: ["name": "Lunch", "type": "not_routable"])
            #expect(try authored(harness, two).isEmpty)
        }
    }

    @Test("an accepted call explains nothing after terminate")
    func terminated() throws {
        let (harness, one, two) = watched()
        let lunch: JSON = ["name": "Lunch", "type": "not_routable"]
        harness.ask(one, "call", ["method": "putAgentState", "params": ["state": lunch]])
        harness.handle(.answered(.call(1), .success([:])))
        harness.handle(.forgetAgent)
        harness.updateAgent("a=connecting b=connecting", state: lunch)
        #expect(try authored(harness, two).isEmpty)
    }

    @Test("presence is not told, after a restart either; an observer is, both times")
    func presence() throws {
        let (harness, one, _) = watched()
        let lunch: JSON = ["name": "Lunch", "type": "not_routable"]
        let clock = harness.conduit.clock
        harness.ask(one, "call", ["method": "putAgentState", "params": ["state": lunch]])
        harness.updateAgent("a=connecting b=connecting", state: lunch)
        let second = ConduitHarness.run("e2", after: harness.state())
        for (number, run) in [harness, second].enumerated() {
            for role in [Role.presence, .observer] {
                let id = run.port(UInt64(number * 10) + (role == .presence ? 7 : 8), role: role)
                run.subscribe(id, "agent::state_change", since: clock)
                let line = try #require(run.read(id).last)
                #expect(line.contains(#""by":"#) == (role == .observer), "\(line)")
                #expect(try JSON(parsing: line)["data"]?["newState"] == "Lunch")
            }
        }
    }
}
