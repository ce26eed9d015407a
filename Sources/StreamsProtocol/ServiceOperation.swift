// SPDX-License-Identifier: Apache-2.0

/// A method that clients can call, with the service that it belongs to.
public enum ServiceOperation: Hashable, Sendable {
    case cti(CTIOperation)
    case agentApp(AgentAppOperation)
    case taskTemplate(TaskTemplateOperation)

    /// The operation with that name in Streams; nil if there is none.
    public init?(_ method: String) {
        if let operation = CTIOperation(rawValue: method) {
            self = .cti(operation)
        } else if let operation = AgentAppOperation(rawValue: method) {
            self = .agentApp(operation)
        } else if let operation = TaskTemplateOperation(rawValue: method) {
            self = .taskTemplate(operation)
        } else {
            return nil
        }
    }

    public var effect: OperationEffect {
        switch self {
        case .cti(let operation): operation.effect
        case .agentApp(let operation): operation.effect
        case .taskTemplate(let operation): operation.effect
        }
    }
}

/// The effect of an operation, and how a later snapshot shows it.
public enum OperationEffect: Equatable, Sendable {
    /// It changes nothing, so it can be repeated safely.
    case reads
    /// It acts, but no snapshot shows it.
    case acts
    /// It acts on the agent or creates a contact.
    case changesAgent(AgentEvidence)
    /// It acts on the contact in the parameter `contactId`.
    case changesContact(ContactEvidence)
    /// It acts on the connection in the parameter `connectionId` of that contact.
    case changesConnection(ConnectionEvidence)
}

/// What a snapshot shows after an operation on the agent.
public enum AgentEvidence: Sendable {
    /// The agent has the requested state, now or next.
    case state
    /// The configuration is as requested.
    case configuration
    /// There is a new outbound contact.
    case outboundContact
    /// The task in the answer exists, if it is for this agent.
    case task
}

/// The state of a contact after an operation on it.
public enum ContactEvidence: Sendable {
    case taken, gone, paused, resumed
    /// Over for this agent, or gone: rejected, or transferred to another agent or a queue.
    case over
    /// Over, or gone if it was over before: a contact that is still worked on may stay for after-contact work.
    case finished
    /// Its connections: there is a new one, active and held ones have been swapped, or none is on hold.
    case newConnection, toggled, conference
    /// The agent monitors it in the requested way.
    case monitored
}

/// The state of a connection after an operation on it.
public enum ConnectionEvidence: Sendable { case held, resumed, over, muted, unmuted }

/// The operations of the CTI service, including those that Streams lists although the service's model has no shapes for
/// them.
public enum CTIOperation: String, CaseIterable, Sendable {
    case acceptContact, addNewConnection, clearContact, completeContact, conferenceConnections
    case createAdditionalConnection, createOutboundContact, createTaskContact, createTransport
    case destroyConnection, destroyContact
    case getAgentConfiguration, getAgentPermissions, getAgentSnapshot, getAgentStates, getDialableCountryCodes
    case getEndpoints, getNewAuthToken, getRoutingProfileQueues
    case holdConnection, muteParticipant, notifyContactIssue, pauseContact, putAgentState, rejectContact
    case resumeConnection, resumeContact, sendClientLogs, sendDigits, sendSoftphoneCallMetrics, sendSoftphoneCallReport
    case toggleActiveConnections, transferContact, unmuteParticipant, updateAgentConfiguration
    case updateContactAttributes, updateMonitorParticipantState

    fileprivate var effect: OperationEffect {
        switch self {
        case .getAgentConfiguration, .getAgentPermissions, .getAgentSnapshot, .getAgentStates,
            .getDialableCountryCodes, .getEndpoints, .getNewAuthToken, .getRoutingProfileQueues:
            .reads
        case .createTransport, .notifyContactIssue, .sendClientLogs, .sendDigits, .sendSoftphoneCallMetrics,
            .sendSoftphoneCallReport, .updateContactAttributes:
            .acts
        case .putAgentState: .changesAgent(.state)
        case .updateAgentConfiguration: .changesAgent(.configuration)
        case .createOutboundContact: .changesAgent(.outboundContact)
        case .createTaskContact: .changesAgent(.task)
        case .acceptContact: .changesContact(.taken)
        case .rejectContact, .transferContact: .changesContact(.over)
        case .clearContact: .changesContact(.gone)
        case .completeContact, .destroyContact: .changesContact(.finished)
        case .pauseContact: .changesContact(.paused)
        case .resumeContact: .changesContact(.resumed)
        case .createAdditionalConnection, .addNewConnection: .changesContact(.newConnection)
        case .toggleActiveConnections: .changesContact(.toggled)
        case .conferenceConnections: .changesContact(.conference)
        case .updateMonitorParticipantState: .changesContact(.monitored)
        case .holdConnection: .changesConnection(.held)
        case .resumeConnection: .changesConnection(.resumed)
        case .destroyConnection: .changesConnection(.over)
        case .muteParticipant: .changesConnection(.muted)
        case .unmuteParticipant: .changesConnection(.unmuted)
        }
    }
}

/// The operations of the agent-app service.
public enum AgentAppOperation: String, CaseIterable, Sendable {
    case listIntegrationAssociations = "AgentAppService.Acs.listIntegrationAssociations"
    case getContact = "AgentAppService.Lcms.getContact"
    case updateVoiceIdData = "AgentAppService.Lcms.updateVoiceIdData"
    case startVoiceIdSession = "AgentAppService.Nasa.startVoiceIdSession"
    case deleteSpeaker = "AgentAppService.VoiceId.deleteSpeaker"
    case describeSession = "AgentAppService.VoiceId.describeSession"
    case describeSpeaker = "AgentAppService.VoiceId.describeSpeaker"
    case enrollBySession = "AgentAppService.VoiceId.enrollBySession"
    case evaluateSession = "AgentAppService.VoiceId.evaluateSession"
    case optOutSpeaker = "AgentAppService.VoiceId.optOutSpeaker"
    case updateSession = "AgentAppService.VoiceId.updateSession"

    fileprivate var effect: OperationEffect {
        switch self {
        case .listIntegrationAssociations, .getContact, .describeSession, .describeSpeaker: .reads
        case .updateVoiceIdData, .startVoiceIdSession, .deleteSpeaker, .enrollBySession, .evaluateSession,
            .optOutSpeaker, .updateSession:
            .acts
        }
    }
}

/// The operations of the task-templates service.
public enum TaskTemplateOperation: String, CaseIterable, Sendable {
    case listTaskTemplates, getTaskTemplate, createTemplatedTask, updateContact

    fileprivate var effect: OperationEffect {
        switch self {
        case .listTaskTemplates, .getTaskTemplate: .reads
        case .createTemplatedTask, .updateContact: .acts
        }
    }
}
