// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Websocket: topics and frames")
struct WebSocketTopicsTests {
    private let one = WebSocketID(number: 1)

    private func asked(_ topics: [String]) -> [SessionAction] {
        let list = topics.map { "\"\($0)\"" }.joined(separator: ",")
        let frame = #"{"topic":"aws/subscribe","content":{"topics":[\#(list)]}}"#
        return [.sendText(one, Array(frame.utf8)), .schedule(.webSocket(.subscription(one)), after: 1_000)]
    }

    @Test("only topics that are not held yet are requested")
    func subscribe() throws {
        let harness = try SessionHarness.connected()
        #expect(harness.handle(.subscribe(["aws/chat"])) == asked(["aws/chat"]))
        #expect(harness.handle(.subscribe(["aws/chat", ""])) == [])
        let granted = #"{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}"#
        #expect(
            harness.receive(1, granted) == [
                .publish("webSocket::subscription_update", RawJSON(try JSON(parsing: granted))),
                .unschedule(.webSocket(.subscription(one))),
            ])
        #expect(harness.handle(.subscribe(["aws/chat"])) == [])
        #expect(harness.handle(.subscribe(["aws/chat", "aws/task", "aws/x"])) == asked(["aws/task", "aws/x"]))
        #expect(harness.grant(1, ["aws/x"]).count == 1)
        try harness.advance(to: .webSocket(.subscription(one)))
        #expect(harness.recorded.suffix(2) == asked(["aws/task"])[...])
    }

    @Test("topics requested before the websocket is open are subscribed when it opens")
    func early() throws {
        let harness = SessionHarness()
        #expect(harness.handle(.subscribe(["aws/chat"])) == [])
        harness.handle(.configure(Fixture.configure()))
        try harness.answer("CreateTransport", Fixture.transport())
        #expect(harness.handle(.subscribe(["aws/task"])) == [])
        #expect(harness.handle(.webSocket(one, .opened)).suffix(2) == asked(["aws/chat", "aws/task"])[...])
    }

    @Test("refused → retried after 500 ms; the fifth refusal in a row is reported once")
    func refused() throws {
        let harness = try SessionHarness.connected()
        harness.handle(.subscribe(["aws/chat"]))
        let refusal = SessionHarness.frame("failure", ["aws/chat"])
        for _ in 1...4 {
            #expect(
                harness.receive(1, refusal.text) == [.schedule(.webSocket(.subscription(one)), after: 500)])
            #expect(try harness.advance(to: .webSocket(.subscription(one))) == asked(["aws/chat"]))
        }
        #expect(
            harness.receive(1, refusal.text) == [
                .publish("webSocket::subscription_failure", RawJSON(refusal)),
                .schedule(.webSocket(.subscription(one)), after: 4_000),
            ])
        for wait in [8_000, 16_000, 30_000, 30_000] as [Int64] {
            try harness.advance(to: .webSocket(.subscription(one)))
            #expect(
                harness.receive(1, refusal.text) == [.schedule(.webSocket(.subscription(one)), after: wait)])
        }
        try harness.advance(to: .webSocket(.subscription(one)))
        #expect(harness.grant(1, ["aws/chat"]).count == 2)
        harness.handle(.subscribe(["aws/task"]))
        #expect(harness.receive(1, refusal.text) == [.schedule(.webSocket(.subscription(one)), after: 500)])
    }

    @Test("no reply → four requests a second apart, then reported once and retried with back-off")
    func silence() throws {
        let harness = try SessionHarness.connected()
        harness.handle(.subscribe(["aws/chat"]))
        let timer = SessionTimer.webSocket(.subscription(one))
        for _ in 1...3 { #expect(try harness.advance(to: timer) == asked(["aws/chat"])) }
        let failure = SessionHarness.frame("failure", ["aws/chat"])
        #expect(
            try harness.advance(to: timer) == [
                .publish("webSocket::subscription_failure", RawJSON(failure)), .schedule(timer, after: 4_000),
            ])
        for wait in [8_000, 16_000, 30_000, 30_000] as [Int64] {
            #expect(try harness.advance(to: timer) == asked(["aws/chat"]))
            #expect(try harness.advance(to: timer) == [.schedule(timer, after: wait)])
        }
        harness.grant(1, ["aws/chat"])
        #expect(harness.wait(for: timer) == nil)
        #expect(harness.handle(.timer(timer)) == [])
    }

    @Test(
        "a reply that is neither success nor failure → ignored",
        arguments: [#"{"topic":"aws/subscribe"}"#, #"{"topic":"aws/subscribe","content":{"status":"maybe"}}"#])
    func neither(frame: String) throws {
        let harness = try SessionHarness.connected()
        harness.handle(.subscribe(["aws/chat"]))
        #expect(harness.receive(1, frame) == [])
        #expect(harness.wait(for: .webSocket(.subscription(one))) == 1_000)
    }

    @Test("frames with a topic go to every port", arguments: ["aws/chat", "aws/never-subscribed", "aws/unsubscribe"])
    func messages(topic: String) throws {
        let harness = try SessionHarness.connected(topics: ["aws/chat"])
        let frame = #"{"topic":"\#(topic)","content":"{\"Id\":1}","more":[1.0e2,null]}"#
        let data = RawJSON(try JSON(parsing: frame))
        #expect(String(decoding: data.bytes, as: UTF8.self) == frame)
        #expect(harness.receive(1, frame) == [.publish("webSocket::all_message", data)])
    }

    @Test(
        "frames without a topic, or that are not JSON objects → dropped",
        arguments: ["{}", #"{"topic":""}"#, #"{"topic":7}"#, "[]", "hello", "", #"{"content":1}"#, #"{"message":7}"#])
    func dropped(frame: String) throws {
        let harness = try SessionHarness.connected()
        #expect(harness.receive(1, frame) == [])
    }

    @Test("a frame with only a message → a warning with at most 200 characters")
    func warning() throws {
        let harness = try SessionHarness.connected()
        let long = String(repeating: "x", count: 300)
        let cut = String(repeating: "x", count: 200)
        #expect(
            harness.receive(1, #"{"message":"\#(long)"}"#) == [
                .log(.warning, "the service sent a message on the websocket", ["message": cut])
            ])
    }

    @Test("a client's frame is sent, unless its topic is reserved or missing")
    func send() throws {
        let harness = try SessionHarness.connected()
        let frame: JSON = ["topic": "aws/x", "content": ["a": 1]]
        #expect(
            harness.handle(.sendFrame(frame)) == [
                .sendText(one, Array(#"{"topic":"aws/x","content":{"a":1}}"#.utf8))
            ])
        for topic in ["aws/subscribe", "aws/unsubscribe", "aws/heartbeat", ""] {
            #expect(harness.handle(.sendFrame(["topic": .string(topic)])) == [])
        }
        #expect(harness.handle(.sendFrame(["content": 1])) == [])
        #expect(harness.handle(.sendFrame("text")) == [])
    }

    @Test("no websocket → a client's frame is dropped with a warning")
    func sendWithout() throws {
        let harness = try SessionHarness.running()
        #expect(
            harness.handle(.sendFrame(["topic": "aws/x"])) == [
                .log(.warning, "a client's websocket frame was dropped: no websocket is open")
            ])
    }
}
