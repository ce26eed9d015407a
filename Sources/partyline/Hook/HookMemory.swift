// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams

/// What a hook has run for, so that it does not run again for what the daemon repeats: what is there already comes with
/// every new start of the stream, and a daemon that has lost its state announces each contact again.
struct HookMemory {
    /// By contact: the names of its events that the hook has run for, until `contact::destroyed`.
    private var contacts: [String: Set<String>] = [:]
    /// By name of a seat's event: the time of the one that the hook has run for last.
    private var seat: [String: String] = [:]

    /// Records an event. Returns false if it only repeats what the hook has run for.
    mutating func isNew(_ event: StreamEvent) -> Bool {
        if PageEvent.seat.contains(event.name) {
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
    mutating func destroyed(_ contactId: String) { contacts[contactId] = nil }

    /// A new start of the stream: contacts that are not in the snapshot have gone in between.
    mutating func begin(with snapshot: JSON?) {
        guard let agent = snapshot.flatMap({ AgentData(json: $0) }) else { return }
        let ids = Set(agent.snapshot.contacts.compactMap(\.contactId))
        contacts = contacts.filter { ids.contains($0.key) }
    }
}
