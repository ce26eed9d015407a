// SPDX-License-Identifier: Apache-2.0

/// An item of a chat's transcript.
enum ChatItem {
    case message(String)
    case event(ChatEvent)
}

/// The events of a chat, by the last part of their content type.
enum ChatEvent: String, CaseIterable {
    case typing
    case participantJoined = "participant.joined"
    case participantLeft = "participant.left"
    case transferSucceeded = "transfer.succeeded"
    case transferFailed = "transfer.failed"
    case acknowledged = "connection.acknowledged"
    case ended = "chat.ended"

    var contentType: String { "application/vnd.amazonaws.connect.event.\(rawValue)" }
}

enum ChatRole: String {
    case agent = "AGENT"
    case customer = "CUSTOMER"
    case system = "SYSTEM"
}

extension SimulatedInstance {
    /// Pushes an item to the websockets that are subscribed to aws/chat. The frame's content is JSON text in a string.
    ///
    /// - Parameter participant: whose item it is; nil for the agent's or the customer's own.
    mutating func push(_ item: ChatItem, by role: ChatRole, of contact: Contact, participant: Connection? = nil) {
        var members: [String: JSON] = [
            "AbsoluteTime": .string(isoTime(wallClock)), "Id": .string(identifier()),
            "ContactId": .string(contact.id),
            "InitialContactId": .string(contact.initialContactId ?? contact.id),
        ]
        // An event of the service has no participant.
        if role != .system {
            let line = participant ?? (role == .agent ? contact.agentConnection : contact.customerConnection)
            members["ParticipantId"] = .string(line?.id ?? "")
            members["ParticipantRole"] = .string(role.rawValue)
            let name = line?.endpoint?.name ?? line?.endpoint?.agentLogin
            members["DisplayName"] = .string(line?.isOwn == true ? settings.agentName : name ?? "Customer")
        }
        switch item {
        case .message(let text):
            members["Type"] = "MESSAGE"
            members["ContentType"] = "text/plain"
            members["Content"] = .string(text)
        case .event(let event):
            members["Type"] = "EVENT"
            members["ContentType"] = .string(event.contentType)
        }
        let content = JSON.string(JSON.object(members).text)
        effects.append(.push(topic: "aws/chat", content: content, toSubscribersOnly: true))
    }

    /// Pushes chat.ended for chats that have ended with this change.
    mutating func endChats(liveBefore: [Contact]) {
        for chat in liveBefore {
            let present = contacts.first { $0.id == chat.id }
            if present?.state.isLive != true, present?.goesOn != true {
                push(.event(.ended), by: .system, of: chat)
            }
        }
    }

    /// The chats in which the agent takes part.
    var connectedChats: [Contact] { contacts.filter { $0.kind == .chat && $0.state == .connected } }
}
