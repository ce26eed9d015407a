import AgentModel

/// Tells what changed between two looks at the agent. Pure: the same two looks, the same sentences.
enum Narrator {
    static func sentences(from old: Agent?, to new: Agent) -> [Sentence] {
        agentSentences(from: old, to: new) + contactSentences(from: old, to: new)
    }

    private static func agentSentences(from old: Agent?, to new: Agent) -> [Sentence] {
        let who = new.configuration.name ?? "the agent"
        var result: [Sentence] = []
        if let name = new.snapshot.state?.name, old?.snapshot.state?.name != name {
            let what = old == nil ? "is \(name)" : "is now \(name)"
            result.append(Sentence(who: who, what: what, tone: tone(new.snapshot.state)))
        }
        let next = (old?.snapshot.nextState?.name, new.snapshot.nextState?.name)
        switch next {
        case (let before, let after?) where before != after:
            result.append(Sentence(who: who, what: "will be \(after) next", tone: .waiting))
        // Reaching the state that was waited for is told above.
        case (let before?, nil) where before != new.snapshot.state?.name:
            result.append(Sentence(who: who, what: "will not be \(before) next"))
        default: break
        }
        return result
    }

    private static func tone(_ state: AgentState?) -> Sentence.Tone {
        switch state?.type {
        case .routable: .good
        case .error: .bad
        default: .plain
        }
    }

    private static func contactSentences(from old: Agent?, to new: Agent) -> [Sentence] {
        let before = old?.snapshot.contacts ?? []
        let after = new.snapshot.contacts
        let kept = after.flatMap { contact in
            ContactNarrator.sentences(from: before.first { $0.contactId == contact.contactId }, to: contact)
        }
        let gone = before.filter { contact in !after.contains { $0.contactId == contact.contactId } }
        return kept + gone.map { Sentence(who: ContactNarrator.name($0), what: "is cleared", tone: .quiet) }
    }
}

/// What happened to one contact, and what to call it.
enum ContactNarrator {
    /// `call from +1…`, `chat with Mary`, `task Call back`; by a piece of its id where it has nothing better.
    static func name(_ contact: Contact) -> String {
        let customer = contact.initialConnection ?? contact.connections.first { $0.type != .agent }
        let number = customer?.endpoint?.phoneNumber.flatMap { $0.isEmpty ? nil : $0 }
        let short = String((contact.contactId ?? "without id").prefix(8))
        switch contact.type {
        case .voice?:
            let direction = customer?.type == .outbound ? "to" : "from"
            return number.map { "call \(direction) \($0)" } ?? "call \(short)"
        case .queueCallback?: return number.map { "callback to \($0)" } ?? "callback \(short)"
        case .chat?:
            let person = customer?.json["chatMediaInfo"]?["customerName"]?.string
            return person.map { "chat with \($0)" } ?? "chat \(short)"
        case .task?: return "task \(contact.json["name"]?.string ?? short)"
        case .email?: return "e-mail \(short)"
        case let other: return "\(other?.rawValue ?? "contact") \(short)"
        }
    }

    static func sentences(from old: Contact?, to new: Contact) -> [Sentence] {
        let who = name(new)
        var result: [Sentence] = []
        if let state = new.stateType, state != old?.stateType {
            result.append(Sentence(who: who, what: words(state, new, wasThere: old != nil), tone: tone(state)))
        }
        // A contact seen for the first time is told whole; its legs are news only from then on.
        guard let old else { return result }
        return result + legSentences(from: old, to: new, who)
    }

    private static func words(_ state: ContactStateType, _ contact: Contact, wasThere: Bool) -> String {
        switch state {
        case .initial: "is announced"
        case .incoming: "is offered"
        case .pending: "is accepted, on its way"
        case .connecting: contact.initialConnection?.type == .outbound ? "is being dialled" : ringing(contact)
        case .connected: "is connected"
        case .paused: "is paused"
        case .ended: "has ended, after-contact work"
        case .missed: "was missed"
        case .rejected: "was rejected"
        case .error: "failed"
        default: wasThere ? "is now \(state)" : "is \(state)"
        }
    }

    private static func ringing(_ contact: Contact) -> String {
        let queue = contact.queueName.map { " (\($0))" } ?? ""
        let verb = contact.type == .voice || contact.type == .queueCallback ? "is ringing" : "is waiting to be accepted"
        return verb + queue
    }

    private static func tone(_ state: ContactStateType) -> Sentence.Tone {
        switch state {
        case .connected: .good
        case .incoming, .connecting, .pending: .waiting
        case .missed, .rejected, .error: .bad
        default: .plain
        }
    }

    private static func legSentences(from old: Contact, to new: Contact, _ who: String) -> [Sentence] {
        new.connections.flatMap { leg -> [Sentence] in
            let before = old.connections.first { $0.connectionId == leg.connectionId }
            guard leg.stateType != before?.stateType else { return [] }
            let words = LegNarrator.words(leg, before: before?.stateType, in: new)
            return words.map { [Sentence(who: who, what: $0)] } ?? []
        }
    }
}

/// What happened to one leg of a contact, where the contact's own state does not tell it already.
enum LegNarrator {
    static func words(_ leg: Connection, before: ConnectionStateType?, in contact: Contact) -> String? {
        let who = name(leg)
        switch (before, leg.stateType) {
        case (_, .hold?): return "has \(who) on hold"
        case (.hold?, .connected?): return "has \(who) back from hold"
        // At a contact's end all legs go at once and do not tell which party ended it. In a conference they do.
        case (_?, .disconnected?) where contact.stateType != .connected: return nil
        case (_?, .disconnected?): return "goes on without \(who)"
        // The agent's own leg and the customer's begin with the contact.
        case _ where leg.type == .agent || leg.isInitial: return nil
        case (_, .connecting?): return "calls in \(who)"
        case (_, .connected?): return "is joined by \(who)"
        default: return nil
        }
    }

    private static func name(_ leg: Connection) -> String {
        if leg.type == .agent { return "the agent" }
        if leg.isInitial { return "the customer" }
        return leg.endpoint?.name ?? leg.endpoint?.phoneNumber ?? "another party"
    }
}

/// One change, said in words: a subject, and what happened to it.
struct Sentence: Equatable {
    /// How it should strike the eye.
    enum Tone: Equatable {
        case plain, good, waiting, bad, quiet
    }

    let who: String
    let what: String
    var tone = Tone.plain

    /// The sentence for a line of its own.
    var text: String { "\(who) \(what)" }

    /// The same, fit for a terminal: names and words of customers are in it.
    var printable: Sentence { Sentence(who: Text.printable(who), what: Text.printable(what), tone: tone) }
}
