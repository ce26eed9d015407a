// SPDX-License-Identifier: Apache-2.0

/// Operations on a contact's connections.
extension SimulatedInstance {
    mutating func destroy(_ connection: Int, at index: Int) throws(ServiceFault) {
        let contact = contacts[index]
        guard contact.state.isLive, contact.connections[connection].isLive else {
            throw refuse("disconnect", contact)
        }
        if contact.connections[connection].kind == .agent {
            // Streams rejects a ringing contact with the same operation.
            contacts[index].finish(contact.isOffered ? .rejected : .ended, at: wallClock)
        } else if contact.isOffered {
            throw refuse("disconnect the customer of", contact)
        } else {
            disconnect(connection, at: index)
        }
    }

    mutating func hold(_ connection: Int, at index: Int) throws(ServiceFault) {
        try requireCall(index, "hold a connection of")
        guard contacts[index].connections[connection].state == .connected else {
            throw refuseConnection("hold", contacts[index].connections[connection])
        }
        contacts[index].setConnection(connection, .hold, at: wallClock)
    }

    mutating func resumeConnection(_ connection: Int, at index: Int) throws(ServiceFault) {
        try requireCall(index, "resume a connection of")
        guard contacts[index].connections[connection].state == .hold else {
            throw refuseConnection("resume", contacts[index].connections[connection])
        }
        contacts[index].setConnection(connection, .connected, at: wallClock)
    }

    mutating func mute(_ connection: Int, _ isMuted: Bool, at index: Int) throws(ServiceFault) {
        try requireCall(index, isMuted ? "mute a participant of" : "unmute a participant of")
        guard contacts[index].connections[connection].isEstablished else {
            throw refuseConnection(isMuted ? "mute" : "unmute", contacts[index].connections[connection])
        }
        contacts[index].connections[connection].isMuted = isMuted
    }

    mutating func sendDigits(_ digits: String, _ connection: Int, at index: Int) throws(ServiceFault) {
        guard !digits.isEmpty, digits.count <= 50, digits.allSatisfy({ "0123456789*#,ABCDabcd".contains($0) }) else {
            throw .validation("member 'digits' must be 1 to 50 of 0-9 * # , A-D")
        }
        try requireCall(index, "send digits to")
        guard contacts[index].connections[connection].state == .connected else {
            throw refuseConnection("send digits to", contacts[index].connections[connection])
        }
    }

    /// ToggleActiveConnections: swaps `connected` and `hold` on all connections but the agent's.
    mutating func toggle(at index: Int) throws(ServiceFault) {
        try requireThirdParty(index, "toggle the connections of")
        for line in contacts[index].connections.indices where contacts[index].connections[line].kind != .agent {
            switch contacts[index].connections[line].state {
            case .connected: contacts[index].setConnection(line, .hold, at: wallClock)
            case .hold: contacts[index].setConnection(line, .connected, at: wallClock)
            case .initial, .connecting, .disconnected: break
            }
        }
    }

    mutating func conference(at index: Int) throws(ServiceFault) {
        try requireThirdParty(index, "conference the connections of")
        for line in contacts[index].connections.indices where contacts[index].connections[line].state == .hold {
            contacts[index].setConnection(line, .connected, at: wallClock)
        }
    }

    /// Adds a third party to a call, or transfers a chat or task.
    mutating func addConnection(_ input: JSON, at index: Int) throws(ServiceFault) {
        let endpoint = try checkedEndpoint(input)
        let contact = contacts[index]
        guard contact.state == .connected else { throw refuse("add a connection to", contact) }
        guard contact.kind.isCall else {
            guard endpoint.kind != .phoneNumber else {
                throw .badEndpoint("a \(contact.kind.rawValue) contact cannot be sent to a telephone")
            }
            // Chats and tasks are transferred without consultation: the contact ends for this agent.
            contacts[index].finish(.ended, at: wallClock)
            return
        }
        guard contact.thirdPartyIndices.count(where: { contact.connections[$0].isLive }) < settings.maximumThirdParties
        else { throw .invalidState("contact '\(contact.id)' has reached its limit of third parties") }
        for line in contact.connections.indices
        where contact.connections[line].kind != .agent && contact.connections[line].state == .connected {
            contacts[index].setConnection(line, .hold, at: wallClock)
        }
        let id = identifier()
        // Streams documents that agents and queues are connected as soon as the contact is routed to them.
        let isPhone = endpoint.kind == .phoneNumber
        contacts[index].connections.append(
            Connection(
                id: id, kind: .outbound, isInitial: false, endpoint: endpoint,
                state: isPhone ? .connecting : .connected, since: wallClock, quickConnectName: endpoint.name))
        if isPhone, let answers = settings.timings.thirdPartyAnswers {
            contacts[index].deadlines.append(
                Contact.Deadline(at: now + answers, timer: .thirdPartyAnswers(connectionId: id)))
        }
    }

    private func requireCall(_ index: Int, _ verb: String) throws(ServiceFault) {
        guard contacts[index].kind.isCall, contacts[index].state == .connected else {
            throw refuse(verb, contacts[index])
        }
    }

    private func requireThirdParty(_ index: Int, _ verb: String) throws(ServiceFault) {
        try requireCall(index, verb)
        let contact = contacts[index]
        guard contact.customerConnection?.isEstablished == true,
            contact.thirdPartyIndices.contains(where: { contact.connections[$0].isEstablished })
        else { throw refuse(verb, contact) }
    }

    private func refuseConnection(_ verb: String, _ connection: Connection) -> ServiceFault {
        .invalidState("cannot \(verb) connection '\(connection.id)': it is in state \(connection.state.rawValue)")
    }
}
