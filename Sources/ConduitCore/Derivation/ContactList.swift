// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// The contacts of an agent that have an id, in order. If two have the same id, only the first is included.
struct ContactList {
    struct Item {
        let id: String
        let contact: ContactData
    }

    private(set) var items: [Item] = []
    private var indices: [String: Int] = [:]

    init(of agent: AgentData?) {
        for contact in agent?.snapshot.contacts ?? [] {
            guard let id = contact.contactId, indices[id] == nil else { continue }
            indices[id] = items.count
            items.append(Item(id: id, contact: contact))
        }
    }

    subscript(_ id: String) -> Item? { indices[id].map { items[$0] } }
}
