// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Requests on the wire")
struct RequestWireTests {
    private static let token = #""authentication":{"authToken":"t1"}"#

    /// A method, its parameters and the body of the request. `+` stands for the token's member.
    struct Row: Sendable {
        let method: String
        let params: String
        let body: String

        init(_ method: String, _ params: String, _ body: String) {
            self.method = method
            self.params = params
            self.body = body.replacing("+", with: RequestWireTests.token)
        }
    }

    private static let plain = [
        Row("acceptContact", #"{"contactId":"c"}"#, #"{"contactId":"c",+}"#),
        Row("getAgentStates", "null", "{+}"), Row("getAgentStates", "{}", "{+}"),
        Row("completeContact", #"{"contactId":"c"}"#, #"{"contactId":"c"}"#),
        Row("clearContact", #"{"contactId":"c"}"#, #"{"contactId":"c"}"#),
        Row("rejectContact", #"{"contactId":"c"}"#, #"{"contactId":"c"}"#),
        Row("pauseContact", #"{"contactId":"c"}"#, #"{"contactId":"c"}"#),
        Row("resumeContact", #"{"contactId":"c"}"#, #"{"contactId":"c"}"#),
        // Null members are left out; members that are not in the model are passed on.
        Row("notifyContactIssue", #"{"issueCode":null,"contactId":"c","x":null}"#, #"{"contactId":"c",+}"#),
        Row(
            "acceptContact", #"{"contactId":"c","future":{"a":[1.0e2]}}"#,
            #"{"contactId":"c","future":{"a":[1.0e2]},+}"#),
        Row("getAgentStates", #"{"maxResults":"5"}"#, #"{"maxResults":5,+}"#),
        Row("getEndpoints", #"{"queueARNs":["a","b"],"nextToken":null}"#, #"{"queueARNs":["a","b"],+}"#),
        Row("acceptContact", #"{"authentication":{"authToken":"mine"},"contactId":"c"}"#, #"{+,"contactId":"c"}"#),
    ]

    private static let timestamps = [
        Row(
            "putAgentState", #"{"state":{"type":"t","name":"n","startTimestamp":"2025-01-01T12:01:00.123Z"}}"#,
            #"{"state":{"type":"t","name":"n","startTimestamp":1735732860.123},+}"#),
        Row(
            "putAgentState", #"{"state":{"type":"t","name":"n","startTimestamp":"2025-01-01T13:01:00+01:00"}}"#,
            #"{"state":{"type":"t","name":"n","startTimestamp":1735732860},+}"#),
        Row(
            "putAgentState",
            #"{"state":{"type":"t","name":"n","startTimestamp":1735732860.5},"enqueueNextState":true}"#,
            #"{"state":{"type":"t","name":"n","startTimestamp":1735732860.5},"enqueueNextState":true,+}"#),
        Row(
            "sendClientLogs", #"{"logEvents":[{"timestamp":"2025-01-01","component":"c","message":"m"},{}]}"#,
            #"{"logEvents":[{"timestamp":1735689600,"component":"c","message":"m"},{}],+}"#),
    ]

    private static let related = [
        Row(
            "createTaskContact",
            #"{"endpoint":{"type":"queue"},"name":"n","previousContactId":"p","relatedContactId":"r"}"#,
            #"{"endpoint":{"type":"queue"},"name":"n","relatedContactId":"r"}"#),
        Row(
            "createTaskContact", #"{"endpoint":{"type":"queue"},"name":"n","previousContactId":"p"}"#,
            #"{"endpoint":{"type":"queue"},"name":"n","previousContactId":"p"}"#),
        Row(
            "createTaskContact",
            #"{"endpoint":{"type":"queue"},"name":"n","previousContactId":"p","relatedContactId":""}"#,
            #"{"endpoint":{"type":"queue"},"name":"n","previousContactId":"p","relatedContactId":""}"#),
        Row(
            "createTaskContact",
            #"{"endpoint":{"type":"queue"},"name":"n","references":{"a":{"type":"URL","value":null},"b":null}}"#,
            #"{"endpoint":{"type":"queue"},"name":"n","references":{"a":{"type":"URL"}}}"#),
    ]

    private static let translated = [
        Row(
            "updateAgentConfiguration",
            #"{"configuration":{"agentStates":[1],"username":"u","extension":"+1","softphoneAutoAccept":true,"#
                + #""softphoneEnabled":false,"name":"n","voiceEnhancementMode":"NONE","#
                + #""agentPreferences":{"a":null,"b":"x"},"#
                + #""routingProfile":{"queues":[1],"name":"rp","routingProfileARN":"arn","routingProfileId":"arn","#
                + #""defaultOutboundQueue":{"name":"q","queueARN":"arn:q","queueId":"arn:q"}}}}"#,
            #"{"configuration":{"name":"n","softphoneEnabled":false,"softphoneAutoAccept":true,"extension":"~1","#
                + #""routingProfile":{"name":"rp","routingProfileARN":"arn","#
                + #""defaultOutboundQueue":{"queueARN":"arn:q","name":"q"}},"#
                + #""agentPreferences":{"b":"x"},"voiceEnhancementMode":"NONE"},+}"#),
        Row(
            "sendSoftphoneCallMetrics",
            #"{"contactId":"c","softphoneStreamStatistics":[{"packetsCount":5,"packetsLost":0,"timestamp":1}]}"#,
            #"{"contactId":"c","softphoneStreamStatistics":[{"packetCount":5,"packetsLost":0,"timestamp":1}],+}"#),
        Row(
            "sendSoftphoneCallReport",
            #"{"contactId":"c","report":{"handshakingTimeMillis":1,"preTalkingTimeMillis":2,"#
                + #""handshakingFailure":false,"#
                + #""talkingTimeMillis":3,"gumTimeMillis":4,"softphoneStreamStatistics":[{"packetsCount":5}]}}"#,
            #"{"contactId":"c","report":{"handshakeTimeMillis":1,"preTalkTimeMillis":2,"handshakeFailure":false,"#
                + #""talkTimeMillis":3,"gumTimeMillis":4,"softphoneStreamStatistics":[{"packetCount":5}]},+}"#),
    ]

    /// Methods of Streams that have no shapes in the service's model, or only those that Streams' own calls show.
    private static let unmodelled = [
        Row("destroyContact", #"{"contactId":"c","x":null}"#, #"{"contactId":"c",+}"#),
        Row("updateContactAttributes", #"{"a":{"b":1}}"#, #"{"a":{"b":1},+}"#),
        Row(
            "transferContact", #"{"contactId":"c","endpoint":{"type":"queue","endpointARN":"arn:q","x":1},"y":2}"#,
            #"{"contactId":"c","endpoint":{"type":"queue","endpointARN":"arn:q","x":1},"y":2}"#),
        Row("addNewConnection", #"{"contactId":"c"}"#, #"{"contactId":"c"}"#),
    ]

    @Test("the body matches byte for byte", arguments: plain + timestamps + related + translated + unmodelled)
    func bodies(row: Row) throws {
        let harness = try SessionHarness.configured()
        let before = harness.calls.count
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: row.method, params: try JSON(parsing: row.params)))
        try #require(harness.calls.count == before + 1)
        let name = try #require(CTIOperation(rawValue: row.method)).wireName
        let body = row.body.replacing("~", with: "+")
        #expect(harness.calls.last?.call == Fixture.call(name, body))
    }

    @Test("all operations except nine have the token in the body")
    func authenticated() {
        let bearerOnly: Set<String> = [
            "completeContact", "clearContact", "rejectContact", "createTaskContact", "updateMonitorParticipantState",
            "pauseContact", "resumeContact", "addNewConnection", "transferContact",
        ]
        for operation in CTIOperation.allCases {
            let isInBody = operation.model.token == .inBody
            #expect(isInBody == !bearerOnly.contains(operation.rawValue), "\(operation)")
        }
    }

    @Test("every operation has a row")
    func complete() { #expect(Set(ServiceModel.operations.keys) == Set(CTIOperation.allCases)) }

    @Test("the columns other than the shapes")
    func columns() {
        func operations(where matches: (ServiceModel.Operation) -> Bool) -> [CTIOperation] {
            CTIOperation.allCases.filter { matches($0.model) }
        }
        #expect(
            operations { $0.polling != .none } == [
                .getAgentConfiguration, .getAgentPermissions, .getAgentSnapshot, .getAgentStates,
                .getDialableCountryCodes, .getRoutingProfileQueues,
            ])
        #expect(operations { $0.polling == .long } == [.getAgentSnapshot])
        #expect(operations { $0.metering == .withRelation } == [.createOutboundContact, .createTaskContact])
        #expect(operations { $0.then == .accepts } == [.acceptContact])
        #expect(operations { $0.then == .reconfigures } == [.updateAgentConfiguration])
        #expect(
            operations { $0.mapping != .same }
                == [.sendSoftphoneCallMetrics, .sendSoftphoneCallReport, .updateAgentConfiguration])
    }
}
