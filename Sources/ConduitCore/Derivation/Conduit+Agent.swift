// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

extension Conduit {
    // MARK: The agent

    /// Appends a new agent to the event log: as one `agent::update`, and as derived events for subscribers.
    mutating func publish(_ agent: AgentData) {
        let complete = AgentAliases.added(to: agent)
        // Without a logout, as when another person's cookies replace the file.
        if derivation.agent?.isSamePerson(as: complete) == false {
            endContacts()
            forgetHistory()
        }
        unsaved.changed(from: derivation.agent, to: complete)
        append(EventName.agentUpdate, ServerLine.encode(EventName.agentUpdate, complete.json))
        let cause = causes.cause(of: complete)
        for event in derivation.update(to: complete) {
            append(event, by: cause.flatMap { $0.explains(event) ? $0.author : nil })
        }
        forwardToCalls(.agent(complete))
    }

    /// Handles the end of the session. The derivation keeps its agent: the next session's first agent is compared with it.
    mutating func forgetAgent() {
        causes.removeAll()
        log.forgetAgent()
        batches.removeAll()
    }

    /// The session was logged out: the known contacts end, and the next sign-in starts from nothing. Clocks up to here cannot
    /// be resumed from, because the next sign-in may be another person's.
    mutating func endSession() {
        endContacts()
        forgetAgent()
        publish(EventName.terminated, nil)
        forgetHistory()
    }

    private mutating func endContacts() {
        for event in derivation.end() { append(event, by: nil) }
        if let view = seat.entries.first(where: { $0.part == .contactView }) {
            publishViewEnd(of: view.data["contactId"]?.string)
        }
    }

    private mutating func forgetHistory() {
        log.forgetHistory()
        forwardToCalls(.sessionEnded)
        causes.removeAll()
        seat = SeatTable()
        logMemory.forget()
        keptMemory = nil
        unsaved = UnsavedAgent()
        if settings.keepsState { draft.startOver(at: log.end) }
    }

    /// Handles a successful acceptContact of a client.
    mutating func accepted(_ contactId: String) {
        guard let event = derivation.accepted(contactId) else { return }
        append(event, by: causes.acceptor(of: contactId))
        unsaved.isAgent = true
    }

    /// - Parameter author: the client whose call caused it, if that is certain. The role presence is not told.
    private mutating func append(_ event: DerivedEvent, by author: Author?) {
        let line = ServerLine.encode(event.name, event.data)
        let whole = author?.added(to: line)
        append(
            EventLog.Entry(
                event.name, LineBody(of: whole ?? line), audience: .subscribers, contactId: event.contactId,
                otherBodies: event.contactId == nil ? whole.map { _ in .init(narrow: LineBody(of: line)) } : nil,
                time: now.wall))
    }

    /// The newest agent of this run, with its aliases; nil while there is no session.
    public var agent: AgentData? { log.agentUpdate == nil ? nil : derivation.agent }

    /// The agent that a new subscriber starts from: later events are relative to it. Right after a restart this is the
    /// agent of the previous run.
    func snapshot(for role: Role) -> JSON? {
        derivation.agent.map { role == .presence ? Self.narrow($0) : $0.json }
    }

    // MARK: Persistence

    /// Ends the change that one `ConduitEvent` caused. A restart finds the whole change or nothing.
    mutating func endChange() {
        defer { unsaved = UnsavedAgent() }
        guard settings.keepsState, unsaved.isAgent || unsaved.isSeat || draft.hasEvents else { return }
        let memory = unsaved.isAgent || unsaved.isSeat ? self.memory : nil
        draft.endChange(
            next: log.end, agent: unsaved.isAgent ? derivation.agent : nil,
            hasNewConfiguration: unsaved.isConfiguration, memory: memory == keptMemory ? nil : memory)
        if let memory { keptMemory = memory }
    }

    /// `{ended, accepted, seat?}`: what a restart needs beside the agent.
    private var memory: JSON {
        var object = derivation.memory.object ?? JSONObject()
        if !seat.entries.isEmpty { object["seat"] = seat.json }
        return .object(object)
    }

    /// Restores the agent and the event log of a previous run.
    mutating func restore(_ kept: KeptState) {
        if let agent = kept.agent { derivation = Derivation(agent: agent, memory: kept.memory) }
        if let kept = kept.memory["seat"] {
            seat = SeatTable(kept: kept)
            lostView = SeatTable.formerView(kept)
        }
        for line in kept.lines {
            let isDerived = Derivation.names.contains(line.name)
            let body = LineBody(of: line.bytes)
            let entry = EventLog.Entry(
                line.name, body, audience: isDerived ? .subscribers : .everyone, contactId: line.contactId,
                from: line.from,
                otherBodies: isDerived && line.contactId == nil
                    ? Author.removed(from: body).map { .init(narrow: $0) } : nil, time: line.time)
            log.restore(entry, at: line.position)
        }
    }
}

extension AgentData {
    /// True unless both agents are known to be different users of Amazon Connect.
    fileprivate func isSamePerson(as other: AgentData) -> Bool {
        for name in ["agentARN", "username"] {
            guard let mine = configuration.json[name]?.string, let theirs = other.configuration.json[name]?.string
            else { continue }
            return mine == theirs
        }
        return true
    }
}

/// The parts of the agent that have changed since the last save.
struct UnsavedAgent {
    var isAgent = false
    /// Tracked separately because the configuration is large and rarely changes.
    var isConfiguration = false
    var isSeat = false

    mutating func changed(from former: AgentData?, to agent: AgentData) {
        isAgent = true
        if former?.configuration != agent.configuration { isConfiguration = true }
    }
}

extension Derivation {
    /// True for names that only the daemon may send to subscribers: those of derived events, and the variants that Streams
    /// pages make of them (`contact::accepted::<contactId>`).
    static func reserves(_ name: String) -> Bool {
        guard name.hasPrefix("agent::") || name.hasPrefix("contact::") else { return false }
        if names.contains(name) { return true }
        let parts = name.split(separator: ":", omittingEmptySubsequences: true)
        return parts.count > 2 && names.contains("\(parts[0])::\(parts[1])")
    }
}
