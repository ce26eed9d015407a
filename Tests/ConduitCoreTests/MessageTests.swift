// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Events of clients")
struct MessageTests {
    @Test(
        "synchronize, with any data → acknowledge to that port alone",
        arguments: ["", #","data":null"#, #","data":[1]"#])
    func synchronize(data: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(two, #"{"event":"synchronize"\#(data)}"#)
        #expect(harness.read(two) == [#"{"event":"acknowledge"}"#])
        #expect(harness.read(one) == [])
    }

    @Test(
        "a broadcast goes to every port including the sender, its data byte for byte",
        arguments: [
            (
                #"{"event":"x","data": {"a" : 1.0e+2, "é":"\u00e9"} }"#,
                #"{"event":"x","data":{"a" : 1.0e+2, "é":"\u00e9"}}"#
            ),
            (#"{"event":"x"}"#, #"{"event":"x"}"#), (#"{"event":"x","data":null}"#, #"{"event":"x","data":null}"#),
            (#"{"data":1,"more":2,"event":"\u0078\""}"#, #"{"event":"x\"","data":1}"#),
            (#"{"event":"agent::refresh","data":false}"#, #"{"event":"agent::refresh","data":false}"#),
        ])
    func broadcast(data: String, line: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(two, #"{"event":"broadcast","data":\#(data)}"#)
        #expect(harness.read(one) == [line])
        #expect(harness.read(two) == [line])
    }

    @Test(
        "a broadcast without an event name is dropped",
        arguments: [
            "", #","data":null"#, #","data":{}"#, #","data":{"event":null}"#, #","data":{"event":7,"data":1}"#,
            #","data":{"event":""}"#, #","data":"x""#, #","data":[{"event":"x"}]"#,
        ])
    func emptyBroadcast(data: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        #expect(harness.send(one, #"{"event":"broadcast"\#(data)}"#) == [])
    }

    @Test(
        "a broadcast of a reserved name → not_permitted",
        arguments: ["acknowledge", "api_response", "master_response", "agent::update", "partyline::bye"])
    func reserved(name: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(two, #"{"event":"broadcast","data":{"event":"\#(name)","data":1}}"#)
        #expect(harness.read(one) == [])
        let message = "\(name) cannot be broadcast: only the daemon sends it"
        #expect(harness.read(two) == [errorLine("not_permitted", message)])
    }

    @Test(
        "an unknown event is ignored and counted",
        arguments: ["x", "acknowledge", "agent::update", "Synchronize", "partyline::nothing", "api_response"])
    func unknown(name: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        #expect(harness.send(one, #"{"event":"\#(name)","data":{}}"#) == [])
        #expect(harness.conduit.counters.unknownEvents == 1)
        #expect(harness.conduit.counters.badLines == 0)
    }

    @Test("events for the session are passed on")
    func handedOn() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        harness.send(one, #"{"event":"configure","data":{"authToken":"t"}}"#)
        harness.send(one, #"{"event":"configure"}"#)
        harness.send(one, #"{"event":"reload_agent_configuration"}"#)
        harness.send(one, #"{"event":"webSocket::send","data":{"topic":"a","content":1}}"#)
        harness.send(one, #"{"event":"webSocket::subscribe","data":["a",1,"b"]}"#)
        #expect(
            harness.asked == [
                .configure(["authToken": "t"]), .configure(.null), .reloadConfiguration,
                .sendFrame(["topic": "a", "content": 1]), .subscribe(["a", "b"]),
            ])
        #expect(harness.read(one) == [])
    }

    @Test("configure is ignored and counted if the daemon authorizes itself")
    func configureIgnored() {
        let harness = ConduitHarness { $0.acceptsConfigure = false }
        let one = harness.port(1)
        #expect(harness.send(one, #"{"event":"configure","data":{"authToken":"t"}}"#) == [])
        #expect(harness.conduit.counters.ignoredConfigures == 1)
        #expect(harness.read(one) == [])
    }

    @Test("the session's events go to every port, with or without data")
    func publish() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.handle(.publish("auth_fail", nil))
        harness.handle(.publish("auth_fail", RawJSON(["authorize": true])))
        let lines = [#"{"event":"auth_fail"}"#, #"{"event":"auth_fail","data":{"authorize":true}}"#]
        #expect(harness.read(one) == lines)
        #expect(harness.read(two) == lines)
    }
}
