// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import SessionCore

@Suite("The description of the service's operations")
struct ServiceDescriptionTests {
    @Test(
        "known values of a parameter are examples: another value is no error",
        arguments: [
            ("updateMonitorParticipantState", "targetMonitorMode", "BARGE"),
            ("createTransport", "transportType", "web_rtc"),
        ])
    func values(operation: String, parameter: String, value: String) {
        let schema = Self.schema(operation, parameter)
        #expect(schema?["type"]?.string == "string" && schema?["enum"] == nil)
        #expect(schema?["examples"]?.array?.contains(.string(value)) == true)
    }

    @Test(
        "and so are the types of endpoints and agent states",
        arguments: [("createOutboundContact", "endpoint", "phone_number"), ("putAgentState", "state", "not_routable")])
    func types(operation: String, parameter: String, type: String) {
        let schema = Self.schema(operation, parameter)
        #expect(schema?["properties"]?["type"]?["examples"]?.array?.contains(.string(type)) == true)
        #expect(schema?["required"]?.array?.contains("type") == true)
    }

    private static func schema(_ operation: String, _ parameter: String) -> JSON? {
        let entry = ServiceDescription.operations.array?.first { $0["name"]?.string == operation }
        return entry?["parameters"]?.array?.first { $0["name"]?.string == parameter }?["schema"]
    }
}
