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
