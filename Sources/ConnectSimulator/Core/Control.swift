// SPDX-License-Identifier: Apache-2.0
extension SimulatedInstance {
    /// Carries out one control step.
    ///
    /// - Parameter time: epoch seconds.
    /// - Throws: `ControlError` if the step is not possible; the instance is then unchanged.
    mutating func control(_ step: ControlStep, now time: Double) throws(ControlError) -> ControlOutcome {
        advance(to: time)
        let before = self
        do throws(ControlError) {
            var outcome = ControlOutcome()
            try changingThrowing { instance throws(ControlError) in outcome = try instance.apply(step) }
            // A shifted clock may have made scheduled tasks due.
            advance(to: now)
            if let id = outcome.members["contactId"]?.string {
                outcome.members["state"] = .string(contacts.first { $0.id == id }?.state.rawValue ?? "waiting")
            }
            return outcome
        } catch {
            self = before
            throw error
        }
    }

    private mutating func apply(_ step: ControlStep) throws(ControlError) -> ControlOutcome {
        switch step {
        case .incoming(let contact): return try arrive(contact)
        case .onContact(let id, let step): try apply(step, to: id)
        case .agent(let operation, let input, let contact, let connection):
            return try act(operation, input, contact, connection)
        case .effect(let effect): effects.append(effect)
        case .fault(let rule): faults.append(rule)
        case .clearFaults: faults = []
        case .expireTokens: credentials.expireTokens()
        case .tokenLifetime(let seconds): credentials.accessTokenSeconds = seconds
        case .endSessions: credentials.closeAllSessions()
        case .cookieLifetime(let seconds): credentials.limitCookies(seconds: seconds, at: wallClock)
        case .account(let locked, let access):
            if let locked { account.setLocked(locked) }
            if let access { account.hasAccess = access }
        case .shiftClock(let seconds): clockShift += seconds
        case .realTime: effects.append(.realTime)
        case .transportLifetime(let seconds): transportSeconds = seconds
        case .failover(let target, let terminates): return try failOver(to: target, terminating: terminates)
        case .reset:
            reset()
            effects.append(.dropWebsockets)
        }
        return ControlOutcome()
    }

    private mutating func arrive(_ incoming: IncomingContact) throws(ControlError) -> ControlOutcome {
        let queue = try queue(named: incoming.queue)
        if let id = incoming.contactId {
            guard !isTaken(id) else { throw .member("contactId", "is taken: '\(id)'") }
        }
        if incoming.isOutbound {
            let number = customerEndpoint(incoming)?.phoneNumber ?? ""
            return try act(
                "CreateOutboundContact", ["endpoint": ["type": "phone_number", "phoneNumber": .string(number)]], nil,
                nil)
        }
        let contactId = incoming.contactId ?? identifier()
        let isCalledLater = incoming.kind == .queueCallback || incoming.isPreview
        let customer = Connection(
            id: identifier(), kind: isCalledLater ? .outbound : .inbound, isInitial: true,
            endpoint: customerEndpoint(incoming), state: isCalledLater ? .initial : .connected, since: wallClock)
        waiting.append(
            Contact(
                id: contactId, hasGivenId: incoming.contactId != nil, kind: incoming.kind, state: .connecting,
                since: wallClock, queue: queue,
                queuedAt: wallClock, connections: [customer], attributes: incoming.attributes,
                name: incoming.name ?? (incoming.kind == .task ? "Task" : nil), details: incoming.details,
                initialContactId: incoming.initialContactId, isWebRTC: incoming.isWebRTC,
                hasVideo: incoming.hasVideo, isPreview: incoming.isPreview, autoAccept: incoming.autoAccept,
                pendingSeconds: incoming.pendingSeconds,
                ringSeconds: incoming.ringSeconds ?? settings.timings.ring, isMonitored: incoming.isMonitored))
        return ControlOutcome(members: ["contactId": .string(contactId)])
    }

    private func isTaken(_ id: String) -> Bool {
        cleared.contains(id) || (contacts + waiting + scheduled).contains { $0.id == id }
    }

    private func queue(named name: String?) throws(ControlError) -> Queue? {
        guard let name else { return settings.queues.first }
        guard let queue = settings.queues.first(where: { $0.name == name || $0.arn == name }) else {
            throw .member("queue", "must be one of \(settings.queues.map(\.name).joined(separator: ", "))")
        }
        return queue
    }

    private func customerEndpoint(_ incoming: IncomingContact) -> Endpoint? {
        switch incoming.kind {
        case .voice, .queueCallback:
            let number = incoming.customer ?? "+12065550123"
            return Endpoint(kind: .phoneNumber, phoneNumber: number.hasPrefix("+") ? number : "+\(number)")
        case .chat: return Endpoint(kind: .phoneNumber, name: incoming.customer ?? "Customer")
        case .task: return nil
        case .email: return Endpoint(kind: .phoneNumber, emailAddress: incoming.customer ?? "kim@example.com")
        }
    }

    /// Performs an operation of the agent. Fills in the members that a scenario cannot know, such as `connectionId`.
    private mutating func act(
        _ operation: String, _ input: JSON, _ contact: String?, _ role: ControlStep.ConnectionRole?
    ) throws(ControlError) -> ControlOutcome {
        var members = input.object ?? [:]
        if members["authentication"] == nil { members["authentication"] = [:] }
        if let contact { members["contactId"] = .string(contact) }
        if let role {
            let connections = contacts.first { $0.id == contact }?.connections ?? []
            let fitting = connections.filter(role.matches)
            guard let connection = fitting.first(where: \.isLive) ?? fitting.last else {
                throw .conflict("contact '\(contact ?? "")' has no \(role.rawValue) connection")
            }
            members["connectionId"] = .string(connection.id)
        }
        if let problem = Operation.all[operation]?.problem(with: .object(members)) {
            throw .member("input", "is not valid for \(operation): \(problem)")
        }
        let known = Set(contacts.map(\.id))
        do throws(ServiceFault) {
            let output = try perform(operation, .object(members))
            let created = output["contactId"]?.string ?? contacts.first { !known.contains($0.id) }?.id
            return ControlOutcome(members: created.map { ["contactId": .string($0)] } ?? ["ok": true])
        } catch {
            // The service answers 400 also if only the present state is in the way.
            throw ControlError(
                status: error.code == "InvalidStateException" ? 409 : error.status, member: nil,
                message: "\(operation): \(error.code): \(error.message)")
        }
    }
}

extension ControlStep.ConnectionRole {
    func matches(_ connection: Connection) -> Bool {
        switch self {
        case .agent: connection.isOwn
        case .customer: connection.isInitial
        case .thirdParty: connection.isThirdParty
        }
    }
}
