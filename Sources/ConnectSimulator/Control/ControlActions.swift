// SPDX-License-Identifier: Apache-2.0

/// The control actions by name, and their parameters.
extension ControlStep {
    /// All names, in the order of the help text.
    static let actions =
        ["incoming"] + contactActions + [
            "agent", "websocket-drop", "websocket-half-open", "websocket-close", "websocket-push", "listener-drop",
            "listener-down", "faults", "clear-faults", "token-expire", "token-lifetime", "sessions-end",
            "cookie-lifetime", "account", "clock-shift", "clock-real", "transport", "failover", "reset",
        ]

    /// The names of the steps on one contact.
    static let contactActions =
        [
            "customer-accepts", "customer-hangs-up", "customer-says", "customer-types", "customer-acknowledges",
            "agent-misses", "agent-answers", "preview-accepts", "third-party-answers", "third-party-hangs-up",
            "transfer-fails", "error",
        ] + SupervisorStep.allCases.map { "supervisor-\($0.rawValue)" }

    /// - Parameters:
    ///   - action: one of `actions`.
    ///   - members: the parameters; `contact` is the contact's identifier.
    /// - Throws: `ControlError` that names the wrong member.
    init(action: String, members: [String: JSON]) throws(ControlError) {
        var fields = ControlFields(members)
        if let step = try Self.contactStep(action, &fields) {
            self = .onContact(try fields.string("contact"), step)
        } else if let effect = try Self.effect(action, &fields) {
            self = .effect(effect)
        } else if let step = try Self.instanceStep(action, &fields) {
            self = step
        } else {
            throw ControlError(
                status: 404, member: "do",
                message: "unknown step '\(action)'; known steps: \(Self.actions.joined(separator: ", "))")
        }
        try fields.finish()
    }

    private static func contactStep(
        _ action: String, _ fields: inout ControlFields
    ) throws(ControlError) -> ContactStep? {
        switch action {
        case "customer-accepts": return .customerAccepts
        case "customer-hangs-up": return .customerHangsUp
        case "customer-says": return .customerSays(try fields.string("text"))
        case "customer-types": return .customerTypes
        case "customer-acknowledges": return .customerAcknowledges
        case "transfer-fails": return .transferFails
        case "preview-accepts": return .previewAccepts
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
        default:
            guard action.hasPrefix("supervisor-") else { return nil }
            return SupervisorStep(rawValue: String(action.dropFirst("supervisor-".count))).map(ContactStep.supervisor)
        }
    }

    /// The names of the agent states that a failed call may cause (Streams' AgentErrorStates).
    static let failures = [
        "Error", "AgentHungUp", "BadAddressAgent", "BadAddressCustomer", "Default", "FailedConnectAgent",
        "FailedConnectCustomer", "InvalidLocale", "LineEngagedAgent", "LineEngagedCustomer", "MissedCallAgent",
        "MissedCallCustomer", "MultipleCcpWindows", "RealtimeCommunicationError",
    ]

