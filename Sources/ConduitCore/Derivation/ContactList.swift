import AgentModel

/// The contacts of an agent that can be told apart, in their order: those with an id, of two with one id the first.
struct ContactList {
    struct Item {
        let id: String
        let contact: Contact
    }

    private(set) var items: [Item] = []
    private var places: [String: Int] = [:]

    init(of agent: Agent?) {
        for contact in agent?.snapshot.contacts ?? [] {
            guard let id = contact.contactId, places[id] == nil else { continue }
            places[id] = items.count
            items.append(Item(id: id, contact: contact))
        }
    }

    subscript(_ id: String) -> Item? { places[id].map { items[$0] } }
}
