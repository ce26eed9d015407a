/// Something that happens to the instance from outside the agent's own requests: what customers, networks and
/// administrators do. The control API and the scenarios speak this one vocabulary.
enum ControlStep: Sendable, Equatable {
    case incoming(IncomingContact)
    case onContact(String, ContactStep)
    /// An operation of the agent, so that a scenario can play alone.
    case agent(operation: String, input: JSON, contact: String?, connection: ConnectionRole?)
    case effect(Effect)
    case fault(FaultRule)
    case clearFaults
    case expireTokens
    case tokenLifetime(seconds: Double)
    case endSessions
    case shiftClock(seconds: Double)
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
        case agentMisses
        case agentAnswers
        case thirdPartyAnswers
        case thirdPartyHangsUp
        case fails(reason: String?)
    }

    enum ConnectionRole: String, Sendable, CaseIterable {
        case agent, customer
        case thirdParty = "third-party"
    }
}

/// A contact that comes from outside.
struct IncomingContact: Sendable, Equatable {
    var kind: Contact.Kind
    /// Whether the agent's side called, for example from the desk phone.
    var isOutbound = false
    /// The customer's number, or name.
    var customer: String?
    /// Name or ARN of one of the routing profile's queues.
    var queue: String?
    var attributes: [String: String] = [:]
    var ringSeconds: Double?
    var contactId: String?
    var name: String?
    var details: String?
    /// Whether the agent listens in on somebody else's call.
    var isMonitored = false
}

/// A control step that cannot be taken.
struct ControlError: Error, Equatable, Sendable {
    /// HTTP status: 400 for what was asked wrongly, 404 for an unknown contact, 409 for a wrong moment.
    var status: Int
    /// The member of the request that is wrong, if it is one.
    var member: String?
    var message: String

    static func member(_ name: String, _ message: String) -> ControlError {
        ControlError(status: 400, member: name, message: "member '\(name)' \(message)")
    }

    static func conflict(_ message: String) -> ControlError {
        ControlError(status: 409, member: nil, message: message)
    }
}

/// What came of a control step.
struct ControlOutcome: Sendable, Equatable {
    var members: [String: JSON] = ["ok": true]
}
