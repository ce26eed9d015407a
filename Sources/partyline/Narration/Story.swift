// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Turns the daemon's lines, of either dialect, into sentences. It keeps the agent to find out what has changed.
struct Story {
    private var picture = AgentPicture()
    private var events = EventNarrator()

    /// The sentences for a line.
    ///
    /// - Parameter isBroadcast: true for a program's broadcast, which is no evidence about the agent; nil if the line does not
    ///   show it, as in the Streams dialect.
    mutating func sentences(_ event: String, _ data: JSON?, isBroadcast: Bool? = nil) -> [Sentence] {
        guard isBroadcast != true else { return others(event, data, isBroadcast) }
        picture.presume(event, data)
        let old = picture.agent
        guard picture.apply(event, data), let new = picture.agent else { return others(event, data, isBroadcast) }
        return (accepted(event, data) + Narrator.sentences(from: old, to: new)).map(\.printable)
    }

    /// The sentences for an event of a subscription, with the program that caused it.
    mutating func sentences(_ event: StreamEvent) -> [Sentence] {
        // A broadcast from before the subscription is no news. Contacts from before are in the snapshot.
        if event.isExisting, event.from != nil { return [] }
        return sentences(event.name, event.data, isBroadcast: event.from != nil).map { $0.caused(by: event.by) }
    }

    /// The sentences for a snapshot: the current state, or the changes since the last known one.
    mutating func sentences(snapshot: JSON?) -> [Sentence] {
        let old = picture.agent
        picture.begin(with: snapshot)
        guard let new = picture.agent else { return [] }
        return Narrator.sentences(from: old, to: new).map(\.printable)
    }

    private mutating func others(_ event: String, _ data: JSON?, _ isBroadcast: Bool?) -> [Sentence] {
        events.sentence(event, data, isBroadcast: isBroadcast).map { [$0.printable] } ?? []
    }

    /// `contact::accepted` is the only event of a contact that the contact's own state does not show.
    private func accepted(_ event: String, _ data: JSON?) -> [Sentence] {
        guard event == "contact::accepted", let contact = data?["contact"]?.object else { return [] }
        return [Sentence(who: ContactNarrator.name(ContactData(json: contact)), what: "is accepted", tone: .good)]
    }
}

/// The agent as far as the lines so far show it: whole updates, snapshots, and events that contain a part of it.
struct AgentPicture {
    private(set) var agent: AgentData?
    /// True once a whole agent was received. From then on a contact that is missing here does not exist.
    private var isComplete = false

    /// Applies a line. Returns false if the line contains nothing about the agent.
    mutating func apply(_ event: String, _ data: JSON?) -> Bool {
        if event == EventName.agentUpdate {
            guard let new = data.flatMap({ AgentData(json: $0) }) else { return false }
            agent = new
            isComplete = true
            return true
        }
        if event.hasPrefix("agent::"), let part = data?["agent"]?.object {
            applyState(part)
            return true
        }
        if event.hasPrefix("contact::"), let contact = data?["contact"]?.object.map(ContactData.init(json:)) {
            applyContact(contact, isGone: event == "contact::destroyed")
            return true
        }
        return false
    }

    /// Replaces the agent by the snapshot.
    mutating func begin(with snapshot: JSON?) {
        guard let new = snapshot.flatMap({ AgentData(json: $0) }) else { return }
        agent = new
        isComplete = true
    }

    /// Adds what the event implies about the time before it, if that is not known yet: the old state, or a contact that
    /// is destroyed.
    mutating func presume(_ event: String, _ data: JSON?) {
        if event == "agent::state_change", agent?.snapshot.state == nil, let state = data?["oldState"], !state.isNull {
            change { $0.snapshot.json["state"] = ["name": state] }
        }
        guard !isComplete, event == "contact::destroyed",
            let contact = data?["contact"]?.object.map(ContactData.init(json:))
        else { return }
        let isKnown = agent?.snapshot.contacts.contains { $0.contactId == contact.contactId } ?? false
        if !isKnown { applyContact(contact, isGone: false) }
    }

    private mutating func applyState(_ part: JSONObject) {
        change { agent in
            if let name = part["name"], !name.isNull { agent.configuration.json["name"] = name }
            for member in ["state", "nextState"] {
                agent.snapshot.json[member] = part[member].flatMap { $0.isNull ? nil : $0 }
            }
        }
    }

    private mutating func applyContact(_ contact: ContactData, isGone: Bool) {
        change { agent in
            var contacts = agent.snapshot.contacts
            let place = contacts.firstIndex { $0.contactId == contact.contactId }
            switch (place, isGone) {
            case (let place?, true): contacts.remove(at: place)
            case (let place?, false): contacts[place] = contact
            case (nil, true): break
            case (nil, false): contacts.append(contact)
            }
            agent.snapshot.json["contacts"] = .array(contacts.map { .object($0.json) })
        }
    }

    private mutating func change(_ body: (inout AgentData) -> Void) {
        var new =
            agent
            ?? AgentData(
                snapshot: SnapshotData(json: JSONObject()), configuration: AgentConfiguration(json: JSONObject()))
        body(&new)
        agent = new
    }
}
