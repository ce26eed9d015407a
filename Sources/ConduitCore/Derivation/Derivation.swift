// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Derives events from two successive agents: a pure function of the last agent, the next one and a small memory.
///
/// The order is that of Streams: the agent's events first (`AgentChanges`), then the contacts that were added, in the order
/// of the new agent, then the removed ones, then the kept ones, both in the order of the old agent. The events of an added
/// or kept contact end with `contact::refresh`, even if nothing changed.
///
/// A contact's lifetime goes from `contact::init` to `contact::destroyed`; an id that returns begins a new lifetime. Each
/// complete lifetime has exactly one `contact::ended`. If no snapshot showed the contact go from an active state to an
/// inactive one (it was over when it first appeared, or it disappeared while active), the event is sent just before
/// `contact::destroyed`.
struct Derivation: Equatable {
    /// The baseline: the last agent seen, with its aliases.
    private(set) var agent: AgentData?
    /// The contacts of the baseline whose `contact::ended` was sent.
    private var ended: Set<String> = []
    /// The contacts of the baseline whose `contact::accepted` was sent.
    private var acceptedIds: Set<String> = []

    static let names = Set(DerivedName.allCases.map(\.rawValue))

    init() {}

    /// Restores the state of a previous run. Ignores memory that is malformed or about contacts that the agent does not have.
    init(agent: AgentData, memory: JSON) {
        self.agent = agent
        let ids = Set(ContactList(of: agent).items.map(\.id))
        ended = ids.intersection(Self.strings(memory["ended"]))
        acceptedIds = ids.intersection(Self.strings(memory["accepted"]))
    }

    /// The state to save in addition to the agent: `{ended, accepted}`, lists of contact ids.
    var memory: JSON {
        let ids = ContactList(of: agent).items.map(\.id)
        func kept(_ marked: Set<String>) -> JSON { .array(ids.filter(marked.contains).map(JSON.string)) }
        return ["ended": kept(ended), "accepted": kept(acceptedIds)]
    }

    /// Returns the events that lead to the next agent.
    ///
    /// - Parameter agent: the agent with its aliases.
    mutating func update(to agent: AgentData) -> [DerivedEvent] {
        let old = self.agent
        self.agent = agent
        return AgentChanges.events(from: old, to: agent)
            + contactEvents(from: ContactList(of: old), to: ContactList(of: agent))
    }

    /// Returns the events of contacts that nothing more will be heard of, and forgets the agent.
    mutating func end() -> [DerivedEvent] {
        let contacts = ContactList(of: agent)
        defer { self = Derivation() }
        return contacts.items.flatMap { removal(of: $0) }
    }

    /// Returns the event for a successful acceptContact, once per lifetime of a contact; nil if it was sent already or if
    /// there is no such contact.
    mutating func accepted(_ contactId: String) -> DerivedEvent? {
        guard let item = ContactList(of: agent)[contactId], acceptedIds.insert(item.id).inserted else { return nil }
        return DerivedEvent(.contactAccepted, item, skew: agent?.skew)
    }

    // MARK: Contacts

    private mutating func contactEvents(from old: ContactList, to new: ContactList) -> [DerivedEvent] {
        var events: [DerivedEvent] = []
        for item in new.items where old[item.id] == nil {
            events.append(DerivedEvent(.contactInit, item, skew: agent?.skew))
            events += changes(of: item, from: .initial)
        }
        for item in old.items where new[item.id] == nil { events += removal(of: item) }
        for item in old.items {
            guard let now = new[item.id] else { continue }
            events += changes(of: now, from: item.contact.stateType)
        }
        return events
    }

    private mutating func changes(of item: ContactList.Item, from old: ContactStateType?) -> [DerivedEvent] {
        var events: [DerivedEvent] = []
        for name in ContactTransition.events(from: old, to: item.contact.stateType) {
            // A contact may become active again after its end. Its second end must not send the event again.
            if name == .contactEnded, !ended.insert(item.id).inserted { continue }
            events.append(DerivedEvent(name, item, skew: agent?.skew))
        }
        return events + [DerivedEvent(.contactRefresh, item, skew: agent?.skew)]
    }

    private mutating func removal(of item: ContactList.Item) -> [DerivedEvent] {
        acceptedIds.remove(item.id)
        let hasEnded = ended.remove(item.id) != nil
        let names: [DerivedName] = hasEnded ? [.contactDestroyed] : [.contactEnded, .contactDestroyed]
        return names.map { DerivedEvent($0, item, skew: agent?.skew) }
    }

    private static func strings(_ value: JSON?) -> [String] { (value?.array ?? []).compactMap(\.string) }
}
