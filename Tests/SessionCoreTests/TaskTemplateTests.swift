import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Calls of the task-templates service")
struct TaskTemplateTests {
    private let ticket = RequestTicket(port: 1, requestId: RawJSON("r"))

    @Test(
        "each method has its path",
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

    @Test("a failure is the service's own JSON with the status, and no data")
    func failure() throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: "updateContact", params: [:]))
        let error = #"{"message":"no","status":404}"#
        #expect(
            try harness.answer("updateContact", #"{"message":"no"}"#, status: 404) == [
                try Fixture.metric("updateContact", error: error), .answer(ticket, ApiAnswer(data: nil, error: error)),
            ])
    }

    @Test("a task in relation to a contact is metered twice")
    func related() throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: "createTemplatedTask", params: ["relatedContactId": "c"]))
        harness.forget()
        try harness.answer("createTemplatedTask", #"{"contactId":"t"}"#)
        #expect(
            harness.published.map { $0.data?["name"]?.string }
                == ["createTemplatedTaskWithRelatedContactId", "createTemplatedTask"])
    }

    @Test("without the endpoint the method is unknown")
    func noEndpoint() throws {
        let harness = SessionHarness()
        harness.handle(.start)
        var data = try #require(Fixture.configure().object)
        data["taskTemplatesEndpoint"] = nil
        harness.handle(.configure(.object(data)))
        harness.handle(.call(ticket, method: "listTaskTemplates", params: [:]))
        let message: JSON = ["message": "No such method exists on AWS client: listTaskTemplates"]
        #expect(harness.recorded.last == .answer(ticket, ApiAnswer(data: message, error: "{}")))
    }
}
