// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams

/// The agent as a client derives it from a snapshot and the events after it, and the inconsistencies that it found.
struct Replica {
    /// The name of the agent's state.
    private(set) var state: String?
    /// The states of the contacts, by id.
    private(set) var contacts: [String: String] = [:]
    /// Inconsistencies that no client may see, as text.
    private(set) var faults: [String] = []
    /// The number of events that are not refreshes.
    private(set) var transitions = 0
    private var ended: Set<String> = []
    private var clocks: Set<String> = []

    /// Starts again from a snapshot.
    mutating func begin(_ snapshot: JSON?) {
        let agent = snapshot.flatMap { AgentData(json: $0) }
        state = agent?.snapshot.state?.name
        contacts = [:]
        ended = []
        for contact in agent?.snapshot.contacts ?? [] {
            guard let id = contact.contactId, let type = contact.stateType else { continue }
            contacts[id] = type.rawValue
            // The snapshot does not show whether `contact::ended` was already sent.
            if !type.isActive { ended.insert(id) }
        }
    }

    mutating func apply(_ event: StreamEvent) {
        guard event.from == nil, event.name != "agent::update" else { return }
        if !clocks.insert(event.clock).inserted { faults.append("\(event.clock) came twice") }
        if event.name == "agent::state_change" { changeState(event) }
        if event.name.hasPrefix("contact::"), let id = event.contactId { change(id, event) }
        if !event.name.hasSuffix("::refresh") { transitions += 1 }
    }

    private mutating func changeState(_ event: StreamEvent) {
        let old = event.data?["oldState"]?.string
        if let state, old != state { faults.append("\(event.clock): from \(old ?? "nothing"), but it was \(state)") }
        state = event.data?["newState"]?.string
    }

    private mutating func change(_ id: String, _ event: StreamEvent) {
        let isKnown = contacts[id] != nil
        if isKnown == (event.name == "contact::init") {
            faults.append("\(event.clock): \(event.name) of \(id), which is \(isKnown ? "there" : "not there")")
        }
        contacts[id] = event.data?["contact"]?["state"]?["type"]?.string ?? "nothing"
        switch event.name {
        case "contact::ended":
            if !ended.insert(id).inserted { faults.append("\(event.clock): \(id) ended twice") }
        case "contact::destroyed":
            if ended.remove(id) == nil { faults.append("\(event.clock): \(id) destroyed before it ended") }
            contacts[id] = nil
        default: break
        }
    }
}

extension Replica {
    /// The state as text, to compare with `Stage.truth`.
    var summary: String { Self.summary(state, contacts) }

    static func summary(_ state: String?, _ contacts: [String: String]) -> String {
        "\(state ?? "unknown"): " + contacts.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
    }
}
