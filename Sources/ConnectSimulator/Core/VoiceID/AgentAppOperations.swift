// SPDX-License-Identifier: Apache-2.0

/// The agent-app service: contact data and Voice ID.
extension SimulatedInstance {
    mutating func performAgentApp(_ method: String, _ input: JSON) throws(ServiceFault) -> JSON {
        guard let shape = AgentAppMethod.all[method] else { throw .unknownOperation(method) }
        if let problem = shape.problem(with: input) { throw .validation(problem) }
        voiceID.completeEnrollments(at: now)
        let parts = method.split(separator: ".").map(String.init)
        switch parts.dropFirst().joined(separator: ".") {
        case "Lcms.getContact": return try getContact(input)
        case "Lcms.updateVoiceIdData": return try updateVoiceIdData(input)
        case "Nasa.startVoiceIdSession": return try startVoiceIdSession(input)
        case "Acs.listIntegrationAssociations": return try listIntegrationAssociations(input)
        default: return try performVoiceID(parts.last ?? "", input)
        }
    }

    private func getContact(_ input: JSON) throws(ServiceFault) -> JSON {
        ["contactData": contactData(try agentAppContact(input["contactId"]))]
    }

    private mutating func updateVoiceIdData(_ input: JSON) throws(ServiceFault) -> JSON {
        let contact = try agentAppContact(input["ContactId"])
        if let customer = input["CustomerId"]?.string { voiceID.customers[contact.id] = customer }
        return ["contactData": contactData(contact)]
    }

    private mutating func startVoiceIdSession(_ input: JSON) throws(ServiceFault) -> JSON {
        let contact = try agentAppContact(input["contactId"])
        guard settings.hasVoiceID else { throw noDomain() }
        guard contact.kind.isCall else { throw refuse("start a Voice ID session on", contact) }
        // An inbound call's audio exists while the call rings at the agent; other calls' only once they are connected.
        let isRinging = contact.state == .connecting && contact.customerConnection?.state == .connected
        guard contact.state == .connected || isRinging else { throw refuse("start a Voice ID session on", contact) }
        voiceID.begin(on: contact.id, speaker: customerId(of: contact), at: now)
        return ["sessionId": .string(voiceID.sessions[contact.id]?.id ?? "")]
    }

    private func listIntegrationAssociations(_ input: JSON) throws(ServiceFault) -> JSON {
        let id = input["InstanceId"]?.string ?? ""
        guard id == settings.instanceId || id == settings.instanceARN else { throw .notFound("no instance '\(id)'") }
        let kind = input["IntegrationType"]?.string ?? "VOICE_ID"
        guard kind == "VOICE_ID", settings.hasVoiceID else { return ["IntegrationAssociationSummaryList": []] }
        let association = "70000000-0000-4000-8000-000000000001"
        return [
            "IntegrationAssociationSummaryList": [
                [
                    "InstanceId": .string(settings.instanceId), "IntegrationType": "VOICE_ID",
                    "IntegrationAssociationId": .string(association),
                    "IntegrationAssociationArn": .string(
                        "\(settings.instanceARN)/integration-association/\(association)"),
                    "IntegrationArn": .string(
                        "arn:aws:voiceid:\(settings.region):\(settings.account):domain/\(VoiceID.domainId)"),
                ]
            ]
        ]
    }

    private func agentAppContact(_ id: JSON?) throws(ServiceFault) -> Contact {
        contacts[try find(id?.string ?? "")]
    }

    func noDomain() -> ServiceFault { .notFound("no Voice ID domain is associated with the instance") }
}
