import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("What clients say")
struct MessageTests {
    @Test(
        "synchronize is answered to the one who asked, whatever its data",
        arguments: ["", #","data":null"#, #","data":[1]"#])
    func synchronize(data: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.say(two, #"{"event":"synchronize"\#(data)}"#)
        #expect(harness.read(two) == [#"{"event":"acknowledge"}"#])
        #expect(harness.read(one) == [])
    }

    @Test(
        "a broadcast goes to everybody, the sender too, as it was written",
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
        harness.say(two, #"{"event":"broadcast","data":\#(data)}"#)
        #expect(harness.read(one) == [line])
        #expect(harness.read(two) == [line])
    }

    @Test(
        "a broadcast without an event is dropped",
        arguments: [
            "", #","data":null"#, #","data":{}"#, #","data":{"event":null}"#, #","data":{"event":7,"data":1}"#,
            #","data":{"event":""}"#, #","data":"x""#, #","data":[{"event":"x"}]"#,
        ])
    func emptyBroadcast(data: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        #expect(harness.say(one, #"{"event":"broadcast"\#(data)}"#) == [])
    }

    @Test(
        "what only the daemon says cannot be broadcast",
        arguments: ["acknowledge", "api_response", "master_response", "agent::update", "partyline::bye"])
    func reserved(name: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.say(two, #"{"event":"broadcast","data":{"event":"\#(name)","data":1}}"#)
        #expect(harness.read(one) == [])
        let message = "\(name) cannot be broadcast: only the daemon says it"
        #expect(harness.read(two) == [errorLine("not_permitted", message)])
    }

    @Test(
        "events that nobody knows are ignored and counted",
        arguments: ["x", "acknowledge", "agent::update", "Synchronize", "partyline::nothing", "api_response"])
    func unknown(name: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        #expect(harness.say(one, #"{"event":"\#(name)","data":{}}"#) == [])
        #expect(harness.conduit.counters.unknownEvents == 1)
        #expect(harness.conduit.counters.badLines == 0)
    }

    @Test("what is the session's business is handed on")
    func handedOn() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        harness.say(one, #"{"event":"configure","data":{"authToken":"t"}}"#)
        harness.say(one, #"{"event":"configure"}"#)
        harness.say(one, #"{"event":"reload_agent_configuration"}"#)
        harness.say(one, #"{"event":"webSocket::send","data":{"topic":"a","content":1}}"#)
        harness.say(one, #"{"event":"webSocket::send"}"#)
        harness.say(one, #"{"event":"webSocket::subscribe","data":["a",1,"b"]}"#)
        harness.say(one, #"{"event":"webSocket::subscribe","data":"a"}"#)
        #expect(
            harness.asked == [
                .configure(["authToken": "t"]), .configure(.null), .reloadConfiguration,
                .sendFrame(["topic": "a", "content": 1]), .subscribe(["a", "b"]), .subscribe([]),
            ])
        #expect(harness.read(one) == [])
    }

    @Test("where the daemon authorizes by itself a configure is ignored and counted")
    func configureIgnored() {
        let harness = ConduitHarness { $0.acceptsConfigure = false }
        let one = harness.port(1)
        #expect(harness.say(one, #"{"event":"configure","data":{"authToken":"t"}}"#) == [])
        #expect(harness.conduit.counters.ignoredConfigures == 1)
        #expect(harness.read(one) == [])
    }

    @Test("what the session publishes goes to every port, with data or without")
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
