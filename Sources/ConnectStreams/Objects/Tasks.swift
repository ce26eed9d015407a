// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

// What TaskJS adds to Streams' Agent.

extension Agent {
    /// Creates a task, and returns its contact id.
    ///
    /// - Parameters:
    ///   - name: what the agent sees of it first.
    ///   - endpoint: an agent or a queue.
    ///   - description: what is to be done.
    ///   - references: `{name: {type, value}}`.
    ///   - scheduledTime: seconds since 1970, for a task of later.
    ///   - previousContactId: the contact that the task goes on with.
    ///   - relatedContactId: the contact to which the task belongs.
    ///   - idempotencyToken: two tasks with one token are created once.
    @discardableResult public func createTask(
        name: String, endpoint: Endpoint, description: String? = nil, references: JSON? = nil,
        scheduledTime: Int? = nil, previousContactId: String? = nil, relatedContactId: String? = nil,
        idempotencyToken: String? = nil
    ) async throws -> String? {
        var task = JSONObject([("name", .string(name)), ("endpoint", endpoint.parameter)])
        task["description"] = description.map(JSON.string)
        task["references"] = references
        task["scheduledTime"] = scheduledTime.map(JSON.int)
        task["previousContactId"] = previousContactId.map(JSON.string)
        task["relatedContactId"] = relatedContactId.map(JSON.string)
        task["idempotencyToken"] = .string(idempotencyToken ?? Self.token())
        return try await create(.object(task), "createTaskContact")
    }

    /// Creates a task of a template, and returns its contact id.
    ///
    /// - Parameters:
    ///   - name: what the agent sees of it first.
    ///   - taskTemplateId: one of ``listTaskTemplates(_:)``.
    ///   - endpoint: a quick connect; nil for the template's own.
    ///   - references: the values of the template's fields, `{name: {type, value}}`.
    ///   - relatedContactId: the contact to which the task belongs.
    ///   - idempotencyToken: two tasks with one token are created once.
    @discardableResult public func createTask(
        name: String, taskTemplateId: String, endpoint: Endpoint? = nil, references: JSON? = nil,
        relatedContactId: String? = nil, idempotencyToken: String? = nil
    ) async throws -> String? {
        var task = JSONObject([("name", .string(name)), ("taskTemplateId", .string(taskTemplateId))])
        let quickConnect = endpoint?.endpointARN?.split(separator: "/").last.map(String.init)
        task["quickConnectId"] = quickConnect.map(JSON.string)
        task["references"] = references.map { entries in
            .object(
                JSONObject((entries.object?.members ?? []).map { ($0.name, Self.capitalized($0.value)) }))
        }
        task["relatedContactId"] = relatedContactId.map(JSON.string)
        task["idempotencyToken"] = .string(idempotencyToken ?? Self.token())
        return try await create(Self.capitalized(.object(task)), "createTemplatedTask")
    }

    /// This operation alone has members that begin with a capital.
    private static func capitalized(_ object: JSON) -> JSON {
        .object(
            JSONObject(
                (object.object?.members ?? []).map { ($0.name.prefix(1).uppercased() + $0.name.dropFirst(), $0.value) })
        )
    }

    private func create(_ task: JSON, _ operation: String) async throws -> String? {
        let answer = try await connect.call(operation, task)
        return answer["data"]?["contactId"]?.string ?? answer["contactId"]?.string
    }

    private static func token() -> String { String(UInt64.random(in: 0...UInt64.max), radix: 36) }

    /// The task templates of the instance: the service's answer.
    public func listTaskTemplates(_ query: JSON = [:]) async throws -> JSON {
        try await template("listTaskTemplates", "queryParams", query)
    }

    /// A task template, by default in its newest version: the service's answer.
    public func taskTemplate(id: String, version: String? = nil) async throws -> JSON {
        var params = JSONObject([("id", .string(id))])
        params["version"] = version.map(JSON.string)
        return try await template("getTaskTemplate", "templateParams", .object(params))
    }

    private func template(_ operation: String, _ name: String, _ params: JSON) async throws -> JSON {
        let instance = try toSnapshot().instanceId.map(JSON.string) ?? .null
        let request = JSONObject([("instanceId", instance), (name, params)])
        return try await connect.call(operation, .object(request), confirms: false)["data"] ?? .null
    }
}
