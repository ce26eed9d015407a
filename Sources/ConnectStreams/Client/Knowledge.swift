// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// What the client knows of the agent: the newest data, changed before the event of the same change is passed on.
///
/// Usually an `agent::update` comes before the events. There is none before events that are replayed after a lost connection,
/// and a client that reads slowly may miss some: so events change the data, too.
struct Knowledge {
    private(set) var agent: AgentData?
    /// The states that pass by as events (`getSeat`), as an object of `{event, data, time}` by name.
    private(set) var seat: JSONObject = JSONObject()
    /// True while the connection's events are up to date.
    private(set) var isLive = false

    mutating func note(_ update: EventStream.Update) {
        switch update {
        case .subscribed(let answer):
            isLive = true
            if answer.isFresh { agent = answer.snapshot.flatMap(AgentData.init(json:)) }
            seat = answer.seat?.object ?? JSONObject()
        case .lagged(let lag):
            agent = lag.snapshot.flatMap(AgentData.init(json:))
        case .gone: isLive = false
        case .event(let event): note(event)
        }
    }

    /// The answer to `getAgent`.
    mutating func refresh(_ answer: JSON) {
        if let agent = answer["agent"].flatMap(AgentData.init(json:)) { self.agent = agent }
    }

    private mutating func note(_ event: StreamEvent) {
        switch event.name {
        case EventName.agentUpdate: if let data = event.data.flatMap(AgentData.init(json:)) { agent = data }
        case EventName.terminated: agent = nil
        case EventName.webSocketConnectionGain: seat[SeatPart.webSocketFailure.rawValue] = nil
        default:
            follow(event)
            if let part = SeatPart(event: event.name) { note(part, event) }
        }
    }

    private mutating func note(_ part: SeatPart, _ event: StreamEvent) {
        // An empty id says that no contact is in view.
        let isEmptyView = part == .contactView && (event.contactId ?? "").isEmpty
        seat[part.rawValue] =
            isEmptyView
            ? nil
            : [
                "event": .string(event.name), "data": event.data ?? .null,
                "time": event.time.map(JSON.string) ?? .null,
            ]
    }

    /// Changes the agent's data by a derived event, which has the whole contact or the agent's states.
    private mutating func follow(_ event: StreamEvent) {
        // A client's broadcast under the name of an event says nothing.
        guard agent != nil, event.from == nil else { return }
        if event.name.hasPrefix("contact::"), event.name != EventName.contactView, let id = event.contactId {
            agent?.snapshot.replaceContact(id, with: event.data?["contact"], in: event.name)
        } else if event.name.hasPrefix("agent::"), let states = event.data?["agent"]?.object {
            for name in ["state", "nextState"] { agent?.snapshot.json[name] = states[name] }
        }
    }
}

extension SnapshotData {
    /// `contact::init` adds a contact and `contact::destroyed` removes it. The other events change one that is there: `ended` is
    /// also told of a contact that has gone already.
    fileprivate mutating func replaceContact(_ id: String, with contact: JSON?, in event: String) {
        var contacts = json["contacts"]?.array ?? []
        let place = contacts.firstIndex { $0["contactId"]?.string == id }
        switch (event, place, contact) {
        case ("contact::destroyed", let place?, _): contacts.remove(at: place)
        case (_, let place?, let contact?) where contact.object != nil: contacts[place] = contact
        case ("contact::init", nil, let contact?) where contact.object != nil: contacts.append(contact)
        default: return
        }
        json["contacts"] = .array(contacts)
    }
}
