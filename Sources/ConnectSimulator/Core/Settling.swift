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

    /// The agent's call, from the offer until it is cleared. There is at most one.
    var call: Contact? { contacts.first { $0.kind.isCall } }

    /// Whether the contact can be offered to the agent now.
    private func canTake(_ contact: Contact) -> Bool {
        guard isActive, agent.chosen.kind == .routable, agent.next == nil else { return false }
        if contact.kind.isCall { return call == nil && settings.concurrency["VOICE", default: 1] > 0 }
        let taken = contacts.count { $0.kind == contact.kind }
        return taken < settings.concurrency[contact.kind.channel, default: 1]
    }

    private mutating func updateVisibleState() {
        let state = call.map(stateDuring) ?? agent.chosen
        guard state != agent.visible.state else { return }
        agent.visible = StampedAgentState(state: state, since: wallClock)
    }

    /// The agent's visible state during a call.
    private func stateDuring(_ call: Contact) -> AgentState {
        switch call.state {
        case .incoming: system("PendingBusy")
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
        contact.enter(ringingState(of: contact.kind), at: wallClock)
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
        contact.deadlines = [Contact.Deadline(at: now + contact.ringSeconds, timer: .ringTimeout)]
        if case .softphone(autoAccept: true) = line.media {
            contact.deadlines.append(Contact.Deadline(at: now + settings.timings.autoAccept, timer: .autoAccept))
        }
        contacts.append(contact)
    }

    private func ringingState(of kind: Contact.Kind) -> Contact.State {
        switch kind {
        case .voice: .connecting
        case .queueCallback: .incoming
        case .chat, .task: settings.ringsInIncoming ? .incoming : .connecting
        }
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
        case .task: break
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

    private mutating func fire(_ timer: Contact.Timer, at index: Int) {
        switch timer {
        case .ringTimeout: contacts[index].finish(.missed, at: wallClock)
        case .agentLeaves: contacts[index].finish(.ended, at: wallClock)
        case .autoAccept: connectAgent(at: index)
        case .customerAnswers: connectCustomer(at: index)
        case .customerRingTimeout: failCustomer(at: index)
        case .thirdPartyAnswers(let connectionId): connectThirdParty(connectionId, at: index)
        }
    }
}
