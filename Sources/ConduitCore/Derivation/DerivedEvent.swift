// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// An event that the daemon derives once for all clients; in Streams, each browser tab derives its own.
struct DerivedEvent: Equatable {
    let name: String
    /// nil for the agent's events.
    let contactId: String?
    let data: JSON
}

extension DerivedEvent {
    /// The data includes the whole contact: it may be gone by the time that a client reads the event.
    ///
    /// - Parameter skew: what a duration needs beside the contact's own times.
    init(_ name: DerivedName, _ item: ContactList.Item, skew: JSON?) {
        var data = JSONObject(distinct: [("contactId", .string(item.id)), ("contact", .object(item.contact.json))])
        data["skew"] = skew
        self.init(name: name.rawValue, contactId: item.id, data: .object(data))
    }
}
