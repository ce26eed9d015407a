// SPDX-License-Identifier: Apache-2.0
import AgentModel

@testable import ConduitCore

/// Checks the guarantees to clients on the events alone: each stay starts once, ends once, and so on.
struct StayChecker {
    private struct Stay {
        var ended = 0
        var accepted = 0
    }

    private var open: [String: Stay] = [:]
    private var state = "Init"
    private(set) var faults: [String] = []
    /// The number of stays that have started and ended.
    private(set) var complete = 0
    /// The names of all events.
    private(set) var names: Set<String> = []

    var isEmpty: Bool { open.isEmpty }

    /// Reads the events of one agent. None of them may be there twice.
    mutating func read(_ events: [DerivedEvent]) {
        var seen: Set<String> = []
        for event in events {
            names.insert(event.name)
            guard let id = event.contactId else {
                readAgent(event, &seen)
                continue
            }
            // A contact cannot go and return within one agent.
            if !seen.insert("\(event.name) \(id)").inserted { faults.append("\(event.name) of \(id) twice in a look") }
            read(event.name, id)
        }
    }

    private mutating func readAgent(_ event: DerivedEvent, _ seen: inout Set<String>) {
        if !seen.insert(event.name).inserted { faults.append("\(event.name) twice in a look") }
        guard event.name == "agent::state_change" else { return }
        let old = event.data["oldState"]?.string ?? ""
        let new = event.data["newState"]?.string ?? ""
        if old != state || new == old { faults.append("a change from \(old) to \(new) after \(state)") }
        state = new
    }

    private mutating func read(_ name: String, _ id: String) {
        if name == "contact::init" {
            if open.updateValue(Stay(), forKey: id) != nil { faults.append("\(id) came twice") }
            return
        }
        guard var stay = open[id] else {
            faults.append("\(name) of \(id), which is not there")
            return
        }
        if name == "contact::ended" { stay.ended += 1 }
        if name == "contact::accepted" { stay.accepted += 1 }
        if stay.ended > 1 || stay.accepted > 1 { faults.append("\(name) of \(id) twice in its stay") }
        open[id] = stay
        guard name == "contact::destroyed" else { return }
        if stay.ended != 1 { faults.append("\(id) went without an end") }
        open[id] = nil
        complete += 1
    }
}
