// SPDX-License-Identifier: Apache-2.0
extension SimulatedInstance {
    func listTaskTemplates(_ instanceId: String, _ query: [String: String]) throws(ServiceFault) -> JSON {
        try checkInstance(instanceId)
        var templates = settings.taskTemplates
        if let status = query["status"]?.uppercased() {
            guard ["ACTIVE", "INACTIVE"].contains(status) else {
                throw .validation("parameter 'status' must be active or inactive")
            }
            templates.removeAll { $0.status != status }
        }
        var paging: [String: JSON] = [:]
        if let size = query["maxResults"] {
            guard let size = Int(size), (1...100).contains(size) else {
                throw .validation("parameter 'maxResults' must be from 1 to 100")
            }
            paging["maxResults"] = .int(size)
        }
        if let token = query["nextToken"], !token.isEmpty { paging["nextToken"] = .string(token) }
        let items = templates.map { $0.summary(in: settings) }
        let answer = try page("listTaskTemplates", "taskTemplates", items, .object(paging))
        return answer["nextToken"] == nil ? answer.adding(["nextToken": .null]) : answer
    }

    func taskTemplate(
        _ instanceId: String, _ id: String, version: String?
    ) throws(ServiceFault) -> JSON {
        try checkInstance(instanceId)
        let template = try taskTemplate(id)
        guard let version else { return template.json(in: settings, version: template.version) }
        guard let number = Int(version), (1...template.version).contains(number) else {
            throw .notFound("task template '\(id)' has no version '\(version)'")
        }
        return template.json(in: settings, version: number)
    }

    /// Creates a task from a template, for the request's endpoint or quick connect, by default for this agent.
    mutating func createTemplatedTask(_ input: JSON) throws(ServiceFault) -> JSON {
        let fields = TemplatedTaskFields(input)
        guard let id = fields.text("taskTemplateId") else { throw .validation("member 'TaskTemplateId' is required") }
        let template = try taskTemplate(id)
        guard template.isActive else { throw .validation("task template '\(id)' is inactive") }
        var request: [String: JSON] = [
            "name": .optional(fields.text("name") ?? template.defaultValue(of: "NAME")),
            "description": .optional(fields.text("description") ?? template.defaultValue(of: "DESCRIPTION")),
            "endpoint": try endpoint(of: fields),
            "references": try fields.references() ?? .null,
            "idempotencyToken": .optional(fields.text("clientToken") ?? fields.text("idempotencyToken")),
        ]
        for name in ["relatedContactId", "previousContactId", "scheduledTime"] {
            request[name] = fields.value(name)
        }
        return try createTaskContact(
            .object(request), template: TemplateUse(id: template.id, version: template.version))
    }

    private func endpoint(of fields: TemplatedTaskFields) throws(ServiceFault) -> JSON {
        if let endpoint = fields.value("endpoint") { return endpoint }
        guard let id = fields.text("quickConnectId") else {
            return ["type": "agent", "endpointARN": .string(settings.agentARN)]
        }
        let found = settings.quickConnects.map(\.endpoint).first { InstanceSettings.lastPart(of: $0.arn ?? "") == id }
        guard let found else { throw .notFound("no quick connect '\(id)'") }
        return found.json
    }

    /// Changes the given members of a task that has not ended.
    mutating func updateContact(_ input: JSON) throws(ServiceFault) -> JSON {
        let fields = TemplatedTaskFields(input)
        guard let id = fields.text("contactId") else { throw .validation("member 'ContactId' is required") }
        let references = try fields.references()
        let change: (inout Contact) -> Void = { contact in
            if let name = fields.text("name") { contact.name = name }
            if let details = fields.text("description") { contact.details = details }
            if let references { contact.references = (contact.references ?? [:]).adding(references.object ?? [:]) }
        }
        if let index = waiting.firstIndex(where: { $0.id == id && $0.kind == .task }) {
            change(&waiting[index])
        } else if let index = scheduled.firstIndex(where: { $0.id == id }) {
            change(&scheduled[index])
        } else {
            let index = try find(id)
            guard contacts[index].kind == .task, contacts[index].state.isLive else {
                throw refuse("update", contacts[index])
            }
            change(&contacts[index])
        }
        return [:]
    }

    private func checkInstance(_ id: String) throws(ServiceFault) {
        guard id == settings.instanceId else { throw .notFound("no instance '\(id)'") }
    }

    private func taskTemplate(_ id: String) throws(ServiceFault) -> TaskTemplate {
        guard let template = settings.taskTemplates.first(where: { $0.id == id }) else {
            throw .notFound("no task template '\(id)'")
        }
        return template
    }
}

/// Reads a request about a templated task. Its members may begin with an upper-case or a lower-case letter.
struct TemplatedTaskFields {
    private let members: [String: JSON]

    init(_ input: JSON) { members = input.object ?? [:] }

    /// - Parameter name: with a lower-case first letter.
    func value(_ name: String) -> JSON? {
        let capital = name.prefix(1).uppercased() + name.dropFirst()
        guard let value = members[capital] ?? members[name], value != .null else { return nil }
        return value
    }

    func text(_ name: String) -> String? { value(name)?.string }

    /// The references in the snapshot's form: `{name: {type, value}}`.
    func references() throws(ServiceFault) -> JSON? {
        guard let value = value("references") else { return nil }
        var references: [String: JSON] = [:]
        for (name, item) in value.object ?? [:] {
            let fields = TemplatedTaskFields(item)
            guard let kind = fields.text("type") else {
                throw .validation("member 'References.\(name).Type' is required")
            }
            references[name] = ["type": .string(kind), "value": fields.value("value") ?? .null]
        }
        return .object(references)
    }
}
