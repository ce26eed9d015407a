/// What customers and third parties do.
extension SimulatedInstance {
    mutating func take(_ step: ControlStep.ContactStep, on id: String) throws(ControlError) {
        if let place = waiting.firstIndex(where: { $0.id == id }) {
            guard step == .customerHangsUp else { throw .conflict("contact '\(id)' still waits for the agent") }
            cleared.insert(waiting.remove(at: place).id)
            return
        }
        guard let index = contacts.firstIndex(where: { $0.id == id }) else {
            throw ControlError(status: 404, member: "contact", message: "no contact '\(id)'")
        }
        switch step {
        case .customerAccepts:
            guard isCallingCustomer(contacts[index]) else {
                throw wrongMoment(index, "the customer is not being called")
            }
            connectCustomer(at: index)
        case .customerHangsUp: try customerHangsUp(at: index)
        case .customerSays(let text): try customerSays(text, at: index)
        case .agentMisses:
            guard contacts[index].isOffered else { throw wrongMoment(index, "it is not being offered") }
            contacts[index].finish(.missed, at: wallClock)
        case .agentAnswers:
            guard contacts[index].isOffered else { throw wrongMoment(index, "it is not being offered") }
            connectAgent(at: index)
        case .thirdPartyAnswers:
            let line = try thirdParty(at: index) { $0.state == .connecting }
            connectThirdParty(contacts[index].connections[line].id, at: index)
        case .thirdPartyHangsUp:
            disconnect(try thirdParty(at: index) { $0.isLive }, at: index)
        case .fails(let reason):
            guard contacts[index].state.isLive else { throw wrongMoment(index, "it is over") }
            contacts[index].failure = reason ?? usualFailure(contacts[index])
            contacts[index].finish(.error, at: wallClock)
        }
    }

    private func usualFailure(_ contact: Contact) -> String {
        if contact.isOffered { return "FailedConnectAgent" }
        return isCallingCustomer(contact) ? "FailedConnectCustomer" : "RealtimeCommunicationError"
    }

    private func wrongMoment(_ index: Int, _ why: String) -> ControlError {
        .conflict("contact '\(contacts[index].id)' is \(contacts[index].state.rawValue): \(why)")
    }

    private func thirdParty(
        at index: Int, _ condition: (Connection) -> Bool
    ) throws(ControlError) -> Int {
        let contact = contacts[index]
        guard contact.state == .connected,
            let line = contact.thirdPartyIndices.first(where: { condition(contact.connections[$0]) })
        else { throw wrongMoment(index, "it has no such third party") }
        return line
    }

    private mutating func customerHangsUp(at index: Int) throws(ControlError) {
        let contact = contacts[index]
        guard let line = contact.customerIndex, contact.state.isLive, contact.connections[line].isLive else {
            throw wrongMoment(index, "the customer has gone")
        }
        if contact.isOffered {
            contacts[index].finish(.missed, at: wallClock)
        } else if isCallingCustomer(contact) {
            failCustomer(at: index)
        } else {
            if contact.kind == .chat {
                push(.event("application/vnd.amazonaws.connect.event.participant.left"), of: contact)
            }
            disconnect(line, at: index)
        }
    }

    private mutating func customerSays(_ text: String, at index: Int) throws(ControlError) {
        let contact = contacts[index]
        guard contact.kind == .chat, contact.state.isLive else { throw wrongMoment(index, "nobody can chat on it") }
        push(.message(text), of: contact)
    }

    private enum ChatItem {
        case message(String)
        case event(String)
    }

    /// An item of the chat's transcript, as it comes over the websocket: its content is JSON in a string.
    private mutating func push(_ item: ChatItem, of contact: Contact) {
        var members: [String: JSON] = [
            "AbsoluteTime": .string(isoTime(wallClock)), "Id": .string(identifier()),
            "ContactId": .string(contact.id), "InitialContactId": .string(contact.id),
            "ParticipantId": .string(contact.customerConnection?.id ?? ""), "ParticipantRole": "CUSTOMER",
            "DisplayName": .string(contact.customerConnection?.endpoint?.name ?? "Customer"),
        ]
        switch item {
        case .message(let text):
            members["Type"] = "MESSAGE"
            members["ContentType"] = "text/plain"
            members["Content"] = .string(text)
        case .event(let contentType):
            members["Type"] = "EVENT"
            members["ContentType"] = .string(contentType)
        }
        let content = JSON.string(JSON.object(members).text)
        effects.append(.push(topic: "aws/chat", content: content, toSubscribersOnly: true))
    }
}
