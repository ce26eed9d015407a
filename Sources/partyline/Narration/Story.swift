import AgentModel
import ConnectStreams
import StreamsProtocol

/// Tells lines of the daemon in sentences, of either dialect: it remembers what it takes to say what has changed.
struct Story {
    private var picture = AgentPicture()
    private var events = EventNarrator()

    /// The sentences for a line.
    ///
    /// - Parameter isBroadcast: true for what a program broadcast, which says nothing of the agent for certain; nil where the
    ///   line does not tell, as in the Streams dialect.
    mutating func sentences(_ event: String, _ data: JSON?, isBroadcast: Bool? = nil) -> [Sentence] {
        guard isBroadcast != true else { return others(event, data, isBroadcast) }
        picture.presume(event, data)
        let old = picture.agent
        guard picture.take(event, data), let new = picture.agent else { return others(event, data, isBroadcast) }
        return (accepted(event, data) + Narrator.sentences(from: old, to: new)).map(\.printable)
    }

    /// The sentences for a snapshot: how it is, or what has changed since the last look.
    mutating func sentences(snapshot: JSON?) -> [Sentence] {
        let old = picture.agent
        picture.begin(with: snapshot)
        guard let new = picture.agent else { return [] }
        return Narrator.sentences(from: old, to: new).map(\.printable)
    }

    private mutating func others(_ event: String, _ data: JSON?, _ isBroadcast: Bool?) -> [Sentence] {
        events.sentence(event, data, isBroadcast: isBroadcast).map { [$0.printable] } ?? []
    }

    /// The one event of a contact that is not to be seen in the contact itself.
    private func accepted(_ event: String, _ data: JSON?) -> [Sentence] {
        guard event == "contact::accepted", let contact = data?["contact"]?.object else { return [] }
        return [Sentence(who: ContactNarrator.name(Contact(json: contact)), what: "is accepted", tone: .good)]
    }
}

/// The agent as far as it is known from what was told: whole updates, snapshots, and events that carry a part of it.
struct AgentPicture {
    private(set) var agent: Agent?
    /// True once the agent was told whole: from then on a contact that is not in the picture is not there.
    private var isWhole = false

    /// Takes in what a line says of the agent. False if it says nothing of it.
    mutating func take(_ event: String, _ data: JSON?) -> Bool {
        if event == EventName.agentUpdate {
            guard let new = data.flatMap({ Agent(json: $0) }) else { return false }
            agent = new
            isWhole = true
            return true
        }
        if event.hasPrefix("agent::"), let part = data?["agent"]?.object {
            takeState(part)
            return true
        }
        if event.hasPrefix("contact::"), let contact = data?["contact"]?.object.map(Contact.init(json:)) {
            takeContact(contact, isGone: event == "contact::destroyed")
            return true
        }
        return false
    }

    /// A snapshot is the new beginning: what it does not have is gone.
    mutating func begin(with snapshot: JSON?) {
        guard let new = snapshot.flatMap({ Agent(json: $0) }) else { return }
        agent = new
        isWhole = true
    }

    /// What an event is about was there before it, although it is heard of now for the first time.
    mutating func presume(_ event: String, _ data: JSON?) {
        if event == "agent::state_change", agent?.snapshot.state == nil, let state = data?["oldState"], !state.isNull {
            change { $0.snapshot.json["state"] = ["name": state] }
        }
        guard !isWhole, event == "contact::destroyed",
            let contact = data?["contact"]?.object.map(Contact.init(json:))
        else { return }
        let isKnown = agent?.snapshot.contacts.contains { $0.contactId == contact.contactId } ?? false
        if !isKnown { takeContact(contact, isGone: false) }
    }

    private mutating func takeState(_ part: JSONObject) {
        change { agent in
            if let name = part["name"], !name.isNull { agent.configuration.json["name"] = name }
            for member in ["state", "nextState"] {
                agent.snapshot.json[member] = part[member].flatMap { $0.isNull ? nil : $0 }
            }
        }
    }

    private mutating func takeContact(_ contact: Contact, isGone: Bool) {
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

    private mutating func change(_ body: (inout Agent) -> Void) {
        var new =
            agent
            ?? Agent(snapshot: AgentSnapshot(json: JSONObject()), configuration: AgentConfiguration(json: JSONObject()))
        body(&new)
        agent = new
    }
}
