public import AgentModel
import StreamsProtocol

extension Conduit {
    // MARK: The agent

    /// A new agent: whole for the ports of the Streams dialect, and as what has changed for subscribers.
    mutating func publish(_ agent: Agent) {
        let complete = AgentAliases.added(to: agent)
        self.agent = complete
        let line = ServerLine.encode(EventName.agentUpdate, complete.json)
        append(EventName.agentUpdate, line)
        agentLine = (line, log.end - 1)
        narrowLine = nil
        for event in derivation.update(to: complete) { append(event) }
        isAgentUnkept = true
        tell(.agent(complete))
    }

    /// The session is over. What was derived last stays: the next session's first agent is compared with it.
    mutating func forgetAgent() {
        agent = nil
        agentLine = nil
        narrowLine = nil
    }

    /// A client's acceptContact succeeded.
    mutating func accepted(_ contactId: String) {
        guard let event = derivation.accepted(contactId) else { return }
        append(event)
        isAgentUnkept = true
    }

    private mutating func append(_ event: DerivedEvent) {
        let line = ServerLine.encode(event.name, event.data)
        append(
            line,
            EventLog.Entry(
                event.name, size: line.count, audience: .subscribers, contactId: event.contactId, time: now.wall))
    }

    /// The newest agent, aliases and all.
    public var currentAgent: Agent? { agent }

    /// What a subscriber that knows nothing is told, and what the events after it are relative to. (Right after a
    /// restart that is the agent of the former run.)
    func snapshot(for role: Role) -> JSON? {
        derivation.agent.map { role == .presence ? Self.narrow($0) : $0.json }
    }

    // MARK: The agent as a line

    /// The newest `agent::update` for ports of that interest.
    mutating func line(ofAgentFor interest: Interest) -> [UInt8]? {
        if interest.key.isNarrow { return narrowAgentLine(for: interest) }
        return agentLine.map { ended($0.bytes, interest) }
    }

    mutating func narrowAgentLine(for interest: Interest) -> [UInt8]? {
        guard let agent else { return nil }
        let line = narrowLine ?? ServerLine.encode(EventName.agentUpdate, Self.narrow(agent))
        narrowLine = line
        return ended(line, interest)
    }

    private func ended(_ line: [UInt8], _ interest: Interest) -> [UInt8] {
        guard interest.isSubscriber, let position = agentLine?.position, let ending = ending(of: position) else {
            return line
        }
        return LineBody(of: line).bytes + ending
    }

    /// The agent for the role presence: name, state and next state.
    private static func narrow(_ agent: Agent) -> JSON {
        var snapshot = JSONObject()
        snapshot["state"] = agent.snapshot.json["state"]
        snapshot["nextState"] = agent.snapshot.json["nextState"]
        var configuration = JSONObject()
        configuration["name"] = agent.configuration.json["name"]
        return ["snapshot": .object(snapshot), "configuration": .object(configuration)]
    }

    // MARK: What a restart finds

    /// What came of one `ConduitEvent` is one change: a restart finds all of it, or nothing.
    mutating func endChange() {
        guard settings.keepsState, isAgentUnkept || draft.hasEvents else { return }
        draft.endChange(
            next: log.end, agent: isAgentUnkept ? derivation.agent : nil,
            memory: isAgentUnkept ? derivation.memory : nil)
        isAgentUnkept = false
    }

    /// Takes over what a former run knew.
    mutating func restore(_ kept: KeptState) {
        if let agent = kept.agent { derivation = Derivation(agent: agent, memory: kept.memory) }
        for line in kept.lines {
            let isDerived = Derivation.names.contains(line.name)
            let entry = EventLog.Entry(
                line.name, size: line.bytes.count, audience: isDerived ? .subscribers : .everyone,
                contactId: line.contactId, from: line.from, time: line.time)
            actions.append(.append(line.position, LineBody(of: line.bytes)))
            log.restore(entry, at: line.position)
        }
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
