// SPDX-License-Identifier: Apache-2.0

/// Something that customers, networks or administrators do to the instance. The control API and scenarios share these
/// steps.
enum ControlStep: Sendable, Equatable {
    case incoming(IncomingContact)
    case onContact(String, ContactStep)
    /// An operation of the agent, for scenarios that run without a client.
    case agent(operation: String, input: JSON, contact: String?, connection: ConnectionRole?)
    case effect(Effect)
    case fault(FaultRule)
    case clearFaults
    case expireTokens
    case tokenLifetime(seconds: Double)
    case endSessions
    case cookieLifetime(seconds: Double)
    /// Locks or unlocks the agent's account, gives or takes access to the contact control panel; nil: no change.
    case account(locked: Bool?, access: Bool?)
    case shiftClock(seconds: Double)
    /// The instance's time becomes the system's, and runs as fast.
    case realTime
    case transportLifetime(seconds: Int)
    case failover(FailoverTarget, terminates: Bool)
    case reset

    enum FailoverTarget: Sendable, Equatable {
        case this, other
        case arn(String)
    }

    enum ContactStep: Sendable, Equatable {
        case customerAccepts
        case customerHangsUp
        case customerSays(String)
        case customerTypes
        /// The customer's client has connected to the chat.
        case customerAcknowledges
        /// The participant that the agent added to the chat cannot take it, and leaves.
        case transferFails
        /// The agent accepts a campaign's preview. In a page its SDK does that, not an operation of the service.
        case previewAccepts
        case agentMisses
        case agentAnswers
        case thirdPartyAnswers
        case thirdPartyHangsUp
        case fails(reason: String?)
        case supervisor(SupervisorStep)
    }

    /// What another agent of the instance does on the agent's call, as a supervisor.
    enum SupervisorStep: String, Sendable, CaseIterable {
        /// Joins the call unseen, or goes back to listening.
        case listens
        /// Takes part in the call.
        case barges
        /// Mutes the agent, who cannot undo that.
        case mutes
        case unmutes
        case leaves
    }

    enum ConnectionRole: String, Sendable, CaseIterable {
        case agent, customer
        case thirdParty = "third-party"
    }
}

/// The parameters of a new contact.
struct IncomingContact: Sendable, Equatable {
    var kind: Contact.Kind
    /// Whether the agent calls the customer, for example from the desk phone.
    var isOutbound = false
    /// The customer's telephone number; for a chat, the customer's name.
    var customer: String?
    /// The name or ARN of one of the routing profile's queues.
    var queue: String?
    var attributes: [String: String] = [:]
    var ringSeconds: Double?
    var contactId: String?
    var name: String?
    var details: String?
    /// Whether the agent monitors another agent's call.
    var isMonitored = false
    /// Whether the customer calls from a browser or an app.
    var isWebRTC = false
    var hasVideo = false
    var isPreview = false
    var autoAccept: Bool?
    var pendingSeconds = 0.0
    /// The contact that this one was transferred from.
    var initialContactId: String?
}

/// A control step that cannot be carried out.
struct ControlError: Error, Equatable, Sendable {
    /// HTTP status: 400 for an invalid step, 404 for an unknown contact, 409 if the present state does not allow it.
    var status: Int
    /// The member of the request that is wrong, if there is one.
    var member: String?
    var message: String

    static func member(_ name: String, _ message: String) -> ControlError {
        ControlError(status: 400, member: name, message: "member '\(name)' \(message)")
    }

    static func conflict(_ message: String) -> ControlError {
        ControlError(status: 409, member: nil, message: message)
    }
}

struct ControlOutcome: Sendable, Equatable {
    var members: [String: JSON] = ["ok": true]
}

extension ControlStep {
    /// What the step is about, for the event that tells it: a contact, an operation.
    var subject: [String: JSON] {
        switch self {
        case .onContact(let id, _): ["contactId": .string(id)]
        case .agent(let operation, _, let contact?, _):
            ["operation": .string(operation), "contactId": .string(contact)]
        case .agent(let operation, _, nil, _): ["operation": .string(operation)]
        default: [:]
        }
    }
}
