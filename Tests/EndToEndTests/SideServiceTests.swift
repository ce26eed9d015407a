// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Services other than the CTI service, against the simulator's.
    @Suite("Side services")
    struct SideServiceTests {
        @Test("Voice ID, task templates and quick responses are served")
        func services() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: ["PARTYLINE_SESSION_API_PROXY_BASE": stage.base])
            let port = try stage.readyClient()

            let agent = try port.connection.request("getAgent")["agent"].flatMap(AgentData.init(json:))
            let parts = agent?.configuration.routingProfile?.routingProfileARN?.split(separator: "/") ?? []
            let instance: JSON = .string(String(try #require(parts.dropFirst().first)))
            let associations = try port.connection.call(
                "AgentAppService.Acs.listIntegrationAssociations", ["InstanceId": instance, "MaxResults": 1])
            #expect(associations.object?.isEmpty == false)
            let unknown = #expect(throws: CallFailure.self) {
                try port.connection.call(
                    "AgentAppService.Lcms.getContact", ["contactId": "nobody", "awsAccountId": "1"])
            }
            #expect(unknown?.message.isEmpty == false)

            let templates = try port.connection.call(
                "listTaskTemplates", ["instanceId": instance])
            let first = try #require(templates["taskTemplates"]?.array?.first)
            let created = try port.connection.call(
                "createTemplatedTask",
                [
                    "name": "Call back", "taskTemplateId": try #require(first["id"]),
                    "references": ["Phone number": ["type": "STRING", "value": "+12065550123"]],
                ])
            #expect(created["contactId"]?.string?.isEmpty == false, "\(created.text)")

            try port.send(
                "broadcast",
                [
                    "event": "api_proxy_request",
                    "data": ["requestId": "q", "method": "qrSearchQuickResponses", "params": ["query": "hello"]],
                ])
            let answer = try port.wait(for: "api_proxy_response") { $0["requestId"] == "q" }
            #expect(answer.data?["err"] == .null && answer.data?["data"]?["results"]?.array != nil, "\(answer)")
        }
    }
}