    private static func effect(_ action: String, _ fields: inout ControlFields) throws(ControlError) -> Effect? {
        switch action {
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
        _ action: String, _ fields: inout ControlFields
    ) throws(ControlError) -> ControlStep? {
        switch action {
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
        case "cookie-lifetime":
            guard let seconds = try fields.number("seconds", atLeast: 1) else {
                throw .member("seconds", "is required")
            }
            return .cookieLifetime(seconds: seconds)
        case "account": return try account(&fields)
        case "clock-shift":
            guard let seconds = try fields.number("seconds", atLeast: -1e9) else {
                throw .member("seconds", "is required")
            }
            return .shiftClock(seconds: seconds)
        case "clock-real": return .realTime
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

    private enum Subtype: String, CaseIterable {
        case telephony = "connect:Telephony"
        case webRTC = "connect:WebRTC"
    }

    private static func incoming(_ fields: inout ControlFields) throws(ControlError) -> IncomingContact {
        guard let kind = try fields.choice("type", Contact.Kind.self) else {
            throw .member("type", "is required: voice, queue_callback, chat, task or email")
        }
        let direction = try fields.choice("direction", Direction.self) ?? .inbound
        let subtype = try fields.choice("subtype", Subtype.self) ?? .telephony
        let isMonitored = try fields.flag("monitor")
        let isPreview = try fields.flag("preview")
        let hasVideo = try fields.flag("video")
        if hasVideo, subtype != .webRTC { throw .member("video", "needs the subtype connect:WebRTC") }
        if isPreview, direction == .outbound || isMonitored || subtype == .webRTC {
            throw .member("preview", "cannot be combined with direction, monitor or subtype")
        }
        if kind != .voice {
            if isPreview { throw .member("preview", "can be true for voice only") }
            if direction == .outbound { throw .member("direction", "can be outbound for voice only") }
            if subtype == .webRTC { throw .member("subtype", "can be connect:WebRTC for voice only") }
            if isMonitored { throw .member("monitor", "can be true for voice only") }
        }
        let customer = try fields.optionalString("customer")
        try check(customer, of: kind)
        let contact = IncomingContact(
            kind: kind, isOutbound: direction == .outbound, customer: customer,
            queue: try fields.optionalString("queue"), attributes: try fields.texts("attributes"),
            ringSeconds: try fields.number("ringSeconds", atLeast: 0),
            contactId: try fields.optionalString("contactId"),
            name: try fields.optionalString("name"), details: try fields.optionalString("description"),
            isMonitored: isMonitored, isWebRTC: subtype == .webRTC, hasVideo: hasVideo, isPreview: isPreview,
            autoAccept: try fields.optionalFlag("autoAccept"),
            pendingSeconds: try fields.number("pendingSeconds", atLeast: 0) ?? 0,
            initialContactId: try fields.optionalString("initialContactId"))
        // The agent makes this call: the service chooses the rest.
        if contact.isOutbound, contact != IncomingContact(kind: .voice, isOutbound: true, customer: contact.customer) {
            throw .member("direction", "outbound can be combined with customer only")
        }
        let ids = [contact.contactId, contact.initialContactId].compactMap(\.self)
        guard ids.allSatisfy(isIdentifier) else {
            throw .member(
                "contactId", "and initialContactId may have letters, digits and -._~ (they are part of a path)")
        }
        return contact
    }

    private static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
    }

    private static func check(_ customer: String?, of kind: Contact.Kind) throws(ControlError) {
        guard let customer else { return }
        if kind == .email, !customer.dropFirst().dropLast().contains("@") {
            throw .member("customer", "of an e-mail must be an address (kim@example.com)")
        }
        let digits = customer.hasPrefix("+") ? customer.dropFirst() : customer[...]
        if kind.isCall, !(2...15).contains(digits.count) || !digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
            throw .member("customer", "of a call must be a telephone number (+12065550123)")
        }
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

    private static func account(_ fields: inout ControlFields) throws(ControlError) -> ControlStep {
        let locked = try fields.optionalFlag("locked")
        let access = try fields.optionalFlag("access")
        guard locked != nil || access != nil else {
            throw .member("locked", "is required (true or false), or access")
        }
        return .account(locked: locked, access: access)
    }

    private enum Side: String, CaseIterable { case this, other }

    private static func failover(_ fields: inout ControlFields) throws(ControlError) -> ControlStep {
        let side = try fields.choice("active", Side.self)
        let arn = try fields.optionalString("activeInstanceArn")
        let terminates = try fields.flag("terminateActiveContacts")
        switch (side, arn) {
        case (.this, nil): return .failover(.this, terminates: terminates)
        case (.other, nil): return .failover(.other, terminates: terminates)
        case (nil, .some(let arn)): return .failover(.arn(arn), terminates: terminates)
        case (nil, nil): throw .member("active", "is required (this or other), or activeInstanceArn")
        case (.some, .some): throw .member("activeInstanceArn", "cannot be combined with active")
        }
    }

    private static func fault(_ fields: inout ControlFields) throws(ControlError) -> FaultRule {
        var rule = FaultRule(operation: try fields.string("operation"))
        guard rule.operation == "*" || FaultRule.places.contains(rule.operation) || Operation.all[rule.operation] != nil
        else {
            throw .member(
                "operation",
                "must be a CTI operation (GetAgentSnapshot), * or one of \(FaultRule.places.joined(separator: ", "))")
        }
        rule.status = try fields.integer("status", in: 400...599)
        rule.code = try fields.optionalString("code")
        rule.message = try fields.optionalString("message")
        rule.delaySeconds = try fields.number("delaySeconds", atLeast: 0) ?? 0
        rule.times = try fields.integer("times", in: -1...1_000_000) ?? 1
        rule.drop = try fields.flag("drop")
        rule.retryAfterSeconds = try fields.integer("retryAfterSeconds", in: 0...86_400)
        guard rule.times != 0 else { throw .member("times", "must not be 0 (-1: no limit)") }
        if rule.status == nil, rule.code != nil { rule.status = 400 }
        guard rule.status != nil || rule.drop || rule.delaySeconds > 0 else {
            throw .member("status", "is required, or delaySeconds, or drop")
        }
        return rule
    }
}
