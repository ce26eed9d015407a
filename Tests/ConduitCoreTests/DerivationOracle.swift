// SPDX-License-Identifier: Apache-2.0
import AgentModel

@testable import ConduitCore

/// A second implementation of `Derivation`, independent of it: decides on names alone which events a sequence of agents
/// requires.
struct DerivationOracle {
    struct Stay {
        var contact: AgentSketch.ContactData
        var isOver = false
        var isAccepted = false
    }

    private var last: AgentSketch?
    /// In the order of the last agent.
    private(set) var stays: [Stay] = []

    /// The expected events, in the format of `line`.
    mutating func update(_ sketch: AgentSketch) -> [String] {
        var lines = last == nil ? ["agent::init"] : []
        lines += ["agent::refresh"] + Self.agentLines(last, sketch)
        last = sketch
        var present: [AgentSketch.ContactData] = []
        for contact in sketch.contacts where contact.id != nil && !present.contains(where: { $0.id == contact.id }) {
            present.append(contact)
        }
        let before = stays
        stays = present.map { contact in before.first { $0.contact.id == contact.id } ?? Stay(contact: contact) }
        for place in stays.indices where !before.contains(where: { $0.contact.id == stays[place].contact.id }) {
            lines.append(Self.line("contact::init", present[place]))
            lines += step(place, from: "init", to: present[place])
        }
        for stay in before where !present.contains(where: { $0.id == stay.contact.id }) {
            if !stay.isOver { lines.append(Self.line("contact::ended", stay.contact)) }
            lines.append(Self.line("contact::destroyed", stay.contact))
        }
        for stay in before {
            guard let place = present.firstIndex(where: { $0.id == stay.contact.id }) else { continue }
            lines += step(place, from: stay.contact.state, to: present[place])
        }
        return lines
    }

    mutating func accept(_ id: String) -> String? {
        guard let place = stays.firstIndex(where: { $0.contact.id == id && !$0.isAccepted }) else { return nil }
        stays[place].isAccepted = true
        return Self.line("contact::accepted", stays[place].contact)
    }

    private mutating func step(_ place: Int, from old: String?, to contact: AgentSketch.ContactData) -> [String] {
        var due: [String] = []
        if let new = contact.state, new != old {
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
        stays[place].contact = contact
        return (due + ["refresh"]).map { Self.line("contact::\($0)", contact) }
    }

    private static func agentLines(_ last: AgentSketch?, _ sketch: AgentSketch) -> [String] {
        func text(_ json: JSON?, _ member: String) -> String? { json?[member]?.string }
        var lines: [String] = []
        let type = text(sketch.state, "type") ?? "init"
        if type != text(last?.state, "type") ?? "init", ["routable", "not_routable", "offline"].contains(type) {
            lines.append("agent::\(type)")
        }
        let name = text(sketch.state, "name") ?? "Init"
        let former = text(last?.state, "name") ?? "Init"
        if name != former {
            lines.append("agent::state_change \(former)>\(name)")
            if ["MissedCallAgent", "Default"].contains(name) { lines.append("agent::error") }
            if name == "AfterCallWork" { lines.append("agent::acw") }
        }
        switch (text(last?.nextState, "name"), text(sketch.nextState, "name")) {
        case (let old, let new?) where old != new: lines.append("agent::enqueued_next_state")
        case (_?, nil): lines.append("agent::cleared_next_state")
        default: break
        }
        return lines
    }

    // MARK: Lines

    private static func line(_ name: String, _ contact: AgentSketch.ContactData) -> String {
        "\(name) \(contact.id ?? "") \(contact.number)"
    }

    /// An event as a line: its name; the contact's id and number; the names of a state change.
    static func line(_ event: DerivedEvent) -> String {
        // At most two lookups: this runs a million times. The number identifies the version of the contact.
        if let id = event.contactId { return "\(event.name) \(id) \(event.data["contact"]?["number"]?.int ?? -1)" }
        guard let old = event.data["oldState"]?.string, let new = event.data["newState"]?.string else {
            return event.name
        }
        return "\(event.name) \(old)>\(new)"
    }
}
