import AgentModel
import ConnectStreams
import StreamsProtocol

/// What an event says, in one line: enough to recognize it, the contact's id whole to go on with.
enum EventSummary {
    private static let width = 120

    static func text(_ event: StreamEvent) -> String {
        Text.printable(Text.cut(words(event), width) + (event.from == nil ? "" : " (broadcast)"))
    }

    private static func words(_ event: StreamEvent) -> String {
        let data = event.data
        if let contact = data?["contact"]?.object { return self.contact(Contact(json: contact)) }
        if event.name == EventName.agentUpdate, let agent = data.flatMap({ Agent(json: $0) }) { return whole(agent) }
        if event.name == "agent::state_change" {
            return "\(data?["oldState"]?.string ?? "?") → \(data?["newState"]?.string ?? "?")"
        }
        if event.name.hasPrefix("agent::"), let part = data?["agent"] { return agent(part) }
        if let sentence = ChatNarrator.sentence(data) { return sentence.text }
        return data?.text ?? ""
    }

    private static func contact(_ contact: Contact) -> String {
        join([contact.contactId, ContactNarrator.name(contact), contact.stateType?.rawValue])
    }

    private static func agent(_ part: JSON) -> String {
        let next = part["nextState"]?["name"]?.string.map { "then \($0)" }
        return join([part["name"]?.string, part["state"]?["name"]?.string, next])
    }

    private static func whole(_ agent: Agent) -> String {
        let count = agent.snapshot.contacts.count
        let contacts = count == 1 ? "1 contact" : "\(count) contacts"
        return join([agent.configuration.name, agent.snapshot.state?.name, contacts])
    }

    private static func join(_ parts: [String?]) -> String { parts.compactMap { $0 }.joined(separator: " · ") }
}
