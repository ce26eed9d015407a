// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Calls of the task-templates service")
struct TaskTemplateTests {
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))

    @Test(
        "each method is sent to its own path, with cookies and a CSRF header",
        arguments: [
            ("listTaskTemplates", #"{"instanceId":"i-1"}"#, "GET", "/proxy/instance/i-1/task/template", nil),
            (
                "listTaskTemplates", #"{"instanceId":"i-1","queryParams":{"status":"ACTIVE","maxResults":5,"x":null}}"#,
                "GET", "/proxy/instance/i-1/task/template?status=ACTIVE&maxResults=5", nil
            ),
            (
                "getTaskTemplate", #"{"instanceId":"i-1","templateParams":{"id":"../x y","version":2}}"#, "GET",
                "/proxy/instance/i-1/task/template/..%2Fx%20y?snapshotVersion=2", nil
            ),
            (
                "getTaskTemplate", #"{"instanceId":"i-1","templateParams":{"id":"ä"}}"#, "GET",
                "/proxy/instance/i-1/task/template/%C3%A4", nil
            ),
            ("createTemplatedTask", #"{"name":"n"}"#, "PUT", "/createTemplatedTask", #"{"name":"n"}"#),
            ("updateContact", #"{"contactId":"c"}"#, "POST", "/updateContact", #"{"contactId":"c"}"#),
        ] as [(String, String, String, String, String?)])
    func requests(method: String, params: String, verb: String, path: String, body: String?) throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: method, params: try JSON(parsing: params)))
        let call = try harness.pending(method)
        #expect(call.method.rawValue == verb)
        #expect(call.url == Fixture.taskTemplatesEndpoint + path)
        #expect(call.body.map { String(decoding: $0, as: UTF8.self) } == body)
        #expect(call.usesCookies)
        #expect(call.headers.contains { $0.name == "x-csrf-token" && $0.value.reveal() == "csrf" })
    }

    @Test("a failure → the service's own JSON with status added, no data")
    func failure() throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: "updateContact", params: [:]))
        let error = #"{"message":"no","status":404}"#
        #expect(
            try harness.answer("updateContact", #"{"message":"no"}"#, status: 404) == [
                try Fixture.metric("updateContact", error: error),
                .answer(
                    ticket, .failure(.plain(Fixture.fault("UnknownError", "no", 404), json: try JSON(parsing: error)))),
            ])
    }

    @Test("a task related to a contact → two metrics")
    func related() throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: "createTemplatedTask", params: ["relatedContactId": "c"]))
        harness.forget()
        try harness.answer("createTemplatedTask", #"{"contactId":"t"}"#)
        #expect(
            harness.published.map { $0.data?["name"]?.string }
                == ["createTemplatedTaskWithRelatedContactId", "createTemplatedTask"])
    }

    @Test("a related and a previous contact → only the related one is sent")
    func previous() throws {
        let harness = try SessionHarness.running()
        let params: JSON = ["relatedContactId": "a", "previousContactId": "b"]
        harness.handle(.call(ticket, method: "createTemplatedTask", params: params))
        let body = try #require(try harness.pending("createTemplatedTask").body)
        #expect(String(decoding: body, as: UTF8.self) == #"{"relatedContactId":"a"}"#)
    }

    @Test(
        "no task-templates endpoint, or another URL of the instance → derived from the host",
        arguments: [
            ("https://x.awsapps.com/connect/api", "https://x.awsapps.com/connect/task-templates/api/ccp"),
            ("https://x.my.connect.aws", "https://x.my.connect.aws/task-templates/api/ccp"), (nil, nil),
        ] as [(String?, String?)])
    func beside(endpoint: String?, base: String?) throws {
        let harness = SessionHarness()
        harness.handle(.start)
        var data = try #require(Fixture.configure().object)
        data["taskTemplatesEndpoint"] = endpoint.map { .string($0) }
        harness.handle(.configure(.object(data)))
        harness.handle(.call(ticket, method: "updateContact", params: [:]))
        let expected = base ?? "https://x.my.connect.aws/task-templates/api/ccp"
        #expect(try harness.pending("updateContact").url == expected + "/updateContact")
    }
}
