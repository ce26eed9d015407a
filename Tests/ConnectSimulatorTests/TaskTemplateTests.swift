// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Testing

@testable import ConnectSimulator

@Suite("Task templates and templated tasks")
struct TaskTemplateTests {
    private static let instance = "0f1e2d3c-4b5a-4697-8877-66554433aabb"
    private static let callBack = "60000000-0000-4000-8000-000000000001"
    private static let refund = "60000000-0000-4000-8000-000000000002"
    private static let fax = "60000000-0000-4000-8000-000000000003"

    private static func list(_ query: [String: String] = [:]) -> SideCall {
        .listTaskTemplates(instanceId: instance, query: query)
    }

    @Test("templates are listed by status and page; invalid queries are rejected")
    func listsByStatusAndPage() throws {
        var bench = Bench()
        let all = try bench.ask(Self.list())
        #expect(all["taskTemplates"]?.array?.count == 3 && all.object?["nextToken"] == .null)
        let active = try bench.ask(Self.list(["status": "active"]))["taskTemplates"]?.array ?? []
        #expect(active.compactMap { $0["name"]?.string } == ["Call back", "Refund"])
        let first = try bench.ask(Self.list(["maxResults": "2"]))
        let token = try #require(first["nextToken"]?.string)
        let second = try bench.ask(Self.list(["maxResults": "2", "nextToken": token]))
        #expect(second["taskTemplates"]?.array?.first?["id"] == .string(Self.fax))
        for query in [["status": "lost"], ["maxResults": "0"], ["maxResults": "many"]] {
            #expect(bench.refusal(Self.list(query))?.code == "ValidationException", "\(query)")
        }
        #expect(bench.refusal(Self.list(["nextToken": "x"]))?.code == "PaginationException")
        #expect(bench.refusal(.listTaskTemplates(instanceId: "x", query: [:]))?.status == 404)
    }

    @Test("a template is returned in its newest or a requested version; an unknown version is 404")
    func oneTemplateInEveryVersion() throws {
        var bench = Bench()
        let newest = try bench.ask(.getTaskTemplate(instanceId: Self.instance, id: Self.callBack, version: nil))
        #expect(newest["version"] == 3 && newest["fields"]?.array?.count == 3)
        #expect(newest["constraints"]?["requiredFields"]?.array?.count == 2)
        let older = try bench.ask(.getTaskTemplate(instanceId: Self.instance, id: Self.callBack, version: "1"))
        #expect(older["version"] == 1)
        for (id, version) in [(Self.callBack, "4"), (Self.callBack, "x"), ("nothing", nil)] as [(String, String?)] {
            let fault = bench.refusal(.getTaskTemplate(instanceId: Self.instance, id: id, version: version))
            #expect(fault?.status == 404)
        }
    }

    @Test("a templated task is offered to the agent with the template's defaults")
    func aTemplatedTaskComesToTheAgent() throws {
        var bench = Bench()
        let answer = try bench.ask(
            .createTemplatedTask([
                "TaskTemplateId": .string(Self.callBack), "Name": "Call Kim", "RelatedContactId": "earlier",
                "References": ["Phone number": ["Type": "STRING", "Value": "+12065550123"]],
            ]))
        let id = try #require(answer["contactId"]?.string)
        #expect(bench.seen == ["Available/connecting"])
        let task = try #require(bench.instance.snapshot["contacts"]?.array?.first)
        #expect(task["contactId"] == .string(id) && task["name"] == "Call Kim")
        #expect(task["description"] == "Call the customer back", "the template's default")
        #expect(task["channelContext"]?["taskTemplateId"] == .string(Self.callBack))
        #expect(task["channelContext"]?["taskTemplateVersion"] == 3)
        #expect(task["references"]?["Phone number"] == ["type": "STRING", "value": "+12065550123"])
        #expect(task["relatedContactId"] == "earlier")
        #expect(Shape.snapshot.problem(withAnswer: bench.instance.snapshot) == nil)
    }

