// SPDX-License-Identifier: Apache-2.0

/// Consequences of a change: the agent's state follows the contacts, and waiting contacts are offered.
extension SimulatedInstance {
    /// Runs after every change. Updates the agent's state, offers waiting contacts, updates Voice ID and screen sharing.
    mutating func settle() {
        if contacts.isEmpty, let next = agent.next { agent.choose(next.state, at: wallClock) }
        updateVisibleState()
        while let index = waiting.firstIndex(where: canTake) {
            offer(waiting.remove(at: index))
            updateVisibleState()
        }
        updateVoiceSessions()
        endScreenSharing()
    }

    var calls: [Contact] { contacts.filter(\.kind.isCall) }

    /// The call that decides the agent's state: the newest one that is not over, otherwise the newest.
    var call: Contact? { calls.last(where: \.state.isLive) ?? calls.last }

    /// An agent who monitors a call has no other one.
    var canHaveAnotherCall: Bool {
        calls.count < settings.concurrency["VOICE", default: 1]
            && !calls.contains { $0.agentConnection?.kind == .monitoring }
    }

    /// Whether the number of calls allows another one of this kind.
    func hasRoom(for call: Contact) -> Bool { canHaveAnotherCall && (!call.isMonitored || calls.isEmpty) }

    /// Whether the contact can be offered to the agent now.
    private func canTake(_ contact: Contact) -> Bool {
        guard isActive, agent.chosen.kind == .routable, agent.next == nil else { return false }
        if contact.kind.isCall { return hasRoom(for: contact) && !isAfterCall }
        let taken = contacts.count { $0.kind == contact.kind }
        return taken < settings.concurrency[contact.kind.channel, default: 1]
    }

    /// After-contact work and error states are not routable.
    var isAfterCall: Bool { agent.visible.state.kind == .error || agent.visible.state.name == "AfterCallWork" }

    private mutating func updateVisibleState() {
        let state = call.map(stateDuring) ?? agent.chosen
        guard state != agent.visible.state else { return }
        agent.visible = StampedAgentState(state: state, since: wallClock)
    }

    /// The agent's visible state during a call.
    private func stateDuring(_ call: Contact) -> AgentState {
        switch call.state {
        case .pending, .incoming: system("PendingBusy")
        case .connecting: system(call.isOffered ? "PendingBusy" : "CallingCustomer")
        case .connected, .paused: system("Busy")
        case .ended: system("AfterCallWork")
        case .missed, .rejected: AgentState(arn: nil, kind: .error, name: "MissedCallAgent")
        case .error: AgentState(arn: nil, kind: .error, name: call.failure ?? "Default")
        }
    }

    private func system(_ name: String) -> AgentState { AgentState(arn: nil, kind: .system, name: name) }

    /// Rings a waiting contact at the agent.
    private mutating func offer(_ contact: Contact) {
        var contact = contact
        var line = agentLine(for: contact.kind)
        line.id = identifier()
        if contact.kind == .chat {
            line.media = .chat(autoAccept: false, customerName: contact.customerConnection?.endpoint?.name)
        }
        if contact.isMonitored {
            line.kind = .monitoring
            line.monitorStatus = .silentMonitor
            contact.connections.insert(monitoredAgent(), at: 0)
        }
        contact.connections.insert(line, at: 0)
        contact.enter(.pending, at: wallClock)
        contact.deadlines = [Contact.Deadline(at: now + contact.pendingSeconds, timer: .pendingEnds)]
        contacts.append(contact)
        if contact.pendingSeconds <= 0 { ring(at: contacts.count - 1) }
    }

    private mutating func ring(at index: Int) {
        let contact = contacts[index]
        contacts[index].enter(ringingState(of: contact), at: wallClock)
        contacts[index].deadlines.removeAll { $0.timer == .pendingEnds }
        contacts[index].deadlines.append(Contact.Deadline(at: now + contact.ringSeconds, timer: .ringTimeout))
        guard isAcceptedAutomatically(contact) else { return }
        contacts[index].deadlines.append(Contact.Deadline(at: now + settings.timings.autoAccept, timer: .autoAccept))
    }

    private func ringingState(of contact: Contact) -> Contact.State {
        switch contact.kind {
        case .voice: contact.isPreview ? .incoming : .connecting
        case .queueCallback: .incoming
        case .chat, .task, .email: settings.ringsInIncoming ? .incoming : .connecting
        }
    }

    private func isAcceptedAutomatically(_ contact: Contact) -> Bool {
        // A preview is accepted in a page, a call on a desk phone there.
        if contact.isPreview || (contact.kind.isCall && contact.agentConnection?.media == nil) { return false }
        if let autoAccept = contact.autoAccept { return autoAccept }
        return contact.agentConnection?.media == .softphone(autoAccept: true)
    }

    /// The agent whose call this agent listens to.
    private mutating func monitoredAgent() -> Connection {
        Connection(
            id: identifier(), kind: .agent, isInitial: false,
            endpoint: Endpoint(kind: .agent, name: settings.otherAgent.name, agentLogin: settings.otherAgent.login),
            state: .connected, since: wallClock)
    }

    /// The agent's own connection to an offered contact. The caller sets the identifier, which is empty.
    func agentLine(for kind: Contact.Kind) -> Connection {
        var line = Connection(
            id: "", kind: .agent, isOwn: true, isInitial: false,
            endpoint: Endpoint(arn: settings.agentARN, kind: .agent, agentLogin: settings.username),
            state: .connecting, since: wallClock)
        switch kind {
        case .voice, .queueCallback:
            if agent.softphoneEnabled {
                line.media = .softphone(autoAccept: agent.softphoneAutoAccept)
            } else {
                line.endpoint = Endpoint(kind: .phoneNumber, phoneNumber: agent.deskPhone)
            }
        case .chat: line.media = .chat(autoAccept: false, customerName: nil)
        case .task, .email: break
        }
        return line
    }

    mutating func identifier() -> String { random.uuid() }

    /// Runs the timers that are due, and moves scheduled tasks that are due to the waiting contacts.
    mutating func fireDeadlines() {
        releaseScheduledTasks()
        for index in contacts.indices {
            let due = contacts[index].deadlines.filter { $0.at <= now }.sorted { $0.at < $1.at }
            for deadline in due where contacts[index].deadlines.contains(deadline) {
                contacts[index].deadlines.removeAll { $0 == deadline }
                fire(deadline.timer, at: index)
            }
        }
    }

    private mutating func releaseScheduledTasks() {
        let due = scheduled.filter { Double($0.scheduledTime ?? 0) - clockShift <= now }
        guard !due.isEmpty else { return }
        scheduled.removeAll { task in due.contains { $0.id == task.id } }
        waiting += due
    }

    private mutating func agentLeaves(at index: Int) {
        let contact = contacts[index]
        if contact.kind == .chat {
            push(.event(.participantLeft), by: .agent, of: contact)
            contacts[index].goesOn = contact.connections.count { $0.isPartner && $0.isLive } > 1
        }
        contacts[index].finish(.ended, at: wallClock)
    }

    private mutating func fire(_ timer: Contact.Timer, at index: Int) {
        switch timer {
        case .pendingEnds: ring(at: index)
        case .ringTimeout: contacts[index].finish(.missed, at: wallClock)
        case .agentLeaves: agentLeaves(at: index)
        case .autoAccept: connectAgent(at: index)
        case .customerAnswers: connectCustomer(at: index)
        case .customerRingTimeout: failCustomer(at: index)
        case .thirdPartyAnswers(let connectionId): connectThirdParty(connectionId, at: index)
        }
    }
}
