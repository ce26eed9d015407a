// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// One leg of a contact: a handle that reads the newest data (Streams' Connection).
///
/// Every member of ``ConnectionSnapshot`` can be read from it: `try connection.isOnHold`. Reading throws a ``StateError``
/// when the contact, or the leg, is no longer there.
@dynamicMemberLookup
public protocol Connection: Sendable {
    var contactId: String { get }
    var connectionId: String { get }
    var connect: Connect { get }
    /// The medium of the leg.
    var mediaType: MediaType { get }
}

/// The medium of a leg (Streams' MediaType).
public enum MediaType: String, Sendable {
    case softphone, chat, task, email
}

extension Connection {
    /// A member of the newest data.
    public subscript<Value>(dynamicMember path: KeyPath<ConnectionSnapshot, Value>) -> Value {
        get throws(StateError) { try toSnapshot()[keyPath: path] }
    }

    /// The newest data, which then no longer change.
    public func toSnapshot() throws(StateError) -> ConnectionSnapshot {
        let contact = try Contact(contactId: contactId, connect: connect).toSnapshot()
        guard let leg = contact.data.connection(connectionId) else { throw .noConnection(connectionId, of: contactId) }
        return ConnectionSnapshot(data: leg, contact: contact.data, agent: contact.agent)
    }

    /// Ends the leg: rejects or hangs up.
    public func destroy() async throws {
        connect.noteClick("Hangup", contactId)
        try await act("destroyConnection")
    }

    public func hold() async throws { try await act("holdConnection") }

    public func resume() async throws { try await act("resumeConnection") }

    /// Sends DTMF digits (`0`–`9`, `*`, `#`) to the participant.
    public func sendDigits(_ digits: String) async throws { try await act("sendDigits", ("digits", .string(digits))) }

    func act(_ operation: String, _ members: (String, JSON)...) async throws {
        let ids: [(String, JSON)] = [("contactId", .string(contactId)), ("connectionId", .string(connectionId))]
        try await connect.call(operation, .object(JSONObject(ids + members)))
    }

    /// The answer of createTransport for this leg.
    func transport(_ type: String, _ members: (String, JSON)...) async throws -> JSON {
        let params: [(String, JSON)] = [("transportType", .string(type)), ("contactId", .string(contactId))]
        let answer = try await connect.call("createTransport", .object(JSONObject(params + members)), confirms: false)
        return answer["data"] ?? .null
    }
}

/// A leg of a telephone call.
public struct VoiceConnection: Connection {
    public let contactId: String
    public let connectionId: String
    public let connect: Connect

    public var mediaType: MediaType { .softphone }

    /// `{callType, autoAccept, mediaLegContextToken, callContextToken, callConfigJson}`; nil at a desk phone.
    public var mediaInfo: JSONObject? { get throws(StateError) { try toSnapshot().data.softphoneMediaInfo } }

    /// Mutes the participant at the service, for everybody.
    public func muteParticipant() async throws { try await act("muteParticipant") }

    public func unmuteParticipant() async throws { try await act("unmuteParticipant") }

    /// What a page needs to join the call with WebRTC: `{meeting, attendee}`. Anyone who has it can take part as the agent.
    public func videoConnectionInfo() async throws -> JSON {
        try await transport("web_rtc")["webRTCTransport"] ?? .null
    }
}

/// A leg of a chat.
public struct ChatConnection: Connection {
    public let contactId: String
    public let connectionId: String
    public let connect: Connect

    public var mediaType: MediaType { .chat }

    /// The ids and the participant's token; nil without media. Anyone who has the token can write as the participant.
    public var mediaInfo: ChatMediaInfo? {
        get throws(StateError) {
            let snapshot = try toSnapshot()
            guard let info = snapshot.data.chatMediaInfo else { return nil }
            let initial = snapshot.contact.initialContactId ?? contactId
            return ChatMediaInfo(
                contactId: contactId, initialContactId: initial, participantId: connectionId, originalInfo: info)
        }
    }

    /// A token for the chat of this participant: `{participantToken, expiry}`.
    public func connectionToken() async throws -> JSON {
        _ = try toSnapshot()
        return try await transport("chat_token", ("participantId", .string(connectionId)))["chatTokenTransport"]
            ?? .null
    }

    /// What the customer has proved of itself, by name; nil if nothing.
    ///
    /// Throws a ``ValueError`` on an agent's leg.
    public func authenticationDetails() throws -> [String: String]? {
        let snapshot = try toSnapshot()
        guard !snapshot.data.isAgentSide else {
            throw ValueError("Authentication details are available only for customer connection")
        }
        let map = snapshot.contact.json["segmentAttributes"]?["connect:CustomerAuthentication"]?["ValueMap"]?.object
        return map.map { map in
            var details: [String: String] = [:]
            for member in map.members { details[member.name] = member.value["ValueString"]?.string }
            return details
        }
    }

    public func isAuthenticated() throws -> Bool { try authenticationDetails()?["Status"] == "AUTHENTICATED" }
}

/// What a chat client needs of a leg.
public struct ChatMediaInfo: Equatable, Sendable {
    public let contactId: String
    /// The contact that the conversation began with.
    public let initialContactId: String
    public let participantId: String
    /// As the service sent it.
    public let originalInfo: JSONObject

    /// Anyone who has it can write as the participant; nil if the data have none.
    public var participantToken: String? {
        guard let text = originalInfo["connectionData"]?.string else { return nil }
        return (try? JSON(parsing: text))?["ConnectionAuthenticationToken"]?.string
    }
}

/// A leg of a task.
public struct TaskConnection: Connection {
    public let contactId: String
    public let connectionId: String
    public let connect: Connect

    public var mediaType: MediaType { .task }

    /// `{contactId, initialContactId}`.
    public var mediaInfo: JSONObject {
        get throws(StateError) {
            let initial = try toSnapshot().contact.initialContactId ?? contactId
            return JSONObject([("contactId", .string(contactId)), ("initialContactId", .string(initial))])
        }
    }
}

/// A leg of an e-mail.
public struct EmailConnection: Connection {
    public let contactId: String
    public let connectionId: String
    public let connect: Connect

    public var mediaType: MediaType { .email }
}
