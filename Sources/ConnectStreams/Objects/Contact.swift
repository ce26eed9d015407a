// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// A contact: a handle that reads the newest data (Streams' Contact).
///
/// Every member of ``ContactSnapshot`` can be read from it: `try contact.stateType`, `try contact.isInbound`. Reading throws
/// a ``StateError`` when the agent has the contact no longer. Actions are sent all the same: the service answers.
@dynamicMemberLookup
public struct Contact: Sendable {
    public let contactId: String
    public let connect: Connect
    /// True if the contact was there when this handle was made: its sequences end if it has gone since.
    var wasThere = false

    /// A member of the newest data.
    public subscript<Value>(dynamicMember path: KeyPath<ContactSnapshot, Value>) -> Value {
        get throws(StateError) { try toSnapshot()[keyPath: path] }
    }

    /// The newest data, which then no longer change.
    public func toSnapshot() throws(StateError) -> ContactSnapshot {
        let agent = try connect.data()
        guard let data = agent.snapshot.contacts.first(where: { $0.contactId == contactId }) else {
            throw .noContact(contactId)
        }
        return ContactSnapshot(data: data, agent: agent)
    }

    // MARK: Connections

    /// The legs, in the order of the data.
    public var connections: [any Connection] {
        get throws(StateError) {
            let snapshot = try toSnapshot()
            return snapshot.data.connections.map { handle($0, in: snapshot.data) }
        }
    }

    /// The leg that the contact began with.
    public var initialConnection: (any Connection)? { get throws(StateError) { try leg(\.initialConnection) } }

    /// The leg that the contact began with, if its participant is still there.
    public var activeInitialConnection: (any Connection)? {
        get throws(StateError) { try leg(\.activeInitialConnection) }
    }

    /// The agent's own leg.
    public var agentConnection: (any Connection)? { get throws(StateError) { try leg(\.agentConnection) } }

    /// The legs that the agent added; also those of supervisors.
    public var thirdPartyConnections: [any Connection] {
        get throws(StateError) { try legs(\.thirdPartyConnections) }
    }

    /// The first third party who is still there.
    public var singleActiveThirdPartyConnection: (any Connection)? {
        get throws(StateError) { try leg(\.singleActiveThirdPartyConnection) }
    }

    public var activeConnections: [any Connection] { get throws(StateError) { try legs(\.activeConnections) } }

    private func leg(_ path: KeyPath<ContactData, ConnectionData?>) throws(StateError) -> (any Connection)? {
        let data = try toSnapshot().data
        return data[keyPath: path].map { handle($0, in: data) }
    }

    private func legs(_ path: KeyPath<ContactData, [ConnectionData]>) throws(StateError) -> [any Connection] {
        let data = try toSnapshot().data
        return data[keyPath: path].map { handle($0, in: data) }
    }

    private func handle(_ leg: ConnectionData, in contact: ContactData) -> any Connection {
        let id = leg.connectionId ?? ""
        return switch contact.type {
        case .chat: ChatConnection(contactId: contactId, connectionId: id, connect: connect)
        case .task: TaskConnection(contactId: contactId, connectionId: id, connect: connect)
        case .email: EmailConnection(contactId: contactId, connectionId: id, connect: connect)
        default: VoiceConnection(contactId: contactId, connectionId: id, connect: connect)
        }
    }

    // MARK: Actions

    /// Accepts the contact. ``onAccepted`` follows at every client.
    public func accept() async throws {
        noteClick("Accept")
        try await act("acceptContact")
    }

    public func reject() async throws {
        noteClick("Reject")
        try await act("rejectContact")
    }

    /// Ends after-contact work: the contact goes away. For ended, missed, rejected and failed contacts.
    public func clear() async throws { try await act("clearContact") }

    /// Ends or clears the contact. Streams says to use ``clear()``.
    public func complete() async throws { try await act("completeContact") }

    /// Pauses a task.
    public func pause() async throws { try await act("pauseContact") }

    /// Resumes a task.
    public func resume() async throws { try await act("resumeContact") }

    /// Reports a problem with the contact to the service.
    public func notifyIssue(_ issueCode: String, _ description: String) async throws {
        try await act("notifyContactIssue", ("issueCode", .string(issueCode)), ("description", .string(description)))
    }

    /// Calls a third party into the call, or transfers a chat or task.
    public func addConnection(_ endpoint: Endpoint) async throws {
        try await act("createAdditionalConnection", ("endpoint", endpoint.parameter))
    }

    /// Adds a participant to a call, in which the others are put on hold, or to a chat.
    public func addParticipant(_ endpoint: Endpoint) async throws {
        try await act("addNewConnection", ("endpoint", endpoint.parameter))
    }

    /// Sends a chat, a task or an e-mail to an agent or a queue, without consultation.
    public func transfer(_ endpoint: Endpoint) async throws {
        try await act("transferContact", ("endpoint", endpoint.parameter))
    }

    /// Swaps the legs on hold and those that are not.
    public func toggleActiveConnections() async throws {
        let leg = try toSnapshot().data.connectionToToggle?.connectionId
        try await act("toggleActiveConnections", ("connectionId", leg.map(JSON.string) ?? .null))
    }

    /// Takes all legs off hold.
    public func conferenceConnections() async throws { try await act("conferenceConnections") }

    /// Listens to the contact that the agent monitors, or takes part in it.
    public func updateMonitorParticipantState(_ mode: MonitoringMode) async throws {
        guard [MonitoringMode.silentMonitor, .barge].contains(mode) else {
            throw ValueError("invalid_target_state: \(mode) is neither SILENT_MONITOR nor BARGE")
        }
        try await act("updateMonitorParticipantState", ("targetMonitorMode", .string(mode.rawValue)))
    }

    public func silentMonitor() async throws { try await updateMonitorParticipantState(.silentMonitor) }

    public func bargeIn() async throws { try await updateMonitorParticipantState(.barge) }

    /// Makes it the contact in view of all clients (Streams' `viewContact`).
    public func view() async throws {
        try await connect.broadcast(EventName.contactView, ["contactId": .string(contactId)])
    }

    /// Calls a participant's or the contact's operation with the contact's id.
    func act(_ operation: String, _ members: (String, JSON)...) async throws {
        try await connect.call(operation, .object(JSONObject([("contactId", .string(contactId))] + members)))
    }

    /// Streams' pages tell one another what a person has clicked. It must not hinder the action.
    private func noteClick(_ type: String) { connect.noteClick(type, contactId) }
}

extension Connect {
    func noteClick(_ type: String, _ contactId: String) {
        let click: JSON = [
            "contactId": .string(contactId), "clickType": .string(type),
            "clickTime": .string(Timestamp.text(milliseconds: WallClock.milliseconds)),
        ]
        cast("click_stream_data", click)
    }
}
