import AgentModel

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
