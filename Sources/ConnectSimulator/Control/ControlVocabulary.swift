/// The words of the control vocabulary, and what each of them takes.
extension ControlStep {
    /// Every word, in the order of the help text.
    static let words = [
        "incoming", "customer-accepts", "customer-hangs-up", "customer-says", "agent-misses", "agent-answers",
        "third-party-answers", "third-party-hangs-up", "error", "agent", "websocket-drop", "websocket-half-open",
        "websocket-close", "websocket-push", "listener-drop", "listener-down", "faults", "clear-faults",
        "token-expire", "token-lifetime", "sessions-end", "clock-shift", "transport", "failover", "reset",
    ]

    /// Reads a step.
    ///
    /// - Parameters:
    ///   - word: one of `words`.
    ///   - members: its parameters; `contact` is the contact's identifier.
    /// - Throws: `ControlError` that names the member that is wrong.
    init(word: String, members: [String: JSON]) throws(ControlError) {
        var fields = ControlFields(members)
        if let step = try Self.contactStep(word, &fields) {
            self = .onContact(try fields.string("contact"), step)
        } else if let effect = try Self.effect(word, &fields) {
            self = .effect(effect)
        } else if let step = try Self.instanceStep(word, &fields) {
            self = step
        } else {
            throw ControlError(
                status: 404, member: "do",
                message: "unknown step '\(word)'; known are \(Self.words.joined(separator: ", "))")
        }
        try fields.finish()
    }

    private static func contactStep(
        _ word: String, _ fields: inout ControlFields
    ) throws(ControlError) -> ContactStep? {
        switch word {
        case "customer-accepts": return .customerAccepts
        case "customer-hangs-up": return .customerHangsUp
        case "customer-says": return .customerSays(try fields.string("text"))
        case "agent-misses": return .agentMisses
        case "agent-answers": return .agentAnswers
        case "third-party-answers": return .thirdPartyAnswers
        case "third-party-hangs-up": return .thirdPartyHangsUp
        case "error":
            let reason = try fields.optionalString("reason")
            if let reason, !failures.contains(reason) {
                throw .member("reason", "must be one of \(failures.joined(separator: ", "))")
            }
            return .fails(reason: reason)
        default: return nil
        }
    }

    /// The agent states a failed call may leave behind.
    static let failures = [
        "Error", "AgentHungUp", "BadAddressAgent", "BadAddressCustomer", "Default", "FailedConnectAgent",
        "FailedConnectCustomer", "InvalidLocale", "LineEngagedAgent", "LineEngagedCustomer", "MissedCallAgent",
        "MissedCallCustomer", "MultipleCcpWindows", "RealtimeCommunicationError",
    ]

    private static func effect(_ word: String, _ fields: inout ControlFields) throws(ControlError) -> Effect? {
        switch word {
        case "websocket-drop": return .dropWebsockets
        case "websocket-half-open": return .halfOpenWebsockets
        case "websocket-close":
            return .closeWebsockets(code: try fields.integer("code", in: 1000...4999) ?? 1000)
        case "websocket-push":
            let topic = try fields.string("topic")
            return .push(topic: topic, content: fields.any("content") ?? [:], toSubscribersOnly: false)
        case "listener-drop": return .dropConnections
        case "listener-down": return .listenerDown(seconds: try fields.number("seconds", atLeast: 0) ?? 5)
        default: return nil
        }
    }

    private static func instanceStep(
        _ word: String, _ fields: inout ControlFields
    ) throws(ControlError) -> ControlStep? {
        switch word {
        case "incoming": return .incoming(try incoming(&fields))
        case "agent": return try agent(&fields)
        case "faults": return .fault(try fault(&fields))
        case "clear-faults": return .clearFaults
        case "token-expire": return .expireTokens
        case "token-lifetime":
            guard let seconds = try fields.number("seconds", atLeast: 0) else {
                throw .member("seconds", "is required")
            }
            return .tokenLifetime(seconds: seconds)
        case "sessions-end": return .endSessions
        case "clock-shift":
            guard let seconds = try fields.number("seconds", atLeast: -1e9) else {
                throw .member("seconds", "is required")
            }
            return .shiftClock(seconds: seconds)
        case "transport":
            guard let seconds = try fields.integer("lifetimeSeconds", in: 1...1_000_000) else {
                throw .member("lifetimeSeconds", "is required")
            }
            return .transportLifetime(seconds: seconds)
        case "failover": return try failover(&fields)
        case "reset": return .reset
        default: return nil
        }
    }

    private enum Direction: String, CaseIterable { case inbound, outbound }

    private static func incoming(_ fields: inout ControlFields) throws(ControlError) -> IncomingContact {
        guard let kind = try fields.choice("type", Contact.Kind.self) else {
            throw .member("type", "is required: voice, queue_callback, chat or task")
        }
        let direction = try fields.choice("direction", Direction.self) ?? .inbound
        if direction == .outbound, kind != .voice { throw .member("direction", "can be outbound for voice only") }
        return IncomingContact(
            kind: kind, isOutbound: direction == .outbound, customer: try fields.optionalString("customer"),
            queue: try fields.optionalString("queue"), attributes: try fields.texts("attributes"),
            ringSeconds: try fields.number("ringSeconds", atLeast: 0),
            contactId: try fields.optionalString("contactId"),
            name: try fields.optionalString("name"), details: try fields.optionalString("description"),
            isMonitored: try fields.flag("monitor"))
    }

    private static func agent(_ fields: inout ControlFields) throws(ControlError) -> ControlStep {
        let operation = try fields.string("operation")
        guard Operation.all[operation] != nil else {
            throw .member("operation", "must be a CTI operation, for example AcceptContact")
        }
        let input = fields.any("input") ?? [:]
        guard input.object != nil else { throw .member("input", "must be a mapping") }
        return .agent(
            operation: operation, input: input, contact: try fields.optionalString("contact"),
            connection: try fields.choice("connection", ConnectionRole.self))
    }
}
