import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Unsubscribing")
struct UnsubscribeTests {
    private static let agent =
        #"{"snapshot":{"contacts":[],"state":{"name":"Available","type":"routable"}},"#
        + #""configuration":{"name":"Robin","username":"robin"}}"#

    @Test("unsubscribe leads back to the Streams dialect, with the newest agent")
    func unsubscribe() {
        let harness = ConduitHarness()
        harness.sees()
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
        harness.sees()
        #expect(harness.briefly(one) == ["agent::update"])
    }

    @Test("for a port that never subscribed unsubscribe changes nothing: it misses no line, and gets no agent again")
    func unsubscribeNothing() {
        let harness = ConduitHarness()
        harness.sees()
        let one = harness.port(1)
        harness.handle(.publish("a", nil))
        harness.ask(one, "unsubscribe")
        harness.handle(.publish("b", nil))
        #expect(harness.briefly(one) == ["a", "partyline::response", "b"])
        let two = harness.open(2)
        harness.ask(two, "unsubscribe")
        #expect(harness.briefly(two).filter { $0 == "agent::update" }.count == 1)
    }

    @Test("unsubscribe's clock is not ahead of what the port was sent: nothing is lost by going on from it")
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

    @Test("a loss after unsubscribe is told from the first line on")
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
