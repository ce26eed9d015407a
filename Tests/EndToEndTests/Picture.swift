import AgentModel
import ConnectStreams

/// What a client believes that has a snapshot and the events after it and nothing else; and what was wrong with them.
struct Picture {
    /// The name of the agent's state.
    private(set) var state: String?
    /// The states of the contacts, by id.
    private(set) var contacts: [String: String] = [:]
    /// Whatever no client should ever see, in words.
    private(set) var faults: [String] = []
    /// Transitions that were told: everything but refreshes.
    private(set) var transitions = 0
    private var ended: Set<String> = []
    private var clocks: Set<String> = []

    /// Forgets what it knew: only the snapshot counts, and what comes after it.
    mutating func begin(_ snapshot: JSON?) {
        let agent = snapshot.flatMap { Agent(json: $0) }
        state = agent?.snapshot.state?.name
        contacts = [:]
        ended = []
        for contact in agent?.snapshot.contacts ?? [] {
            guard let id = contact.contactId, let type = contact.stateType else { continue }
            contacts[id] = type.rawValue
            // Whether the end of such a contact was told is not to be seen here.
            if !type.isActive { ended.insert(id) }
        }
    }

    mutating func take(_ event: StreamEvent) {
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

extension Picture {
    /// What it says, to be compared with what `Stage.truth` says.
    var essence: String { Self.essence(state, contacts) }

    static func essence(_ state: String?, _ contacts: [String: String]) -> String {
        "\(state ?? "unknown"): " + contacts.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
    }
}
