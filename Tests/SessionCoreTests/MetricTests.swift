// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("api_metric")
struct MetricTests {
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON(1))

    private func text(_ action: SessionAction?) -> String? {
        guard case .publish("api_metric", let data?)? = action else { return nil }
        return String(decoding: data.bytes, as: UTF8.self)
    }

    @Test("a success → the metric matches byte for byte")
    func success() throws {
        let harness = try SessionHarness.configured()
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        harness.advance(15)
        let expected =
            #"{"name":"acceptContact","time":15,"error5xx":0,"fault":0,"#
            + #""dimensions":[{"name":"Category","value":"API"}],"#
            + #""optionalDimensions":[{"name":"HttpStatusCode","value":200},"#
            + #"{"name":"HttpGenericStatusCode","value":"2XX"},{"name":"RetryStatus","value":"none"}]}"#
        #expect(text(try harness.answer("AcceptContact").first) == expected)
    }

    @Test("a 4xx metric has no fault, a 5xx metric has one")
    func faults() throws {
        let harness = try SessionHarness.configured()
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        let bad = text(try harness.answer("AcceptContact", #"{"__type":"X","message":"m"}"#, status: 404).first)
        let expected =
            #"{"name":"acceptContact","time":0,"#
            + #""error":{"type":"X","message":"m","stack":[],"retryStatus":"none","statusCode":404},"error5xx":0,"#
            + #""dimensions":[{"name":"Category","value":"API"}],"optionalDimensions":"#
            + #"[{"name":"HttpStatusCode","value":404},{"name":"HttpGenericStatusCode","value":"4XX"},"#
            + #"{"name":"RetryStatus","value":"none"}]}"#
        #expect(bad == expected)
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        let outcome = HTTPOutcome.response(status: 503, reason: "Busy", body: [])
        let worse = try JSON(parsing: try #require(text(try harness.endForGood("AcceptContact", outcome).first)))
        #expect(worse["error5xx"] == 1)
        #expect(worse["fault"] == 1)
        #expect(worse["optionalDimensions"]?.array?[1]["value"] == "5XX")
    }

    @Test("a contact related to another one → an additional metric first, without fault")
    func related() throws {
        for (method, name) in [
            ("createTaskContact", "CreateTaskContact"), ("createOutboundContact", "CreateOutboundContact"),
        ] {
            let harness = try SessionHarness.configured()
            let params: JSON = ["endpoint": ["type": "queue"], "name": "n", "relatedContactId": "r"]
            harness.handle(.call(ticket, method: method, params: params))
            harness.advance(3)
            let actions = try harness.answer(name, #"{"__type":"X","message":"m"}"#, status: 408)
            let error = #""error":{"type":"X","message":"m","stack":[],"retryStatus":"none","statusCode":408}"#
            let tail =
                #""error5xx":0,"dimensions":[{"name":"Category","value":"API"}],"optionalDimensions":"#
                + #"[{"name":"HttpStatusCode","value":408},{"name":"HttpGenericStatusCode","value":"4XX"},"#
                + #"{"name":"RetryStatus","value":"none"}]}"#
            #expect(text(actions[0]) == #"{"name":"\#(method)WithRelatedContactId","time":3,\#(error),\#(tail)"#)
            #expect(actions[1] == (try Fixture.metric(method, time: 3, status: 408, error: String(error.dropFirst(8)))))
            #expect(actions.count == 3)
        }
    }

    @Test("no related contact, or another method → one metric")
    func unrelated() throws {
        let harness = try SessionHarness.configured()
        let params: JSON = ["endpoint": ["type": "queue"], "name": "n", "relatedContactId": ""]
        harness.handle(.call(ticket, method: "createTaskContact", params: params))
        #expect(try harness.answer("CreateTaskContact").count == 2)
        harness.handle(.call(ticket, method: "rejectContact", params: ["contactId": "c", "relatedContactId": "r"]))
        #expect(try harness.answer("RejectContact").count == 2)
        harness.handle(
            .call(
                ticket, method: "createOutboundContact", params: ["endpoint": ["type": "q"], "relatedContactId": "r"]))
        let actions = try harness.answer("CreateOutboundContact")
        #expect(actions.count == 3)
        #expect(try JSON(parsing: try #require(text(actions.first)))["fault"] == nil)
    }

    @Test("createTransport is metered for a client, not for the daemon's own websocket")
    func transport() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("CreateTransport", Fixture.transport())
        #expect(harness.published.isEmpty)
        harness.handle(.call(ticket, method: "createTransport", params: ["transportType": "chat_token"]))
        #expect(try harness.answer("CreateTransport", #"{"chatTokenTransport":{"participantToken":"p"}}"#).count == 2)
        #expect(harness.published.map(\.event) == ["api_metric"])
    }
}
