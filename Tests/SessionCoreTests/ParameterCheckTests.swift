// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Invalid parameters")
struct ParameterCheckTests {
    struct Row: Sendable {
        let method: String
        let params: String
        let type: String
        let message: String

        init(missing message: String, _ method: String, _ params: String) {
            self.init("MissingRequiredParameter", method, params, "Missing required key " + message)
        }

        init(type message: String, _ method: String, _ params: String) {
            self.init("InvalidParameterType", method, params, "Expected " + message)
        }

        init(_ type: String, _ method: String, _ params: String, _ message: String) {
            self.method = method
            self.params = params
            self.type = type
            self.message = message
        }
    }

    private static let missing = [
        Row(missing: "'contactId' in params", "acceptContact", "{}"),
        Row(missing: "'contactId' in params", "acceptContact", "null"),
        Row(missing: "'contactId' in params", "acceptContact", #"{"contactId":null}"#),
        Row(missing: "'contactId' in params", "addNewConnection", #"{"endpoint":{"type":"agent"}}"#),
        Row(missing: "'type' in params.state", "putAgentState", #"{"state":{"name":"n"}}"#),
        Row(missing: "'type' in params.endpoint", "createOutboundContact", #"{"endpoint":{}}"#),
        Row(missing: "'configuration' in params", "updateAgentConfiguration", "{}"),
        Row(missing: "'configuration' in params", "updateAgentConfiguration", #"{"configuration":"x"}"#),
        Row(missing: "'configuration' in params", "updateAgentConfiguration", "null"),
    ]

    private static let types = [
        Row(type: "params.contactId to be a string", "acceptContact", #"{"contactId":5}"#),
        Row(type: "params.contactId to be a string", "acceptContact", #"{"contactId":{}}"#),
        Row(type: "params.endpoint to be a structure", "transferContact", #"{"contactId":"c","endpoint":"q"}"#),
        Row(type: "params.state to be a structure", "putAgentState", #"{"state":"Available"}"#),
        Row(
            type: "params.enqueueNextState to be a boolean", "putAgentState",
            #"{"state":{"type":"t","name":"n"},"enqueueNextState":"yes"}"#),
        Row(
            type: "params.state.startTimestamp to be a Date object, ISO-8601 string, or a UNIX timestamp",
            "putAgentState", #"{"state":{"type":"t","name":"n","startTimestamp":"yesterday"}}"#),
        Row(
            type: "params.state.startTimestamp to be a Date object, ISO-8601 string, or a UNIX timestamp",
            "putAgentState", #"{"state":{"type":"t","name":"n","startTimestamp":true}}"#),
        Row(type: "params.queueARNs to be an Array", "getEndpoints", #"{"queueARNs":"q"}"#),
        Row(type: "params.queueARNs[1] to be a string", "getEndpoints", #"{"queueARNs":["a",1]}"#),
        Row(type: "params.maxResults to be a number", "getAgentStates", #"{"maxResults":"many"}"#),
        Row(type: "params.maxResults to be a number", "getAgentStates", #"{"maxResults":true}"#),
        Row(
            type: "params.references to be a map", "createTaskContact",
            #"{"endpoint":{"type":"queue"},"name":"n","references":[]}"#),
        Row(
            type: "params.references['a'].value to be a string", "createTaskContact",
            #"{"endpoint":{"type":"queue"},"name":"n","references":{"a":{"type":"URL","value":1}}}"#),
        Row(type: "params to be a structure", "getAgentStates", #""text""#),
        Row(type: "params to be a structure", "destroyContact", "[]"),
        Row(
            type: "params.softphoneStreamStatistics to be an Array", "sendSoftphoneCallMetrics",
            #"{"contactId":"c","softphoneStreamStatistics":7}"#),
        Row(
            type: "params.softphoneStreamStatistics[0] to be a structure", "sendSoftphoneCallMetrics",
            #"{"contactId":"c","softphoneStreamStatistics":[7]}"#),
        Row(
            type: "params.report to be a structure", "sendSoftphoneCallReport", #"{"contactId":"c","report":7}"#),
    ]

    private static let several = [
        Row(
            "MultipleValidationErrors", "sendDigits", #"{"contactId":"c"}"#,
            "There were 2 validation errors:\n* MissingRequiredParameter: Missing required key 'connectionId' in params"
                + "\n* MissingRequiredParameter: Missing required key 'digits' in params"),
        Row(
            "MultipleValidationErrors", "sendDigits", #"{"contactId":1,"connectionId":"c"}"#,
            "There were 2 validation errors:\n* MissingRequiredParameter: Missing required key 'digits' in params"
                + "\n* InvalidParameterType: Expected params.contactId to be a string"),
    ]

    @Test(
        "invalid parameters → not sent; metric of duration 0 and the AWS client's error",
        arguments: missing + types + several)
    func faults(row: Row) throws {
        let harness = try SessionHarness.configured()
        let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON(1))
        let error = Fixture.error(row.type, row.message, nil)
        #expect(
            harness.handle(.call(ticket, method: row.method, params: try JSON(parsing: row.params))) == [
                try Fixture.metric(row.method, error: error),
                .answer(ticket, .failure(.parameters(Fixture.fault(row.type, row.message, nil)))),
            ])
    }
}
