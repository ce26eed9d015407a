// SPDX-License-Identifier: Apache-2.0

/// Operations on a contact's connections.
extension SimulatedInstance {
    mutating func destroy(_ connection: Int, at index: Int) throws(ServiceFault) {
        let contact = contacts[index]
        let isOwn = contact.connections[connection].isOwn
        // A deprecated use of the operation: it ends the after-contact work of a chat.
        if isOwn, contact.kind == .chat, contact.state == .ended { return try clear(at: index) }
        guard contact.state.isLive, contact.connections[connection].isLive else {
            throw refuse("disconnect", contact)
        }
        guard !isOwn else {
            // Streams rejects a ringing contact with the same operation.
            return contact.isBeforeAcceptance ? contacts[index].finish(.rejected, at: wallClock) : leave(at: index)
        }
        guard !contact.isBeforeAcceptance else { throw refuse("disconnect the customer of", contact) }
        try requireControl(contact)
        if contact.connections[connection].kind == .agent, contact.agentConnection?.monitorStatus != .barge {
            throw .invalidState("only a supervisor who has barged in may disconnect an agent")
        }
        disconnect(connection, at: index)
    }

    /// A supervisor who only listens controls nothing, and neither does an agent while a supervisor has barged in: it can mute
    /// itself and leave.
    private func requireControl(_ contact: Contact) throws(ServiceFault) {
        if contact.isListening { throw .invalidState("a supervisor who only listens does not control the contact") }
        if contact.connections.contains(where: { $0.isSupervisor && $0.isLive && $0.monitorStatus == .barge }) {
            throw .invalidState("a supervisor has taken control: the agent can only mute itself or leave")
        }
        if contact.isLeft { throw .invalidState("the agent has left contact '\(contact.id)'") }
    }

    /// The agent hangs up. The service answers before the contact has ended, so it cannot be cleared at once.
    private mutating func leave(at index: Int) {
        guard settings.timings.disconnect > 0 else { return contacts[index].finish(.ended, at: wallClock) }
        guard !contacts[index].deadlines.contains(where: { $0.timer == .agentLeaves }) else { return }
        contacts[index].deadlines.append(
            Contact.Deadline(at: now + settings.timings.disconnect, timer: .agentLeaves))
    }

    mutating func hold(_ connection: Int, at index: Int) throws(ServiceFault) {
        try requireCall(index, "hold a connection of")
        let line = contacts[index].connections[connection]
        guard line.state == .connected, line.kind != .monitoring else { throw refuseConnection("hold", line) }
        if line.isOwn, contacts[index].connections.count(where: \.isLive) <= 2 {
            throw .invalidState("in a call of two only the customer can be put on hold")
        }
        contacts[index].setConnection(connection, .hold, at: wallClock)
    }

    mutating func resumeConnection(_ connection: Int, at index: Int) throws(ServiceFault) {
        // The service puts the agent's own connection on hold for another call, so the agent can resume it at any time.
        if contacts[index].connections[connection].isOwn {
            try requireConnectedCall(index, "resume a connection of")
        } else {
            try requireCall(index, "resume a connection of")
        }
        guard contacts[index].connections[connection].state == .hold else {
            throw refuseConnection("resume", contacts[index].connections[connection])
        }
        contacts[index].setConnection(connection, .connected, at: wallClock)
        if contacts[index].connections[connection].isOwn { holdOtherCalls(than: index) }
    }

    mutating func mute(_ connection: Int, _ isMuted: Bool, at index: Int) throws(ServiceFault) {
        let line = contacts[index].connections[connection]
        try requireConnectedCall(index, isMuted ? "mute a participant of" : "unmute a participant of")
        guard line.isEstablished else { throw refuseConnection(isMuted ? "mute" : "unmute", line) }
        if !line.isOwn { try requireControl(contacts[index]) }
        try checkMute(line, isMuted, by: contacts[index].agentConnection)
        let isForced = contacts[index].agentConnection?.monitorStatus == .barge && !line.isOwn
        contacts[index].connections[connection].isMuted = isMuted
        if isForced { contacts[index].connections[connection].isForcedMute = isMuted }
    }

    /// An agent can unmute only itself, and not after a supervisor has muted it. A supervisor who has barged in can mute and
    /// unmute everybody.
    private func checkMute(
        _ connection: Connection, _ isMuted: Bool, by agent: Connection?
    ) throws(ServiceFault) {
        guard agent?.monitorStatus != .silentMonitor else {
            throw .invalidState("a supervisor who only listens has nothing to mute")
        }
        if isMuted || agent?.monitorStatus == .barge { return }
        guard connection.isOwn else { throw .invalidState("an agent can unmute only itself") }
        guard !connection.isForcedMute else {
            throw .invalidState("a supervisor has muted the agent, and has to unmute it")
        }
    }

    mutating func sendDigits(_ digits: String, _ connection: Int, at index: Int) throws(ServiceFault) {
        guard !digits.isEmpty, digits.count <= 50, digits.allSatisfy({ "0123456789*#,ABCDabcd".contains($0) }) else {
            throw .validation("member 'digits' must be 1 to 50 of 0-9 * # , A-D")
        }
        try requireCall(index, "send digits to")
        guard settings.softphoneEnabled else {
            throw .invalidState(
                "digits are sent from the agent's softphone: at a desk phone the agent presses its keys")
        }
        guard contacts[index].connections[connection].state == .connected else {
            throw refuseConnection("send digits to", contacts[index].connections[connection])
        }
    }

