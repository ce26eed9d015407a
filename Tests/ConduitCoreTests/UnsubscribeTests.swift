// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Unsubscribing")
struct UnsubscribeTests {
    private static let agent =
        #"{"snapshot":{"contacts":[],"state":{"name":"Available","type":"routable"}},"#
        + #""configuration":{"name":"Robin","username":"robin"}}"#

    @Test("unsubscribe → the Streams dialect again, with the newest agent")
    func unsubscribe() {
        let harness = ConduitHarness()
        harness.updateAgent()
        let one = harness.port(1)
        harness.subscribe(one, "mute")
        _ = harness.read(one)
        harness.ask(one, "unsubscribe")
        harness.handle(.publish("unmute", RawJSON(1)))
        #expect(
            harness.read(one) == [
                answerLine(#"{"clock":"e1:6"}"#), #"{"event":"agent::update","data":\#(Self.agent)}"#,
                #"{"event":"unmute","data":1}"#,
            ])
        harness.updateAgent()
        #expect(harness.briefly(one) == ["agent::update"])
    }

    @Test("unsubscribe without a subscription: no line is skipped, the agent is not sent again")
    func unsubscribeNothing() {
        let harness = ConduitHarness()
        harness.updateAgent()
        let one = harness.port(1)
        harness.handle(.publish("a", nil))
        harness.ask(one, "unsubscribe")
        harness.handle(.publish("b", nil))
        #expect(harness.briefly(one) == ["a", "partyline::response", "b"])
        let two = harness.open(2)
        harness.ask(two, "unsubscribe")
        #expect(harness.briefly(two).filter { $0 == "agent::update" }.count == 1)
    }

    @Test("unsubscribe's clock does not skip unread events when it is resumed from")
    func unsubscribeClock() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "*")
        harness.handle(.publish("a", nil))
        _ = harness.read(one)
        harness.handle(.publish("b", nil))
        harness.ask(one, "unsubscribe")
        var seen: [String] = []
        var clock = ""
        for line in harness.read(one) {
            let json = try JSON(parsing: line)
            clock = (json["data"]?["data"]?["clock"] ?? json["clock"])?.string ?? clock
            if json["event"] == "b" { seen.append("b") }
        }
        harness.subscribe(one, "*", since: clock)
        seen += harness.briefly(one).compactMap { $0.hasPrefix("b ") ? "b" : nil }
        #expect(seen == ["b"])
    }

    @Test("lines dropped right after unsubscribe → partyline::lagged")
    func unsubscribeLoss() {
        let harness = ConduitHarness { $0.logLines = 8 }
        let one = harness.port(1)
        harness.subscribe(one, "*")
        _ = harness.read(one)
        harness.ask(one, "unsubscribe")
        for number in 1...2 { harness.handle(.publish(EventName.apiMetric, RawJSON(.int(number)))) }
        #expect(harness.briefly(one) == ["partyline::response", "partyline::lagged", "api_metric"])
    }
}
