// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// An event in one line: enough to recognize it, with the contact's complete id for further commands.
enum EventSummary {
    private static let width = 120

    static func text(_ event: StreamEvent) -> String {
        let marks = marks(event)
        return Text.printable(
            Text.cut(summary(event), width) + (marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"))
    }

    private static func marks(_ event: StreamEvent) -> [String] {
        let marks = [
            event.from == nil ? nil : "broadcast", event.by?.text, event.isExisting ? "already there" : nil,
            event.isStale ? "stale" : nil,
        ]
        return marks.compactMap { $0 }
    }

    private static func summary(_ event: StreamEvent) -> String {
        let data = event.data
        if let contact = data?["contact"]?.object { return self.contact(ContactData(json: contact)) }
        if event.name == EventName.agentUpdate, let agent = data.flatMap({ AgentData(json: $0) }) {
            return whole(agent)
        }
        if event.name == "agent::state_change" {
            return "\(data?["oldState"]?.string ?? "?") → \(data?["newState"]?.string ?? "?")"
        }
        if event.name.hasPrefix("agent::"), let part = data?["agent"] { return agent(part) }
        if event.name == EventName.link, let link = LinkState(data) { return link.summary }
        if event.name == EventName.ports { return ports(data) }
        if let sentence = ChatNarrator.sentence(data) { return sentence.text }
        return data?.text ?? ""
    }

    private static func contact(_ contact: ContactData) -> String {
        join([contact.contactId, ContactNarrator.name(contact), contact.stateType?.rawValue])
    }

    private static func agent(_ part: JSON) -> String {
        let next = part["nextState"]?["name"]?.string.map { "then \($0)" }
        return join([part["name"]?.string, part["state"]?["name"]?.string, next])
    }

    private static func whole(_ agent: AgentData) -> String {
        let count = agent.snapshot.contacts.count
        let contacts = count == 1 ? "1 contact" : "\(count) contacts"
        return join([agent.configuration.name, agent.snapshot.state?.name, contacts])
    }

    private static func ports(_ data: JSON?) -> String {
        let change = ["joined", "left"].compactMap { verb in data?[verb].map { "\(port($0)) \(verb)" } }
        return join([data?["count"]?.int.map { Text.count($0, "program") }] + change)
    }

    private static func port(_ data: JSON) -> String {
        let role = data["role"]?.string.map { " (\($0))" } ?? ""
        return (data["program"]?.string ?? data["id"]?.string ?? "?") + role
    }

    private static func join(_ parts: [String?]) -> String { parts.compactMap { $0 }.joined(separator: " · ") }
}