    @Test("templated tasks accept lower-case members, a scheduled time and a quick connect")
    func lowerCaseMembersSchedulesAndQuickConnects() throws {
        var bench = Bench()
        let connects = bench.instance.settings.quickConnects.map {
            InstanceSettings.lastPart(of: $0.endpoint.arn ?? "")
        }
        try bench.ask(
            .createTemplatedTask([
                "taskTemplateId": .string(Self.refund), "quickConnectId": .string(connects[2]), "idempotencyToken": "a",
            ]))
        #expect(bench.instance.contacts.isEmpty, "the quick connect is another agent's")
        let later = try bench.ask(
            .createTemplatedTask([
                "taskTemplateId": .string(Self.refund), "quickConnectId": .string(connects[1]),
                "scheduledTime": .int(Int(Bench.start) + 60),
            ]))["contactId"]
        try bench.ask(.updateContact(["ContactId": later ?? "", "Description": "at last"]))
        bench.wait(60)
        let task = bench.instance.contacts.first
        #expect(task?.name == "Refund" && task?.queue?.name == "Sales" && task?.details == "at last")
    }

    @Test("updateContact changes a live task; an ended task or a call → InvalidStateException")
    func tasksAreUpdatedWhileTheyLive() throws {
        var bench = Bench()
        let id = try #require(
            try bench.ask(.createTemplatedTask(["TaskTemplateId": .string(Self.refund)]))["contactId"]?.string)
        try bench.call("AcceptContact", .contact(id))
        let before = bench.instance.version
        try bench.ask(
            .updateContact([
                "ContactId": .string(id), "Name": "Refund for Kim",
                "References": ["Amount": ["Type": "NUMBER", "Value": "12"]],
            ]))
        #expect(bench.instance.version > before && bench.instance.contacts[0].name == "Refund for Kim")
        try bench.ask(.updateContact(["contactId": .string(id), "references": ["B": ["type": "URL", "value": "x"]]]))
        #expect(bench.instance.contacts[0].references?.object?.count == 2)
        try bench.call("DestroyConnection", bench.ids(id, .agent))
        bench.wait(1)
        #expect(bench.refusal(.updateContact(["ContactId": .string(id)]))?.code == "InvalidStateException")
        let call = try bench.connectedCall()
        #expect(bench.refusal(.updateContact(["ContactId": .string(call)]))?.code == "InvalidStateException")
    }

    @Test("invalid templated tasks are rejected and create no contact")
    func wrongTasksAreRefused() throws {
        var bench = Bench()
        let table: [(SideCall, String)] = [
            (.createTemplatedTask(["Name": "x"]), "ValidationException"),
            (.createTemplatedTask(["TaskTemplateId": "nothing"]), "ResourceNotFoundException"),
            (.createTemplatedTask(["TaskTemplateId": .string(Self.fax), "Name": "x"]), "ValidationException"),
            (.createTemplatedTask(["TaskTemplateId": .string(Self.callBack)]), "ValidationException"),
            (
                .createTemplatedTask(["TaskTemplateId": .string(Self.refund), "QuickConnectId": "x"]),
                "ResourceNotFoundException"
            ),
            (
                .createTemplatedTask(["TaskTemplateId": .string(Self.refund), "References": ["A": ["Value": "x"]]]),
                "ValidationException"
            ),
            (.updateContact([:]), "ValidationException"),
            (.updateContact(["ContactId": "nobody"]), "ContactNotFoundException"),
        ]
        for (call, code) in table { #expect(bench.refusal(call)?.code == code, "\(call)") }
        #expect(bench.instance.contacts.isEmpty && bench.instance.waiting.isEmpty)
    }

    @Test("task-template paths map to calls")
    func pathsMapToCalls() throws {
        let proxy = "/connect/task-templates/api/ccp/proxy/instance/i/task/template"
        let table: [(HTTPRequest.Method, String, SideCall?)] = [
            (.get, proxy, .listTaskTemplates(instanceId: "i", query: ["snapshotVersion": "2"])),
            (.get, "\(proxy)/t", .getTaskTemplate(instanceId: "i", id: "t", version: "2")),
            (.put, "/task-templates/api/ccp/createTemplatedTask", .createTemplatedTask(["a": 1])),
            (.post, "/task-templates/api/ccp/updateContact", .updateContact(["a": 1])),
            (.post, "/task-templates/api/ccp/createTemplatedTask", nil), (.put, proxy, nil),
            (.get, "/task-templates/api/ccp/proxy/instance/i/task", nil), (.get, "\(proxy)/t/more", nil),
        ]
        for (method, path, expected) in table {
            let call = try? TaskTemplatePath(path).call(method, query: ["snapshotVersion": "2"], body: ["a": 1])
            #expect(call == expected, "\(method) \(path)")
        }
    }
}
