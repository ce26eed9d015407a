import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("Which events are meant, and what is said of the stream")
struct EventTests {
    @Test(
        "only names of the daemon's own can be wrong",
        arguments: [
            ("contact::conected", "contact::conected"), ("contact::*::1", nil), ("agent::acw", "agent::acw"),
            ("contact::ended::1", "contact::ended"), ("crm::pop", nil), ("*", nil), ("agent::*", nil),
        ])
    func derivedNames(pattern: String, name: String?) { #expect(EventFeed.derivedName(in: pattern) == name) }

    @Test("what --match takes")
    func matchArguments() {
        #expect(EventMatch(argument: "newState=Available") == EventMatch(path: "newState", value: "Available"))
        #expect(EventMatch(argument: "a.b=x=y") == EventMatch(path: "a.b", value: "x=y"))
        #expect(EventMatch(argument: "a=") == EventMatch(path: "a", value: ""))
        #expect(EventMatch(argument: "=x") == nil)
        #expect(EventMatch(argument: "x") == nil)
    }

    @Test(
        "a value matches as its text or as its JSON",
        arguments: [
            ("contact.type=voice", true), ("contact.type=\"voice\"", true), ("contact.n=3", true),
            ("contact.open=true", true), ("contact.none=null", true), ("contact.type=chat", false),
            ("contact.missing=null", false), ("list.1=b", true),
        ])
    func matches(text: String, expected: Bool) throws {
        let data: JSON = [
            "contact": ["type": "voice", "n": 3, "open": true, "none": .null], "list": ["a", "b"],
        ]
        let match = try #require(EventMatch(argument: text))
        #expect(match.holds(in: data) == expected)
        #expect(!match.holds(in: nil))
    }

    @Test("noise is hidden only where nobody asked for it, and all matches have to hold")
    func filter() throws {
        let refresh = try Lines.event("agent::refresh", ["agent": ["name": "Ada"]])
        #expect(EventFilter().passes(refresh))
        #expect(!EventFilter(hidesNoise: true).passes(refresh))
        #expect(EventFilter(hidesNoise: true).passes(try Lines.event("agent::acw", [:])))
        let both = ["agent.name=Ada", "agent.state=x"].compactMap(EventMatch.init(argument:))
        #expect(EventFilter(matches: [both[0]]).passes(refresh))
        #expect(!EventFilter(matches: both).passes(refresh))
    }

    @Test("the stream's own fate is told, each thing once")
    func words() {
        let clock: JSON = ["clock": "e:1", "fresh": true]
        var words = FeedWords(Subscription(["*"]))
        #expect(words.lines(.subscribed(Subscribed(json: clock))).isEmpty)
        #expect(
            words.lines(.gone(.closedByDaemon(.unsaid)))
                == ["partyline: partylined is gone (the daemon closed the connection); waiting for it"])
        #expect(
            words.lines(.subscribed(Subscribed(json: clock)))
                == ["partyline: partylined is back; what happened meanwhile may be lost"])
        let resumed = Subscribed(json: ["clock": "e:1", "fresh": false])
        #expect(words.lines(.subscribed(resumed)) == ["partyline: partylined is back"])

        var asked = FeedWords(Subscription(["*"], since: "d:7"))
        #expect(
            asked.lines(.subscribed(Subscribed(json: clock)))
                == ["partyline: the events after d:7 are not kept any more; beginning with how it is now"])
        var honoured = FeedWords(Subscription(["*"], since: "d:7"))
        #expect(honoured.lines(.subscribed(resumed)).isEmpty)
        // A light does not care for what was.
        var light = FeedWords(LightView.subscription)
        _ = light.lines(.subscribed(Subscribed(json: clock)))
        #expect(light.lines(.subscribed(Subscribed(json: clock))) == ["partyline: partylined is back"])
    }
}
