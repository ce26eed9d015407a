import AgentModel

@testable import ConduitCore

/// What has to be told of a row of looks at the agent, worked out anew and in another way than `Derivation` does it:
/// on names alone, by asking of each event when it is due.
struct DerivationOracle {
    struct Stay {
        var guest: DerivationSight.Guest
        var isOver = false
        var isAccepted = false
    }

    private var last: DerivationSight?
    /// In the order of the last look.
    private(set) var stays: [Stay] = []

    /// Lines as `DerivationOracle.line` makes them.
    mutating func look(_ sight: DerivationSight) -> [String] {
        var lines = last == nil ? ["agent::init"] : []
        lines += ["agent::refresh"] + Self.agentLines(last, sight)
        last = sight
        var present: [DerivationSight.Guest] = []
        for guest in sight.guests where guest.id != nil && !present.contains(where: { $0.id == guest.id }) {
            present.append(guest)
        }
        let before = stays
        stays = present.map { guest in before.first { $0.guest.id == guest.id } ?? Stay(guest: guest) }
        for place in stays.indices where !before.contains(where: { $0.guest.id == stays[place].guest.id }) {
            lines.append(Self.line("contact::init", present[place]))
            lines += step(place, from: "init", to: present[place])
        }
        for stay in before where !present.contains(where: { $0.id == stay.guest.id }) {
            if !stay.isOver { lines.append(Self.line("contact::ended", stay.guest)) }
            lines.append(Self.line("contact::destroyed", stay.guest))
        }
        for stay in before {
            guard let place = present.firstIndex(where: { $0.id == stay.guest.id }) else { continue }
            lines += step(place, from: stay.guest.state, to: present[place])
        }
        return lines
    }

    mutating func accept(_ id: String) -> String? {
        guard let place = stays.firstIndex(where: { $0.guest.id == id && !$0.isAccepted }) else { return nil }
        stays[place].isAccepted = true
        return Self.line("contact::accepted", stays[place].guest)
    }

    private mutating func step(_ place: Int, from old: String?, to guest: DerivationSight.Guest) -> [String] {
        var due: [String] = []
        if let new = guest.state, new != old {
            let wasOffered = old == "connecting" || old == "incoming"
            let wasActive = wasOffered || old == "pending" || old == "connected" || old == "paused"
            switch new {
            case "incoming", "pending", "connecting", "connected": due = [new]
            case "ended": due = ["acw"] + (wasActive ? ["ended"] : [])
            case "error": due = ["error"] + (wasOffered ? ["missed"] : []) + (wasActive ? ["ended"] : [])
            case "missed", "rejected": due = (wasActive ? ["ended"] : []) + (wasOffered ? ["missed"] : [])
            case "init": due = wasActive ? ["ended"] : []
            default: break
            }
        }
        if stays[place].isOver { due.removeAll { $0 == "ended" } }
        if due.contains("ended") { stays[place].isOver = true }
        stays[place].guest = guest
        return (due + ["refresh"]).map { Self.line("contact::\($0)", guest) }
    }

    private static func agentLines(_ last: DerivationSight?, _ sight: DerivationSight) -> [String] {
        func text(_ json: JSON?, _ member: String) -> String? { json?[member]?.string }
        var lines: [String] = []
        let type = text(sight.state, "type") ?? "init"
        if type != text(last?.state, "type") ?? "init", ["routable", "not_routable", "offline"].contains(type) {
            lines.append("agent::\(type)")
        }
        let name = text(sight.state, "name") ?? "Init"
        let former = text(last?.state, "name") ?? "Init"
        if name != former {
            lines.append("agent::state_change \(former)>\(name)")
            if ["MissedCallAgent", "Default"].contains(name) { lines.append("agent::error") }
            if name == "AfterCallWork" { lines.append("agent::acw") }
        }
        switch (text(last?.nextState, "name"), text(sight.nextState, "name")) {
        case (let old, let new?) where old != new: lines.append("agent::enqueued_next_state")
        case (_?, nil): lines.append("agent::cleared_next_state")
        default: break
        }
        return lines
    }

    // MARK: Lines

    private static func line(_ name: String, _ guest: DerivationSight.Guest) -> String {
        "\(name) \(guest.id ?? "") \(guest.number)"
    }

    /// An event as the oracle's lines have it: the name; the contact's id and form; a state change's two names.
    static func line(_ event: DerivedEvent) -> String {
        // Two lookups, no more: this runs a million times. The number tells the form of which contact it is.
        if let id = event.contactId { return "\(event.name) \(id) \(event.data["contact"]?["number"]?.int ?? -1)" }
        guard let old = event.data["oldState"]?.string, let new = event.data["newState"]?.string else {
            return event.name
        }
        return "\(event.name) \(old)>\(new)"
    }
}
