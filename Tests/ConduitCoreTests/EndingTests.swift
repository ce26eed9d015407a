// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Endings of lines")
struct EndingTests {
    private let time = #""time":"2025-01-01T12:00:00.250Z""#

    /// A subscriber to everything and a port of the Streams dialect. Both have read their first lines.
    private func harness() -> (ConduitHarness, PortID, PortID) {
        let harness = ConduitHarness()
        let subscriber = harness.port(1)
        let streams = harness.port(2)
        harness.subscribe(subscriber, "*")
        _ = harness.read(subscriber)
        harness.advance(250)
        return (harness, subscriber, streams)
    }

    @Test("subscribers get clock and time, Streams ports the plain line")
    func daemon() {
        let (harness, subscriber, streams) = harness()
        harness.handle(.publish("auth_fail", RawJSON(["authorize": true])))
        harness.handle(.publish("terminated", nil))
        harness.advance(10)
        #expect(
            harness.read(subscriber) == [
                #"{"event":"auth_fail","data":{"authorize":true},"clock":"e1:3",\#(time)}"#,
                #"{"event":"terminated","clock":"e1:4",\#(time)}"#,
            ])
        #expect(
            harness.read(streams) == [#"{"event":"auth_fail","data":{"authorize":true}}"#, #"{"event":"terminated"}"#])
    }

    @Test("subscribers get the sender of a broadcast")
    func broadcast() {
        let (harness, subscriber, streams) = harness()
        harness.broadcast(streams, "mute", ["mute": true])
        let body = #"{"event":"mute","data":{"mute":true}"#
        #expect(harness.read(subscriber) == [body + #","clock":"e1:3",\#(time),"from":"1735732800000-n2"}"#])
        #expect(harness.read(streams) == [body + "}"])
    }

    @Test("superseded lines have the clock of the event before them")
    func superseded() {
        let (harness, subscriber, _) = harness()
        harness.handle(.publish(EventName.apiMetric, RawJSON(1)))
        harness.handle(.publish(EventName.log, RawJSON(2)))
        harness.handle(.publish("a", nil))
        harness.handle(.publish(EventName.apiMetric, nil))
        #expect(harness.briefly(subscriber) == ["api_metric e1:2", "log e1:2", "a e1:5", "api_metric e1:5"])
    }

    @Test("an agent → agent::update, then its derived events; Streams ports get only agent::update")
    func agent() {
        let (harness, subscriber, streams) = harness()
        harness.updateAgent()
        #expect(
            harness.read(subscriber).dropFirst(2).first
                == #"{"event":"agent::refresh","data":{"agent":{"name":"Robin","state":{"name":"Available","#
                + #""type":"routable"},"nextState":null}},"clock":"e1:5",\#(time)}"#)
        harness.updateAgent("a=connecting")
        #expect(
            harness.briefly(subscriber) == [
                "agent::update e1:7", "agent::refresh e1:9", "contact::init e1:10", "contact::connecting e1:11",
                "contact::refresh e1:12",
            ])
        #expect(harness.briefly(streams) == ["agent::update", "agent::update"])
    }

    @Test("a contact's event has the contact with its aliases; contact::destroyed has the last known one")
    func contact() {
        let (harness, subscriber, _) = harness()
        harness.updateAgent("a=connected")
        _ = harness.read(subscriber)
        harness.updateAgent()
        let data =
            #"{"contactId":"a","contact":{"number":0,"contactId":"a","state":{"type":"connected"},"#
            + #""status":{"type":"connected"}}}"#
        #expect(
            harness.read(subscriber).suffix(2) == [
                #"{"event":"contact::ended","data":\#(data),"clock":"e1:13",\#(time)}"#,
                #"{"event":"contact::destroyed","data":\#(data),"clock":"e1:14",\#(time)}"#,
            ])
    }

    @Test("replies have neither clock nor time")
    func replies() {
        let (harness, subscriber, streams) = harness()
        harness.send(subscriber, #"{"event":"synchronize"}"#)
        harness.send(subscriber, "x")
        harness.handle(.answered(.request(subscriber, requestId: RawJSON(7)), .success(.null)))
        harness.send(subscriber, #"{"event":"master_request","data":{"method":"checkMaster","params":{"topic":"t"}}}"#)
        let names = ["acknowledge", "partyline::error", "api_response", "master_response"]
        #expect(harness.briefly(subscriber) == names)
        harness.send(streams, #"{"event":"master_request","data":{"method":"becomeMaster","params":{"topic":"t"}}}"#)
        #expect(harness.briefly(subscriber) == ["master_response e1:3"])
        #expect(harness.briefly(streams) == ["master_response"])
    }

}
