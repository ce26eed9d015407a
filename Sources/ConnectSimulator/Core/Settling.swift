/// What follows by itself from any change: the agent's state from the contacts, and new contacts from both.
extension SimulatedInstance {
    /// Brings agent and queue in line with the contacts.
    mutating func settle() {
        if contacts.isEmpty, let next = agent.next {
            agent.next = nil
            agent.chosen = next.state
        }
        updateVisibleState()
        while let index = waiting.firstIndex(where: canTake) {
            offer(waiting.remove(at: index))
            updateVisibleState()
        }
        keepVoiceSessions()
        endScreenSharing()
    }

    /// The call the agent has or is just working off; there is never more than one.
    var call: Contact? { contacts.first { $0.kind.isCall } }

    /// Whether the agent may be given this contact now.
    private func canTake(_ contact: Contact) -> Bool {
        guard isActive, agent.chosen.kind == .routable, agent.next == nil else { return false }
        if contact.kind.isCall { return call == nil && settings.concurrency["VOICE", default: 1] > 0 }
        let taken = contacts.count { $0.kind == contact.kind }
        return taken < settings.concurrency[contact.kind.channel, default: 1]
    }

    private mutating func updateVisibleState() {
        let state = call.map(stateDuring) ?? agent.chosen
        guard state != agent.visible.state else { return }
        if agent.visible.state.name != state.name { agent.availableSince = wallClock }
        agent.visible = StampedAgentState(state: state, since: wallClock)
    }

    /// The state that a call puts the agent in.
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

    /// Puts a contact before the agent.
    private mutating func offer(_ contact: Contact) {
        var contact = contact
        contact.enter(contact.kind == .queueCallback ? .incoming : .connecting, at: wallClock)
        var line = agentLine(for: contact.kind)
        line.id = identifier()
        if contact.kind == .chat {
            line.media = .chat(autoAccept: false, customerName: contact.customerConnection?.endpoint?.name)
        }
        if contact.isMonitored { line.monitorStatus = "SILENT_MONITOR" }
        contact.connections.insert(line, at: 0)
        contact.deadlines = [Contact.Deadline(at: now + contact.ringSeconds, timer: .ringsOut)]
        if case .softphone(autoAccept: true) = line.media {
            contact.deadlines.append(Contact.Deadline(at: now + settings.timings.autoAccept, timer: .autoAccept))
        }
        contacts.append(contact)
    }

    /// The agent's own line into a contact that is being offered; its identifier is still to be given.
    func agentLine(for kind: Contact.Kind) -> Connection {
        var line = Connection(
            id: "", kind: .agent, isInitial: false,
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

    /// What happens to a contact whose time has come; the earliest of all comes first.
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
        case .ringsOut: contacts[index].finish(.missed, at: wallClock)
        case .autoAccept: connectAgent(at: index)
        case .customerAnswers: connectCustomer(at: index)
        case .customerRingsOut: failCustomer(at: index)
        case .thirdPartyAnswers(let connectionId): connectThirdParty(connectionId, at: index)
        }
    }
}
