// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Subscribing")
struct SubscribeTests {
    private static let agent =
        #"{"snapshot":{"contacts":[],"state":{"name":"Available","type":"routable"}},"#
        + #""configuration":{"name":"Robin","username":"robin"}}"#

    @Test("the reply has the clock and the snapshot; after it come only matching lines")
    func fresh() {
        let harness = ConduitHarness()
        harness.updateAgent()
        let one = harness.port(1)
        harness.handle(.publish("before", nil))
        harness.subscribe(one, "mute", "agent::*")
        harness.handle(.publish("mute", nil))
        harness.handle(.publish("unmute", nil))
        let answer = #"{"clock":"e1:7","fresh":true,"snapshot":\#(Self.agent)}"#
        let mute = #"{"event":"mute","clock":"e1:8","time":"2025-01-01T12:00:00.000Z"}"#
        #expect(harness.read(one) == [answerLine(answer), mute])
        harness.handle(.publish("agent::x", nil))
        #expect(harness.briefly(one) == ["agent::x e1:10"])
    }

    @Test("without an agent there is no snapshot; the next event has the reply's clock plus one")
    func noAgent() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "*")
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:1","fresh":true}"#)])
        harness.handle(.publish("a", nil))
        #expect(harness.briefly(one) == ["a e1:2"])
    }

    @Test("the first event is the first change that the snapshot does not have")
    func atomic() throws {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        let one = harness.port(1)
        harness.updateAgent("a=connected")
        harness.subscribe(one, "contact::*")
        harness.updateAgent("a=ended")
        let answer = try JSON(parsing: try #require(harness.read(one, budget: 1).first))
        let contacts = answer["data"]?["data"]?["snapshot"]?["snapshot"]?["contacts"]?.array
        #expect(contacts?.first?["state"]?["type"] == "connected")
        let names = harness.briefly(one).map { $0.prefix { $0 != " " } }
        #expect(names == ["contact::acw", "contact::ended", "contact::refresh"])
    }

    @Test("pending replies come first, then subscribe's reply, then events")
    func pendingReplies() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.send(one, #"{"event":"synchronize"}"#)
        harness.handle(.publish("a", nil))
        harness.handle(.answered(.request(one, requestId: RawJSON(7)), .success(.null)))
        harness.subscribe(one, "*")
        harness.handle(.publish("b", nil))
        harness.send(one, #"{"event":"synchronize"}"#)
        harness.handle(.publish("c", nil))
        let all = ["acknowledge", "api_response", "partyline::response", "b e1:3", "acknowledge", "c e1:4"]
        #expect(harness.briefly(one) == all)
    }

    @Test("a new port can subscribe before it has read its first lines")
    func newcomer() {
        let harness = ConduitHarness()
        harness.updateAgent()
        let one = harness.open(1)
        harness.subscribe(one, "mute")
        #expect(harness.briefly(one).filter { $0 != "agent::update" } == ["acknowledge", "partyline::response"])
    }

    @Test("a second subscribe replaces the patterns from then on")
    func twice() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "a")
        harness.handle(.publish("a", nil))
        harness.subscribe(one, "b")
        harness.handle(.publish("a", nil))
        harness.handle(.publish("b", nil))
        let answers = harness.briefly(one)
        #expect(answers == ["partyline::response", "partyline::response", "b e1:4"])
        #expect(harness.conduit.interests.count == 1)
    }

    @Test(
        "invalid params → invalid_params, and the port stays what it was",
        arguments: [
            ("{}", "params.events is missing: it has to be an array of 1 to 256"),
            (#"{"events":[]}"#, "params.events has to be an array of 1 to 256"),
            (#"{"events":"*"}"#, "params.events has to be an array of 1 to 256"),
            (#"{"events":["a",7]}"#, "params.events[1] has to be"),
            (#"{"events":["a::"]}"#, "params.events[0] has to be"),
            (#"{"events":["age*"]}"#, "params.events[0] has to be"),
            (#"{"events":["*"],"since":7}"#, "params.since has to be text of 1 to 256 characters"),
            (#"{"events":["*"],"since":""}"#, "params.since has to be text of 1 to 256 characters"),
            (#"{"events":["*"],"mode":"newest"}"#, "params.mode has to be one of all, latest"),
        ])
    func bad(params: String, message: String) throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "subscribe", try JSON(parsing: params))
        let line = try #require(harness.read(one).first)
        let error = try JSON(parsing: line)["data"]?["err"]
        #expect(error?["code"] == "invalid_params")
        #expect(error?["message"]?.string?.hasPrefix(message) == true, "\(line)")
        #expect(error?["hint"]?.string?.contains(#""method":"subscribe""#) == true)
        harness.handle(.publish("x", nil))
        #expect(harness.read(one) == [#"{"event":"x"}"#])
    }

    @Test("256 patterns are accepted, 257 are not")
    func many() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let patterns = (1...257).map { JSON.string("a::\($0)") }
        harness.ask(one, "subscribe", ["events": .array(Array(patterns.prefix(256)))])
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:1","fresh":true}"#)])
        harness.ask(one, "subscribe", ["events": .array(patterns)])
        #expect(try #require(harness.read(one).first).contains("invalid_params"))
        harness.handle(.publish("a::256", nil))
        #expect(harness.briefly(one) == ["a::256 e1:2"])
    }

    @Test("ports with equal subscriptions share one interest, which is freed with the last of them")
    func shared() {
        let harness = ConduitHarness()
        let ports = (1...3).map { harness.port($0) }
        for port in ports { harness.subscribe(port, "a", "b") }
        #expect(harness.conduit.interests.count == 1)
        harness.handle(.closed(ports[0]))
        harness.ask(ports[1], "unsubscribe")
        #expect(harness.conduit.interests.count == 2)
        harness.send(ports[2], #"{"event":"close"}"#)
        harness.handle(.closed(ports[2]))
        #expect(harness.conduit.interests.count == 1)
        harness.handle(.closed(ports[1]))
        #expect(harness.conduit.interests.isEmpty)
    }

    @Test("ports with the same interest and position get the same array of bytes")
    func sharedBatches() {
        let harness = ConduitHarness()
        let ports = (1...3).map { harness.port($0) }
        for port in ports {
            harness.subscribe(port, "a")
            _ = harness.read(port)
        }
        harness.handle(.publish("a", nil))
        harness.handle(.publish("b", nil))
        let batches = ports.compactMap { harness.conduit.next(for: $0, budget: 1_000) }
        #expect(batches.count == 3)
        let addresses = batches.map { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        #expect(Set(addresses).count == 1)
    }

    @Test("the cache has the newest 16 batches")
    func cacheBound() {
        var cache = BatchCache()
        func key(_ interest: UInt64) -> Batch.Key {
            Batch.Key(interest: interest, from: 1, end: 2, budget: 9, isLate: false, isReplay: false)
        }
        for number in 1...40 as ClosedRange<UInt64> { cache.add(Batch(end: number), for: key(number)) }
        #expect((1...40).filter { cache.find(key($0))?.end == $0 } == Array(25...40))
        cache.removeAll()
        #expect(cache.find(key(40)) == nil)
    }

    @Test("patterns of more than 16384 bytes in total or with too many parts → invalid_params")
    func tooMuch() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        _ = harness.read(one)
        func ask(_ events: [String]) -> String {
            let list = events.map { "\"\($0)\"" }.joined(separator: ",")
            let params = #"{"events":[\#(list)]}"#
            let data = #"{"requestId":1,"method":"subscribe","params":\#(params)}"#
            harness.send(one, #"{"event":"partyline::request","data":\#(data)}"#)
            return harness.read(one).joined()
        }
        let long = (100..<200).map { "contact::*::\($0)" + String(repeating: "i", count: 150) }
        #expect(ask(long).contains("16384 bytes in total"))
        #expect(ask(["a::b::c::d::e::f::g::h::i"]).contains("has to be an event pattern"))
        #expect(ask(Array(long[..<90])).contains(#""fresh":true"#))
        #expect(ask(["a::b::c::d::e::f::g::*"]).contains(#""fresh":true"#))
    }
}
