import AgentModel

/// From two agents to events: a pure function of the last agent, the next one, and the little that has to be remembered.
///
/// The order is that of Streams: the agent's events first (`AgentChanges`), then the contacts: those that were added, in
/// the order of the new agent; those that were removed, in the order of the old one; those that were kept, in the order
/// of the old one. Contacts that only changed places give nothing but their `contact::refresh`.
///
/// A stay of a contact is the time from its `contact::init` to its `contact::destroyed`; an id that comes back begins
/// another one. A complete stay has exactly one `contact::ended`: if the contact was never seen to go from an active
/// state to an inactive one (it was over when it was first seen, or it went at once) it is told just before
/// `contact::destroyed`.
struct Derivation: Equatable {
    /// The baseline: the last agent seen, with its aliases.
    private(set) var agent: Agent?
    /// The contacts of the baseline whose end was told.
    private var ended: Set<String> = []
    /// The contacts of the baseline whose acceptance was told.
    private var taken: Set<String> = []

    /// Every name that an event can have.
    static let names = Set(DerivedName.allCases.map(\.rawValue))

    init() {}

    /// What a former run kept. Memory that cannot be read, or that is of contacts which are not there, counts as empty.
    init(agent: Agent, memory: JSON) {
        self.agent = agent
        let ids = Set(ContactList(of: agent).items.map(\.id))
        ended = ids.intersection(Self.strings(memory["ended"]))
        taken = ids.intersection(Self.strings(memory["accepted"]))
    }

    /// What has to be kept beside the agent.
    var memory: JSON {
        let ids = ContactList(of: agent).items.map(\.id)
        func kept(_ marked: Set<String>) -> JSON { .array(ids.filter(marked.contains).map(JSON.string)) }
        return ["ended": kept(ended), "accepted": kept(taken)]
    }

    /// Takes the next agent, its aliases added; returns what happened.
    mutating func update(to agent: Agent) -> [DerivedEvent] {
        let old = self.agent
        self.agent = agent
        return AgentChanges.events(from: old, to: agent)
            + contactEvents(from: ContactList(of: old), to: ContactList(of: agent))
    }

    /// An acceptContact succeeded. It is told once a stay; nil if it was told, or if there is no such contact.
    mutating func accepted(_ contactId: String) -> DerivedEvent? {
        guard let item = ContactList(of: agent)[contactId], taken.insert(item.id).inserted else { return nil }
        return DerivedEvent(.contactAccepted, item)
    }

    // MARK: Contacts

    private mutating func contactEvents(from old: ContactList, to new: ContactList) -> [DerivedEvent] {
        var events: [DerivedEvent] = []
        for item in new.items where old[item.id] == nil {
            events.append(DerivedEvent(.contactInit, item))
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
            // A contact that became active again has ended all the same: its end is told once.
            if name == .contactEnded, !ended.insert(item.id).inserted { continue }
            events.append(DerivedEvent(name, item))
        }
        return events + [DerivedEvent(.contactRefresh, item)]
    }

    private mutating func removal(of item: ContactList.Item) -> [DerivedEvent] {
        taken.remove(item.id)
        let wasTold = ended.remove(item.id) != nil
        return (wasTold ? [] : [DerivedEvent(.contactEnded, item)]) + [DerivedEvent(.contactDestroyed, item)]
    }

    private static func strings(_ value: JSON?) -> [String] { (value?.array ?? []).compactMap(\.string) }
}
