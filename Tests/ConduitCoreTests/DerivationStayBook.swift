import AgentModel

@testable import ConduitCore

/// What every client may rely on, checked on the events alone: of each stay one beginning and one end, and so on.
struct DerivationStayBook {
    private struct Stay {
        var ended = 0
        var accepted = 0
    }

    private var open: [String: Stay] = [:]
    private var state = "Init"
    private(set) var faults: [String] = []
    /// Stays from beginning to end.
    private(set) var complete = 0
    /// What was told at all.
    private(set) var names: Set<String> = []

    var isEmpty: Bool { open.isEmpty }

    /// The events of one look. Nothing is told of a state twice in one look.
    mutating func read(_ events: [DerivedEvent]) {
        var seen: Set<String> = []
        for event in events {
            names.insert(event.name)
            guard let id = event.contactId else {
                readAgent(event, &seen)
                continue
            }
            // A contact cannot be gone and back within one look.
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
