import AgentModel

/// One event that the daemon derived: what every browser tab of Streams finds out for itself, found out once.
struct DerivedEvent: Equatable {
    let name: String
    /// The contact that it is about; nil for the agent's events.
    let contactId: String?
    let data: JSON
}

extension DerivedEvent {
    /// An event about a contact. It carries the whole contact: by the time it is read the contact may be gone.
    init(_ name: DerivedName, _ item: ContactList.Item) {
        let data = JSONObject(distinct: [("contactId", .string(item.id)), ("contact", .object(item.contact.json))])
        self.init(name: name.rawValue, contactId: item.id, data: .object(data))
    }
}
