// SPDX-License-Identifier: Apache-2.0

/// The services other than CTI. The raw value is the service's name in request counts and fault rules.
enum SideService: String, Sendable, CaseIterable {
    case agentApp = "agent-app"
    case taskTemplates = "task-templates"
    case quickResponses = "quick-responses"
    case screenSharing = "screen-sharing"
    case discovery
}

/// A call of a service other than CTI.
enum SideCall: Sendable, Equatable {
    case agentApp(method: String, input: JSON)
    case listTaskTemplates(instanceId: String, query: [String: String])
    case getTaskTemplate(instanceId: String, id: String, version: String?)
    case createTemplatedTask(JSON)
    case updateContact(JSON)
    case quickResponsesExist
    case searchQuickResponses(JSON)
    case startScreenSharing(JSON)
}

extension SimulatedInstance {
    /// - Parameter time: epoch seconds.
    mutating func handle(_ call: SideCall, now time: Double) -> Result<JSON, ServiceFault> {
        advance(to: time)
        return attempt { instance throws(ServiceFault) in try instance.perform(call) }
    }

    private mutating func perform(_ call: SideCall) throws(ServiceFault) -> JSON {
        switch call {
        case .agentApp(let method, let input): return try performAgentApp(method, input)
        case .listTaskTemplates(let instanceId, let query): return try listTaskTemplates(instanceId, query)
        case .getTaskTemplate(let instanceId, let id, let version):
            return try taskTemplate(instanceId, id, version: version)
        case .createTemplatedTask(let input): return try createTemplatedTask(input)
        case .updateContact(let input): return try updateContact(input)
        case .quickResponsesExist: return ["exists": .bool(settings.hasQuickResponses)]
        case .searchQuickResponses(let input): return try searchQuickResponses(input)
        case .startScreenSharing(let input): return try startScreenSharing(input)
        }
    }
}

extension SimulatedInstance {
    mutating func startScreenSharing(_ input: JSON) throws(ServiceFault) -> JSON {
        guard let id = input["ContactId"]?.string else { throw .validation("member 'ContactId' is required") }
        let contact = contacts[try find(id)]
        guard contact.isWebRTC else { throw .invalidState("contact '\(id)' is no WebRTC contact") }
        guard contact.state == .connected else { throw refuse("share the screen on", contact) }
        sharedScreens.insert(id)
        return [:]
    }

    /// Screen sharing ends with the call.
    mutating func endScreenSharing() {
        guard !sharedScreens.isEmpty else { return }
        sharedScreens.formIntersection(contacts.filter { $0.state == .connected }.map(\.id))
    }
}
