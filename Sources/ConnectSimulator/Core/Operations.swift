// SPDX-License-Identifier: Apache-2.0

/// The operations of the CTI service.
extension SimulatedInstance {
    /// - Precondition: `input` has the operation's shape (`Operation.all`).
    mutating func perform(_ operation: String, _ input: JSON) throws(ServiceFault) -> JSON {
        switch operation {
        case "GetAgentSnapshot", "GetAgentConfiguration", "GetAgentStates", "GetAgentPermissions",
            "GetDialableCountryCodes", "GetRoutingProfileQueues", "GetEndpoints":
            return try read(operation, input)
        case "PutAgentState": try putAgentState(input)
        case "UpdateAgentConfiguration": try updateConfiguration(input["configuration"] ?? .null)
        case "CreateTransport": return try createTransport(input)
        case "GetNewAuthToken": return newAuthToken()
        case "CreateOutboundContact": try createOutboundContact(input)
        case "CreateTaskContact": return try createTaskContact(input)
        case "SendClientLogs": break
        default: try performOnContact(operation, input)
        }
        return [:]
    }

    private func read(_ operation: String, _ input: JSON) throws(ServiceFault) -> JSON {
        switch operation {
        case "GetAgentSnapshot": return ["snapshot": snapshot, "nextToken": .string(snapshotToken)]
        case "GetAgentConfiguration": return ["configuration": configuration]
        case "GetAgentStates":
            return try page(operation, "states", settings.states.map { $0.json() }, input)
        case "GetAgentPermissions":
            return try page(operation, "permissions", settings.permissions.map(JSON.string), input)
        case "GetDialableCountryCodes":
            return try page(operation, "countryCodes", settings.countries.map(JSON.string), input)
        case "GetRoutingProfileQueues":
            guard input["routingProfileARN"]?.string == settings.routingProfileARN else {
                throw .validation("member 'routingProfileARN' is not the agent's routing profile")
            }
            return try page(operation, "queues", settings.queues.map(\.json), input)
        default:
            let queues = Set((input["queueARNs"]?.array ?? []).compactMap(\.string))
            let found = settings.quickConnects.filter { !queues.isDisjoint(with: $0.queueARNs) }
            return try page(operation, "endpoints", found.map(\.endpoint.json), input)
        }
    }

    /// One page of a list, from the request's `nextToken` and `maxResults`.
    func page(
        _ operation: String, _ member: String, _ items: [JSON], _ input: JSON
    ) throws(ServiceFault) -> JSON {
        let size = input["maxResults"]?.integer ?? 100
        guard (1...1000).contains(size) else { throw .validation("member 'maxResults' must be from 1 to 1000") }
        var start = 0
        let prefix = "\(operation)-"
        if let token = input["nextToken"]?.string {
            guard token.hasPrefix(prefix), let offset = Int(token.dropFirst(prefix.count)), offset > 0,
                offset < items.count
            else { throw .pagination("member 'nextToken' is not a token of \(operation)") }
            start = offset
        }
        let end = min(start + size, items.count)
        var output: [String: JSON] = [member: .array(Array(items[start..<end]))]
        if end < items.count { output["nextToken"] = .string(prefix + String(end)) }
        return .object(output)
    }

    /// Operations with a `contactId`.
    private mutating func performOnContact(_ operation: String, _ input: JSON) throws(ServiceFault) {
        let index = try find(input["contactId"]?.string ?? "")
        switch operation {
        case "AcceptContact": try accept(at: index)
        case "RejectContact": try reject(at: index)
        case "ClearContact": try clear(at: index)
        case "CompleteContact": try complete(at: index)
        case "DestroyContact":
            guard let line = contacts[index].agentIndex else { break }
            try destroy(line, at: index)
        case "PauseContact": try pause(at: index)
        case "ResumeContact": try resume(at: index)
        case "ConferenceConnections": try conference(at: index)
        case "CreateAdditionalConnection": try addConnection(input["endpoint"] ?? .null, at: index)
        case "AddNewConnection": try addParticipant(input["endpoint"] ?? .null, at: index)
        case "TransferContact": try transfer(input["endpoint"] ?? .null, at: index)
        case "UpdateMonitorParticipantState":
            try updateMonitor(input["targetMonitorMode"]?.string ?? "", at: index)
        case "DestroyConnection", "HoldConnection", "ResumeConnection", "MuteParticipant", "UnmuteParticipant",
            "SendDigits", "ToggleActiveConnections":
            try performOnConnection(operation, input, at: index)
        default: break  // Reports and issues: only the contact's existence is checked.
        }
    }

    private mutating func performOnConnection(
        _ operation: String, _ input: JSON, at index: Int
    ) throws(ServiceFault) {
        let id = input["connectionId"]?.string ?? ""
        guard let connection = contacts[index].connections.firstIndex(where: { $0.id == id }) else {
            throw ServiceFault(
                status: 404, code: "ConnectionNotFoundException",
                message: "contact '\(contacts[index].id)' has no connection '\(id)'")
        }
        switch operation {
        case "DestroyConnection": try destroy(connection, at: index)
        case "HoldConnection": try hold(connection, at: index)
        case "ResumeConnection": try resumeConnection(connection, at: index)
        case "MuteParticipant": try mute(connection, true, at: index)
        case "UnmuteParticipant": try mute(connection, false, at: index)
        case "SendDigits": try sendDigits(input["digits"]?.string ?? "", connection, at: index)
        default: try toggle(at: index)
        }
    }

    /// The contact's index in `contacts`.
    func find(_ id: String) throws(ServiceFault) -> Int {
        guard let index = contacts.firstIndex(where: { $0.id == id }) else { throw .unknownContact(id) }
        return index
    }
}
