// SPDX-License-Identifier: Apache-2.0

extension SimulatedInstance {
    mutating func accept(at index: Int) throws(ServiceFault) {
        let contact = contacts[index]
        guard contact.isOffered else { throw refuse("accept", contact) }
        guard !contact.isPreview else {
            throw .invalidState(
                "contact '\(contact.id)' is a preview, which a page accepts with its own SDK (preview-accepts)")
        }
        if contact.kind.isCall, contact.agentConnection?.media == nil {
            throw .invalidState("contact '\(contact.id)' rings on a desk phone and must be answered there")
        }
        connectAgent(at: index)
    }

    /// Connects the agent to an offered contact.
    mutating func connectAgent(at index: Int) {
        guard contacts[index].isOffered, let line = contacts[index].agentIndex else { return }
        contacts[index].deadlines.removeAll { $0.timer == .ringTimeout || $0.timer == .autoAccept }
        contacts[index].setConnection(line, .connected, at: wallClock)
        contacts[index].acceptedAt = wallClock
        if contacts[index].kind.isCall { holdOtherCalls(than: index) }
        if contacts[index].kind == .queueCallback || contacts[index].isPreview {
            // These call the customer only after the agent has accepted.
            contacts[index].enter(.connecting, at: wallClock)
            dialCustomer(at: index)
        } else {
            contacts[index].enter(.connected, at: wallClock)
            if contacts[index].kind == .chat { push(.event(.participantJoined), by: .agent, of: contacts[index]) }
        }
    }

    /// The agent talks in one call at a time: its own connections to the others are put on hold.
    mutating func holdOtherCalls(than index: Int) {
        for other in contacts.indices where other != index && contacts[other].kind.isCall {
            guard let line = contacts[other].agentIndex, contacts[other].connections[line].state == .connected else {
                continue
            }
            contacts[other].setConnection(line, .hold, at: wallClock)
        }
    }

    mutating func reject(at index: Int) throws(ServiceFault) {
        guard contacts[index].isBeforeAcceptance else { throw refuse("reject", contacts[index]) }
        contacts[index].finish(.rejected, at: wallClock)
    }

    mutating func clear(at index: Int) throws(ServiceFault) {
        guard !contacts[index].state.isLive else { throw refuse("clear", contacts[index]) }
        remove(at: index)
    }

    /// Like `clear`, but a task may also be completed while it is connected or paused.
    mutating func complete(at index: Int) throws(ServiceFault) {
        let contact = contacts[index]
        let isWorkedOn = contact.kind == .task && (contact.state == .connected || contact.state == .paused)
        let isMonitoring = contact.agentConnection?.kind == .monitoring
        guard !contact.state.isLive || isWorkedOn, !isMonitoring else { throw refuse("complete", contact) }
        remove(at: index)
    }

    private mutating func remove(at index: Int) {
        forget(contacts.remove(at: index))
    }

    mutating func pause(at index: Int) throws(ServiceFault) {
        guard contacts[index].kind == .task, contacts[index].state == .connected else {
            throw refuse("pause", contacts[index])
        }
        contacts[index].enter(.paused, at: wallClock)
    }

    mutating func resume(at index: Int) throws(ServiceFault) {
        guard contacts[index].state == .paused else { throw refuse("resume", contacts[index]) }
        contacts[index].enter(.connected, at: wallClock)
    }

    mutating func updateMonitor(_ mode: String, at index: Int) throws(ServiceFault) {
        guard let mode = Connection.MonitorStatus(rawValue: mode) else {
            throw .validation("member 'targetMonitorMode' must be SILENT_MONITOR or BARGE")
        }
        let contact = contacts[index]
        guard contact.state == .connected, let line = contact.agentIndex,
            let present = contact.connections[line].monitorStatus
        else { throw refuse("monitor", contact) }
        // Without the other agent the customer would be alone.
        if mode == .silentMonitor, present == .barge, contact.connections.count(where: \.isLive) <= 2 {
            throw .invalidState("the supervisor is one of two participants: it cannot go back to listening")
        }
        guard mode != present else { return }
        contacts[index].connections[line].monitorStatus = mode
        contacts[index].connections[line].since = wallClock
    }

    func refuse(_ verb: String, _ contact: Contact) -> ServiceFault {
        .invalidState(
            "cannot \(verb) contact '\(contact.id)': it is a \(contact.kind.rawValue) contact in state "
                + "\(contact.state.rawValue)")
    }
}

/// The customer's and third parties' connections. Operations, control steps and timers use these.
extension SimulatedInstance {
    /// Starts calling the customer. The agent is connected already.
    mutating func dialCustomer(at index: Int) {
        guard let line = contacts[index].customerIndex else { return }
        contacts[index].setConnection(line, .connecting, at: wallClock)
        contacts[index].deadlines.append(
            Contact.Deadline(at: now + settings.timings.customerRing, timer: .customerRingTimeout))
        if let answers = settings.timings.customerAnswers {
            contacts[index].deadlines.append(Contact.Deadline(at: now + answers, timer: .customerAnswers))
        }
    }

    func isCallingCustomer(_ contact: Contact) -> Bool {
        contact.state == .connecting && contact.agentConnection?.state != .connecting
            && contact.customerConnection?.state == .connecting
    }

    mutating func connectCustomer(at index: Int) {
        guard isCallingCustomer(contacts[index]), let line = contacts[index].customerIndex else { return }
        contacts[index].deadlines.removeAll { $0.timer == .customerAnswers || $0.timer == .customerRingTimeout }
        contacts[index].setConnection(line, .connected, at: wallClock)
        contacts[index].enter(.connected, at: wallClock)
    }

    /// Ends the contact with an error because the customer did not answer or rejected the call.
    mutating func failCustomer(at index: Int) {
        guard isCallingCustomer(contacts[index]) else { return }
        contacts[index].failure =
            contacts[index].kind == .queueCallback ? "MissedCallCustomer" : "FailedConnectCustomer"
        contacts[index].finish(.error, at: wallClock)
    }

    mutating func connectThirdParty(_ connectionId: String, at index: Int) {
        guard contacts[index].state == .connected,
            let line = contacts[index].connections.firstIndex(where: { $0.id == connectionId }),
            contacts[index].connections[line].state == .connecting
        else { return }
        contacts[index].deadlines.removeAll { $0.timer == .thirdPartyAnswers(connectionId: connectionId) }
        contacts[index].setConnection(line, .connected, at: wallClock)
    }

    /// Disconnects a participant other than the agent. If it was the last one, the contact ends.
    mutating func disconnect(_ connection: Int, at index: Int) {
        let id = contacts[index].connections[connection].id
        contacts[index].setConnection(connection, .disconnected, at: wallClock)
        contacts[index].deadlines.removeAll { $0.timer == .thirdPartyAnswers(connectionId: id) }
        let line = contacts[index].connections[connection]
        if contacts[index].kind == .chat, line.isThirdParty {
            push(.event(.participantLeft), by: .agent, of: contacts[index], participant: line)
        }
        guard !contacts[index].connections.contains(where: { $0.isPartner && $0.isLive }) else { return }
        contacts[index].finish(.ended, at: wallClock)
    }
}
