// SPDX-License-Identifier: Apache-2.0

/// Operations that create contacts.
extension SimulatedInstance {
    mutating func createOutboundContact(_ input: JSON) throws(ServiceFault) {
        guard settings.permissions.contains("outboundCall") else {
            throw .accessDenied("the agent may not make outbound calls (permission outboundCall)")
        }
        let endpoint = try checkedEndpoint(input["endpoint"] ?? .null)
        guard endpoint.kind == .phoneNumber else {
            throw .badEndpoint("an outbound contact needs an endpoint of type phone_number")
        }
        let queue = try outboundQueue(input["queueARN"]?.string)
        guard agent.chosen.kind != .offline else { throw .invalidState("the agent is offline") }
        if let call, !canHaveAnotherCall { throw .invalidState("the agent is still on contact '\(call.id)'") }
        var line = agentLine(for: .voice)
        let contactId = identifier()
        line.id = identifier()
        line.state = .connected
        let customer = Connection(
            id: identifier(), kind: .outbound, isInitial: true, endpoint: endpoint, state: .initial, since: wallClock)
        contacts.append(
            Contact(
                id: contactId, kind: .voice, state: .connecting, since: wallClock, isOutbound: true, queue: queue,
                queuedAt: wallClock, connections: [line, customer],
                relatedContactId: input["relatedContactId"]?.string, ringSeconds: settings.timings.ring))
        holdOtherCalls(than: contacts.count - 1)
        dialCustomer(at: contacts.count - 1)
    }

    private func outboundQueue(_ arn: String?) throws(ServiceFault) -> Queue? {
        guard let arn else { return settings.queues.first }
        guard let queue = settings.queues.first(where: { $0.arn == arn }) else {
            throw .validation("member 'queueARN' is not one of the routing profile's queues")
        }
        return queue
    }

    /// - Parameter template: the template that the task is created from, if any.
    mutating func createTaskContact(_ input: JSON, template: TemplateUse? = nil) throws(ServiceFault) -> JSON {
        if let token = input["idempotencyToken"]?.string, let made = idempotent[token] {
            return ["contactId": .string(made)]
        }
        let endpoint = try checkedEndpoint(input["endpoint"] ?? .null)
        guard endpoint.kind != .phoneNumber else {
            throw .badEndpoint("a task needs an endpoint of type agent or queue")
        }
        let name = input["name"]?.string ?? ""
        guard (1...512).contains(name.count) else { throw .validation("member 'name' must have 1 to 512 characters") }
        let scheduledTime = input["scheduledTime"]?.integer
        let task = Contact(
            id: identifier(), kind: .task, state: .connecting, since: wallClock, isOutbound: false,
            queue: taskQueue(endpoint), queuedAt: wallClock,
            connections: [
                Connection(id: identifier(), kind: .inbound, isInitial: true, state: .connected, since: wallClock)
            ],
            name: name, details: input["description"]?.string, references: input["references"],
            relatedContactId: input["relatedContactId"]?.string ?? input["previousContactId"]?.string,
            scheduledTime: scheduledTime, template: template, ringSeconds: settings.timings.ring)
        if let token = input["idempotencyToken"]?.string { idempotent[token] = task.id }
        // A task for another agent gets an identifier but never appears in this agent's snapshot.
        if !isForAnotherAgent(endpoint) {
            if let scheduledTime, Double(scheduledTime) > wallClock {
                scheduled.append(task)
            } else {
                waiting.append(task)
            }
        }
        return ["contactId": .string(task.id)]
    }

    private func taskQueue(_ endpoint: Endpoint) -> Queue? {
        guard endpoint.kind == .queue else { return nil }
        let arn =
            endpoint.queue?.arn ?? settings.quickConnects.first { $0.endpoint.arn == endpoint.arn }?.endpoint.queue?.arn
            ?? endpoint.arn
        return settings.queues.first { $0.arn == arn } ?? settings.queues.first
    }

    private func isForAnotherAgent(_ endpoint: Endpoint) -> Bool {
        endpoint.kind == .agent && endpoint.arn != settings.agentARN && endpoint.agentLogin != settings.username
    }
}
