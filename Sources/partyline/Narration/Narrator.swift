// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams

/// Turns the difference between two versions of the agent into sentences. Pure.
enum Narrator {
    static func sentences(from old: AgentData?, to new: AgentData) -> [Sentence] {
        agentSentences(from: old, to: new) + contactSentences(from: old, to: new)
    }

    private static func agentSentences(from old: AgentData?, to new: AgentData) -> [Sentence] {
        let who = new.configuration.name ?? "the agent"
        var result: [Sentence] = []
        if let state = new.snapshot.state, let name = state.name, old?.snapshot.state?.name != name {
            let verb = old == nil ? "is" : "is now"
            let reason = state.error?.meaning.map { ": \($0)" } ?? ""
            result.append(Sentence(who: who, what: "\(verb) \(name)\(reason)", tone: tone(state)))
        }
        let next = (old?.snapshot.nextState?.name, new.snapshot.nextState?.name)
        switch next {
        case (let before, let after?) where before != after:
            result.append(Sentence(who: who, what: "will be \(after) next", tone: .waiting))
        // If the next state was reached, the sentence above contains it.
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

    private static func contactSentences(from old: AgentData?, to new: AgentData) -> [Sentence] {
        let before = old?.snapshot.contacts ?? []
        let after = new.snapshot.contacts
        let kept = after.flatMap { contact in
            ContactNarrator.sentences(from: before.first { $0.contactId == contact.contactId }, to: contact)
        }
        let gone = before.filter { contact in !after.contains { $0.contactId == contact.contactId } }
        return kept + gone.map { Sentence(who: ContactNarrator.name($0), what: "is cleared", tone: .quiet) }
    }
}

/// Names a contact and describes its changes.
enum ContactNarrator {
    /// `call from +1…`, `chat with Mary`, `task Call back`; with the start of the contact's id if nothing better is
    /// known.
    static func name(_ contact: ContactData) -> String {
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
        case .task?: return "task \(contact.name ?? short)"
        case .email?: return "e-mail \(short)"
        case let other: return "\(other?.rawValue ?? "contact") \(short)"
        }
    }

    static func sentences(from old: ContactData?, to new: ContactData) -> [Sentence] {
        let who = name(new)
        var result: [Sentence] = []
        if let state = new.stateType, state != old?.stateType {
            result.append(Sentence(who: who, what: description(state, new, wasThere: old != nil), tone: tone(state)))
        }
        // A new contact gets one sentence. Its legs are described only when they change later.
        guard let old else { return result }
        return result + legSentences(from: old, to: new, who)
    }

    private static func description(_ state: ContactStateType, _ contact: ContactData, wasThere: Bool) -> String {
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

    private static func ringing(_ contact: ContactData) -> String {
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

    private static func legSentences(from old: ContactData, to new: ContactData, _ who: String) -> [Sentence] {
        new.connections.flatMap { leg -> [Sentence] in
            let before = old.connections.first { $0.connectionId == leg.connectionId }
            guard leg.stateType != before?.stateType else { return [] }
            let change = LegNarrator.description(leg, before: before?.stateType, in: new)
            return change.map { [Sentence(who: who, what: $0)] } ?? []
        }
    }
}

/// Describes the change of one leg of a contact, unless the contact's own state shows it.
enum LegNarrator {
    static func description(_ leg: ConnectionData, before: ConnectionStateType?, in contact: ContactData) -> String? {
        let who = name(leg)
        switch (before, leg.stateType) {
        case (_, .hold?): return "has \(who) on hold"
        case (.hold?, .connected?): return "has \(who) back from hold"
        // When a contact ends, all legs disconnect at once, and which party ended it is not visible. In a conference it
        // is.
        case (_?, .disconnected?) where contact.stateType != .connected: return nil
        case (_?, .disconnected?): return "goes on without \(who)"
        // The agent's and the customer's legs exist from the beginning of the contact.
        case _ where leg.type == .agent || leg.isInitial: return nil
        case (_, .connecting?): return "calls in \(who)"
        case (_, .connected?): return "is joined by \(who)"
        default: return nil
        }
    }

    static func name(_ leg: ConnectionData) -> String {
        if leg.type == .agent { return "the agent" }
        if leg.isInitial { return "the customer" }
        return leg.endpoint?.name ?? leg.endpoint?.phoneNumber ?? "another party"
    }
}

/// A change in words: a subject and what happened to it.
struct Sentence: Equatable {
    /// The kind of news, which determines the colour.
    enum Tone: Equatable {
        case plain, good, waiting, bad, quiet
    }

    let who: String
    let what: String
    var tone = Tone.plain

    var text: String { "\(who) \(what)" }

    /// The sentence with the program whose call caused the change.
    func caused(by author: EventAuthor?) -> Sentence {
        guard let author else { return self }
        return Sentence(who: who, what: "\(what) (\(author.text))", tone: tone).printable
    }

    /// The sentence without control characters: it contains names and text from customers.
    var printable: Sentence { Sentence(who: Text.printable(who), what: Text.printable(what), tone: tone) }
}

extension EventAuthor {
    /// `by crm`; with the port's id if the program is not known.
    var text: String { "by \(program ?? "port \(port)")" }
}
