// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// Random calls, answers and snapshots. The expected authors are computed from the whole history, by the sentence of the
/// protocol page.
@Suite("The client that caused an event, in random histories")
struct CausePropertyTests {
    @Test("by is exactly where one call explains the change", arguments: 1...300)
    func certain(seed: Int) throws {
        var history = History(seed: UInt64(seed))
        for _ in 0..<60 { try history.step() }
    }
}

/// What the agent shows: its state, and the contacts' states by id.
private struct World: Equatable {
    var agent = "Available"
    var contacts = ["a": "connecting", "b": "connecting"]

    var sketch: AgentSketch {
        AgentSketch(
            contacts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
            state: ["name": .string(agent), "type": "not_routable"])
    }
}

private struct Call {
    let port: Int
    let method: String
    /// A contact's id or a state's name.
    let target: String
    /// The number of snapshots before the call, and before its answer.
    let asked: Int
    var answered: Int?
    var hasFailed = false

    var contact: String? { method == "putAgentState" ? nil : target }

    /// The events that tell the effect.
    var events: Set<String> {
        switch method {
        case "acceptContact": ["contact::connected", "contact::pending", "contact::connecting"]
        case "rejectContact": ["contact::acw", "contact::ended", "contact::missed"]
        case "clearContact": ["contact::ended", "contact::destroyed"]
        case "pauseContact": ["contact::refresh"]
        case "resumeContact": ["contact::connected"]
        default: ["agent::state_change", "agent::routable", "agent::not_routable", "agent::offline"]
        }
    }

    func isShown(by world: World) -> Bool {
        let state = world.contacts[target]
        return switch method {
        case "acceptContact": ["connected", "paused", "ended"].contains(state)
        case "rejectContact": [nil, "ended", "missed", "error"].contains(state)
        case "clearContact": state == nil
        case "pauseContact": state == "paused"
        case "resumeContact": state == "connected"
        default: world.agent == target
        }
    }
}

private struct History {
    private static let states = ["connecting", "connected", "paused", "ended", "missed", "error"]
    private static let methods = [
        "acceptContact", "rejectContact", "clearContact", "pauseContact", "resumeContact", "putAgentState",
    ]

    private let harness = ConduitHarness.run("e1")
    private let watcher: PortID
    private var dice: Dice
    private var worlds = [World()]
    private var calls: [Call] = []

    init(seed: UInt64) {
        dice = Dice(seed: seed)
        harness.handle(.agent(worlds[0].sketch.agent))
        for port in 1...3 { _ = harness.read(harness.port(UInt64(port))) }
        watcher = harness.port(9)
        harness.subscribe(watcher, "contact::*", "agent::*")
        _ = harness.read(watcher)
    }

    mutating func step() throws {
        switch dice.below(3) {
        case 0: ask()
        case 1: answer()
        default: try show()
        }
    }

    private mutating func ask() {
        let method = dice.pick(Self.methods)
        let isState = method == "putAgentState"
        let target = isState ? dice.pick(["Available", "Lunch"]) : dice.pick(["a", "b"])
        let params: JSON =
            isState ? ["state": ["name": .string(target), "type": "not_routable"]] : ["contactId": .string(target)]
        let port = 1 + dice.below(3)
        calls.append(Call(port: port, method: method, target: target, asked: worlds.count))
        harness.ask(PortID(number: UInt64(port)), "call", ["method": .string(method), "params": params])
    }

    private mutating func answer() {
        guard let number = calls.indices.filter({ calls[$0].answered == nil }).randomElement(using: &dice) else {
            return
        }
        calls[number].answered = worlds.count
        calls[number].hasFailed = dice.chance(4)
        let outcome: CallOutcome = calls[number].hasFailed ? .failure(.service(.stopping)) : .success([:])
        harness.handle(.answered(.call(UInt64(number + 1)), outcome))
    }

    private mutating func show() throws {
        var world = worlds[worlds.count - 1]
        // Several things at once, as in a snapshot that comes late.
        for _ in 0...dice.below(3) {
            switch dice.below(4) {
            case 0: world.agent = dice.pick(["Available", "Lunch"])
            case 1: world.contacts[dice.pick(["a", "b"])] = nil
            default: world.contacts[dice.pick(["a", "b"])] = dice.pick(Self.states)
            }
        }
        worlds.append(world)
        harness.handle(.agent(world.sketch.agent))
        let causes = calls.filter(explainsNewest)
        let only = causes.count == 1 ? causes.first : nil
        for text in harness.read(watcher) {
            let line = try JSON(parsing: text)
            // A line of the Streams dialect.
            if line["event"] == "agent::update" { continue }
            let contact = line["data"]?["contactId"]?.string
            let event = line["event"]?.string ?? ""
            let isCaused = only.map { contact == $0.contact && $0.events.contains(event) } ?? false
            let author = isCaused ? harness.conduit.ports[PortID(number: UInt64(only?.port ?? 0))]?.name : nil
            #expect(line["by"]?["port"]?.string == author, "\(text): \(causes)")
        }
    }

    /// The newest snapshot is the first after the call that shows its effect, which no earlier one did; and the call is under
    /// way, or was accepted since the snapshot before.
    private func explainsNewest(_ call: Call) -> Bool {
        let newest = worlds.count - 1
        let isOpen = call.answered.map { !call.hasFailed && $0 == newest } ?? true
        return isOpen && call.isShown(by: worlds[newest])
            && !worlds[(call.asked - 1)..<newest].contains(where: call.isShown)
    }
}
