// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore

@Suite("Derived events of the agent")
struct DerivationAgentTests {
    struct Step: Sendable, CustomTestStringConvertible {
        let from: JSON?
        let to: JSON?
        let events: [String]

        init(_ from: JSON?, _ to: JSON?, _ events: [String]) {
            self.from = from
            self.to = to
            self.events = events
        }

        var testDescription: String { "\(from?["name"]?.string ?? "none") to \(to?["name"]?.string ?? "none")" }
    }

    private static func state(_ name: String, _ type: String) -> JSON {
        ["name": .string(name), "type": .string(type)]
    }

    private static let available = state("Available", "routable")
    private static let lunch = state("Lunch", "not_routable")
    private static let change = "agent::state_change"

    private static let steps = [
        Step(available, available, []),
        Step(available, lunch, ["agent::not_routable", change]),
        Step(lunch, available, ["agent::routable", change]),
        Step(lunch, state("Offline", "offline"), ["agent::offline", change]),
        Step(lunch, state("Break", "not_routable"), [change]),
        Step(lunch, state("Lunch", "routable"), ["agent::routable"]),
        Step(available, state("Busy", "system"), [change]),
        Step(available, state("AfterCallWork", "system"), [change, "agent::acw"]),
        Step(state("Busy", "system"), state("AfterCallWork", "system"), [change, "agent::acw"]),
        Step(state("AfterCallWork", "system"), state("AfterCallWork", "error"), []),
        Step(
            state("MissedCallAgent", "error"), state("AfterCallWork", "offline"),
            ["agent::offline", change, "agent::acw"]),
        Step(state("Busy", "system"), state("Busy", "astral"), []),
        Step(state("Busy", "astral"), state("Levitating", "astral"), [change]),
        Step(available, ["type": "routable", "name": "Available", "startTimestamp": "2025-01-01T12:00:00Z"], []),
        Step(available, nil, [change]),
        Step(nil, available, ["agent::routable", change]),
        Step(nil, nil, []),
        Step(nil, .null, []),
        Step(nil, ["name": 7, "type": []], []),
        Step(nil, "Available", []),
        Step(nil, state("Init", "init"), []),
    ]

    @Test(
        "a state's change: the routing type's event, then state_change, then the events of special names",
        arguments: steps)
    func states(step: Step) {
        var derivation = Derivation()
        _ = derivation.update(to: AgentSketch(state: step.from).agent)
        let events = derivation.update(to: AgentSketch(state: step.to).agent)
        #expect(events.map(\.name) == ["agent::refresh"] + step.events)
    }

    @Test("state_change has the old and the new state; every event has the agent")
    func data() {
        var derivation = Derivation()
        _ = derivation.update(to: AgentSketch().agent)
        let events = derivation.update(to: AgentSketch(state: Self.lunch, nextState: Self.available).agent)
        let agent: JSON = ["name": "Robin", "state": Self.lunch, "nextState": Self.available]
        let whole: JSON = ["agent": agent]
        #expect(
            events == [
                DerivedEvent(name: "agent::refresh", contactId: nil, data: whole),
                DerivedEvent(name: "agent::not_routable", contactId: nil, data: whole),
                DerivedEvent(
                    name: "agent::state_change", contactId: nil,
                    data: ["oldState": "Available", "newState": "Lunch", "agent": agent]),
                DerivedEvent(name: "agent::enqueued_next_state", contactId: nil, data: whole),
            ])
    }

    @Test("members that the agent lacks are null in events")
    func sparse() throws {
        var derivation = Derivation()
        let events = derivation.update(to: try #require(AgentData(json: ["snapshot": [:], "configuration": [:]])))
        #expect(events.map(\.name) == ["agent::init", "agent::refresh"])
        for event in events { #expect(event.data == ["agent": ["name": .null, "state": .null, "nextState": .null]]) }
    }

    @Test(
        "every error state of Streams → agent::error after agent::state_change, once",
        arguments: [
            "Error", "AgentHungUp", "BadAddressAgent", "BadAddressCustomer", "Default", "FailedConnectAgent",
            "FailedConnectCustomer", "InvalidLocale", "LineEngagedAgent", "LineEngagedCustomer", "MissedCallAgent",
            "MissedCallCustomer", "MultipleCcpWindows", "RealtimeCommunicationError",
        ])
    func errors(name: String) {
        var derivation = Derivation()
        _ = derivation.update(to: AgentSketch().agent)
        let failed = AgentSketch(state: Self.state(name, "error")).agent
        let events = derivation.update(to: failed)
        #expect(events.map(\.name) == ["agent::refresh", "agent::state_change", "agent::error"])
        #expect(derivation.update(to: failed).map(\.name) == ["agent::refresh"])
    }

    @Test("the first agent is compared with an agent in state Init")
    func first() {
        var derivation = Derivation()
        let events = derivation.update(to: AgentSketch("a=ended", nextState: Self.lunch).agent)
        #expect(
            events.map(\.name) == [
                "agent::init", "agent::refresh", "agent::routable", "agent::state_change",
                "agent::enqueued_next_state", "contact::init", "contact::acw", "contact::refresh",
            ])
        #expect(events[3].data["oldState"] == "Init")
        #expect(events[3].data["newState"] == "Available")
        #expect(derivation.update(to: AgentSketch().agent).first?.name == "agent::refresh")
    }

    @Test("an agent kept from a former run is the baseline: no agent::init")
    func kept() {
        var derivation = Derivation(agent: AgentSketch().agent, memory: [:])
        let events = derivation.update(to: AgentSketch(state: Self.lunch).agent)
        #expect(events.map(\.name) == ["agent::refresh", "agent::not_routable", "agent::state_change"])
    }

    private static let enqueued = ["agent::enqueued_next_state"]
    private static let cleared = ["agent::cleared_next_state"]

    private static let nextSteps = [
        Step(nil, nil, []), Step(nil, lunch, enqueued), Step(lunch, lunch, []), Step(lunch, available, enqueued),
        Step(lunch, nil, cleared), Step(lunch, .null, cleared), Step(lunch, [:], cleared), Step(nil, [:], []),
        Step(lunch, state("Lunch", "offline"), []),
    ]

    @Test("nextState: enqueued when its name changes, cleared when it is gone", arguments: nextSteps)
    func nextState(step: Step) {
        var derivation = Derivation()
        _ = derivation.update(to: AgentSketch(nextState: step.from).agent)
        let events = derivation.update(to: AgentSketch(nextState: step.to).agent)
        #expect(events.map(\.name) == ["agent::refresh"] + step.events)
    }

    @Test("the derived names are those of the protocol, without contact::view")
    func names() {
        let agent = [
            "init", "refresh", "state_change", "routable", "not_routable", "offline", "error", "acw",
            "enqueued_next_state", "cleared_next_state",
        ]
        let contact = [
            "init", "refresh", "incoming", "pending", "connecting", "accepted", "connected", "missed", "acw", "ended",
            "error", "destroyed",
        ]
        #expect(Derivation.names == Set(agent.map { "agent::\($0)" } + contact.map { "contact::\($0)" }))
    }
}
