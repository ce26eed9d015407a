public import AgentModel
import StreamsProtocol

extension Conduit {
    // MARK: The agent

    /// A new agent: whole for the ports of the Streams dialect, and as what has changed for subscribers.
    mutating func publish(_ agent: Agent) {
        let complete = AgentAliases.added(to: agent)
        unkept.changed(from: derivation.agent, to: complete)
        append(EventName.agentUpdate, ServerLine.encode(EventName.agentUpdate, complete.json))
        for event in derivation.update(to: complete) { append(event) }
        tell(.agent(complete))
    }

    /// The session is over. What was derived last stays: the next session's first agent is compared with it.
    mutating func forgetAgent() {
        log.forgetAgent()
        batches.removeAll()
    }

    /// A client's acceptContact succeeded.
    mutating func accepted(_ contactId: String) {
        guard let event = derivation.accepted(contactId) else { return }
        append(event)
        unkept.isAgent = true
    }

    private mutating func append(_ event: DerivedEvent) {
        let line = ServerLine.encode(event.name, event.data)
        append(
            EventLog.Entry(
                event.name, LineBody(of: line), audience: .subscribers, contactId: event.contactId, time: now.wall))
    }

    /// The newest agent of this run of the daemon, aliases and all; nil while there is no session.
    public var agent: Agent? { log.agentUpdate == nil ? nil : derivation.agent }

    /// What a subscriber that knows nothing is told, and what the events after it are relative to. (Right after a
    /// restart that is the agent of the former run.)
    func snapshot(for role: Role) -> JSON? {
        derivation.agent.map { role == .presence ? Self.narrow($0) : $0.json }
    }

    // MARK: What a restart finds

    /// What came of one `ConduitEvent` is one change: a restart finds all of it, or nothing.
    mutating func endChange() {
        defer { unkept = UnkeptAgent() }
        guard settings.keepsState, unkept.isAgent || draft.hasEvents else { return }
        draft.endChange(
            next: log.end, agent: unkept.isAgent ? derivation.agent : nil,
            hasNewConfiguration: unkept.isConfiguration, memory: unkept.isAgent ? derivation.memory : nil)
    }

    /// Takes over what a former run knew.
    mutating func restore(_ kept: KeptState) {
        if let agent = kept.agent { derivation = Derivation(agent: agent, memory: kept.memory) }
        for line in kept.lines {
            let isDerived = Derivation.names.contains(line.name)
            let entry = EventLog.Entry(
                line.name, LineBody(of: line.bytes), audience: isDerived ? .subscribers : .everyone,
                contactId: line.contactId, from: line.from, time: line.time)
            log.restore(entry, at: line.position)
        }
    }
}

/// What of the agent is another than what a restart would find.
struct UnkeptAgent {
    var isAgent = false
    /// The configuration is long and seldom another: it is written only then.
    var isConfiguration = false

    mutating func changed(from former: Agent?, to agent: Agent) {
        isAgent = true
        if former?.configuration != agent.configuration { isConfiguration = true }
    }
}

extension Derivation {
    /// True for names that subscribers get from the daemon alone: those of derived events, and what Streams' pages make
    /// of them (`contact::accepted::<contactId>`).
    static func claims(_ name: String) -> Bool {
        guard name.hasPrefix("agent::") || name.hasPrefix("contact::") else { return false }
        if names.contains(name) { return true }
        let parts = name.split(separator: ":", omittingEmptySubsequences: true)
        return parts.count > 2 && names.contains("\(parts[0])::\(parts[1])")
    }
}