    /// ToggleActiveConnections: swaps `connected` and `hold` of the customer and third parties.
    mutating func toggle(at index: Int) throws(ServiceFault) {
        try requireThirdParty(index, "toggle the connections of")
        for line in contacts[index].connections.indices where contacts[index].connections[line].isPartner {
            switch contacts[index].connections[line].state {
            case .connected: contacts[index].setConnection(line, .hold, at: wallClock)
            case .hold: contacts[index].setConnection(line, .connected, at: wallClock)
            case .initial, .connecting, .disconnected: break
            }
        }
    }

    mutating func conference(at index: Int) throws(ServiceFault) {
        try requireThirdParty(index, "conference the connections of")
        for line in contacts[index].connections.indices
        where contacts[index].connections[line].isPartner && contacts[index].connections[line].state == .hold {
            contacts[index].setConnection(line, .connected, at: wallClock)
        }
    }

    /// CreateAdditionalConnection: adds a third party to a call, or transfers a chat or task.
    mutating func addConnection(_ input: JSON, at index: Int) throws(ServiceFault) {
        guard contacts[index].kind.isCall else { return try transfer(input, at: index) }
        try addParticipant(input, at: index)
    }

    /// TransferContact: sends a chat or task to another agent or a queue, without consultation. It ends for this agent.
    mutating func transfer(_ input: JSON, at index: Int) throws(ServiceFault) {
        let endpoint = try checkedEndpoint(input)
        let contact = contacts[index]
        guard contact.state == .connected, !contact.kind.isCall else { throw refuse("transfer", contact) }
        try requireControl(contact)
        try refuseOneself(endpoint)
        guard endpoint.kind != .phoneNumber else {
            throw .badEndpoint("a \(contact.kind.rawValue) contact cannot be sent to a telephone")
        }
        if contact.kind == .chat {
            push(.event(.participantLeft), by: .agent, of: contact)
            push(.event(.transferSucceeded), by: .system, of: contact)
        }
        // The customer's chat goes on with another agent.
        contacts[index].goesOn = true
        contacts[index].finish(.ended, at: wallClock)
    }

    private func refuseOneself(_ endpoint: Endpoint) throws(ServiceFault) {
        guard endpoint.kind == .agent, endpoint.arn == settings.agentARN || endpoint.agentLogin == settings.username
        else { return }
        throw .badEndpoint("the agent has the contact already")
    }

    /// AddNewConnection: adds a participant to a call or chat. In a call, the others are put on hold first.
    mutating func addParticipant(_ input: JSON, at index: Int) throws(ServiceFault) {
        let endpoint = try checkedEndpoint(input)
        let contact = contacts[index]
        guard contact.state == .connected, contact.kind.isCall || contact.kind == .chat else {
            throw refuse("add a participant to", contact)
        }
        try requireControl(contact)
        try refuseOneself(endpoint)
        guard contact.kind.isCall || endpoint.kind != .phoneNumber else {
            throw .badEndpoint("a telephone cannot join a chat contact")
        }
        guard contact.thirdPartyIndices.count(where: { contact.connections[$0].isLive }) < settings.maximumThirdParties
        else { throw .invalidState("contact '\(contact.id)' has reached its limit of third parties") }
        for line in contact.connections.indices
        where contact.kind.isCall && contact.connections[line].isPartner
            && contact.connections[line].state == .connected
        {
            contacts[index].setConnection(line, .hold, at: wallClock)
        }
        let id = identifier()
        // Streams documents that agents and queues are connected as soon as the contact is routed to them.
        let isPhone = endpoint.kind == .phoneNumber
        contacts[index].connections.append(
            Connection(
                id: id, kind: .outbound, isInitial: false, endpoint: endpoint,
                state: isPhone ? .connecting : .connected, since: wallClock, quickConnectName: endpoint.name))
        if contact.kind == .chat {
            push(
                .event(.participantJoined), by: .agent, of: contact, participant: contacts[index].connections.last)
        }
        if isPhone, let answers = settings.timings.thirdPartyAnswers {
            contacts[index].deadlines.append(
                Contact.Deadline(at: now + answers, timer: .thirdPartyAnswers(connectionId: id)))
        }
    }

    private func requireConnectedCall(_ index: Int, _ verb: String) throws(ServiceFault) {
        guard contacts[index].kind.isCall, contacts[index].state == .connected else {
            throw refuse(verb, contacts[index])
        }
    }

    /// A connected call that the agent controls.
    private func requireCall(_ index: Int, _ verb: String) throws(ServiceFault) {
        try requireConnectedCall(index, verb)
        try requireControl(contacts[index])
    }

    private func requireThirdParty(_ index: Int, _ verb: String) throws(ServiceFault) {
        try requireCall(index, verb)
        let contact = contacts[index]
        guard contact.connections.count(where: { $0.isPartner && $0.isEstablished }) >= 2 else {
            throw .invalidState(
                "cannot \(verb) contact '\(contact.id)': it has fewer than two participants besides the agent")
        }
    }

    private func refuseConnection(_ verb: String, _ connection: Connection) -> ServiceFault {
        .invalidState("cannot \(verb) connection '\(connection.id)': it is in state \(connection.state.rawValue)")
    }
}
