// SPDX-License-Identifier: Apache-2.0
package import AgentModel
import StreamsProtocol

/// What a consumer has been told, so that it is not told again what the daemon repeats: what is there already comes with every
/// new start of the stream, and a daemon that has lost its state announces each contact again.
package struct ToldEvents: Sendable {
    /// By contact: the names of its events that were told, until `contact::destroyed`.
    private var contacts: [String: Set<String>] = [:]
    /// By name of a seat's event: the time of the one that was told last.
    private var seat: [String: String] = [:]

    package init() {}

    /// Records an event. Returns false if it only repeats what was told.
    package mutating func isNew(_ event: StreamEvent) -> Bool {
        if SeatPart(event: event.name) != nil {
            defer { seat[event.name] = event.time }
            return !event.isExisting || event.time == nil || seat[event.name] != event.time
        }
        guard event.from == nil, event.name.hasPrefix("contact::"), let id = event.contactId else { return true }
        let isFirst = contacts[id, default: []].insert(event.name).inserted
        // Any other event may happen again during a contact's stay.
        let isOnce = event.isExisting || event.name == "contact::init"
        return isFirst || !isOnce
    }

    /// The contact has gone: its id may come back as a new contact.
    package mutating func destroyed(_ contactId: String) { contacts[contactId] = nil }

    /// A new start of the stream: contacts that are not in the snapshot have gone in between.
    package mutating func begin(with snapshot: JSON?) {
        guard let agent = snapshot.flatMap({ AgentData(json: $0) }) else { return }
        let ids = Set(agent.snapshot.contacts.compactMap(\.contactId))
        contacts = contacts.filter { ids.contains($0.key) }
    }
}
