// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("Event options, and notices about the stream")
struct EventTests {
    @Test(
        "only names of derived events are checked",
        arguments: [
            ("contact::conected", "contact::conected"), ("contact::*::1", nil), ("agent::acw", "agent::acw"),
            ("contact::ended::1", "contact::ended"), ("crm::pop", nil), ("*", nil), ("agent::*", nil),
            ("agent::mute_toggle", nil), ("contact::screen_sharing_started", nil),
        ])
    func derivedNames(pattern: String, name: String?) { #expect(EventFeed.derivedName(in: pattern) == name) }

    @Test("arguments of --match")
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

    @Test("frequent events are hidden only without patterns, and all matches must hold")
    func filter() throws {
        let refresh = try Lines.event("agent::refresh", ["agent": ["name": "Ada"]])
        #expect(EventFilter().passes(refresh))
        #expect(!EventFilter(hidesNoise: true).passes(refresh))
        #expect(EventFilter(hidesNoise: true).passes(try Lines.event("agent::acw", [:])))
        let both = ["agent.name=Ada", "agent.state=x"].compactMap(EventMatch.init(argument:))
        #expect(EventFilter(matches: [both[0]]).passes(refresh))
        #expect(!EventFilter(matches: both).passes(refresh))
    }

    @Test("what is there already is hidden unless it was asked for; --except hides by pattern")
    func hidden() throws {
        let there = try Lines.existing("connected", "1")
        #expect(!EventFilter().passes(there) && EventFilter(showsExisting: true).passes(there))
        let except = [try EventPattern("contact::*::1"), try EventPattern("crm::*")]
        let cases: [(StreamEvent, Bool)] = try [
            (Lines.contact("connected", "1"), false), (Lines.contact("connected", "2"), true),
            (Lines.event("crm::pop", [:], from: "p"), false), (Lines.event("crm", [:], from: "p"), true),
        ]
        for (event, isShown) in cases { #expect(EventFilter(except: except).passes(event) == isShown, "\(event.name)") }
        #expect(EventFilter(except: [try EventPattern("*")], showsExisting: true).passes(there) == false)
    }

    @Test("gone, back, lost events → one notice each")
    func notices() {
        let clock: JSON = ["clock": "e:1", "fresh": true]
        var notices = FeedNotices(Subscription(["*"]))
        #expect(notices.lines(.subscribed(Subscribed(json: clock))).isEmpty)
        #expect(
            notices.lines(.gone(.closedByDaemon(.unsaid)))
                == ["partyline: partylined is gone (the daemon closed the connection); waiting for it"])
        #expect(
            notices.lines(.subscribed(Subscribed(json: clock)))
                == ["partyline: partylined is back; events in between may be lost"])
        let resumed = Subscribed(json: ["clock": "e:1", "fresh": false])
        #expect(notices.lines(.subscribed(resumed)) == ["partyline: partylined is back"])

        var asked = FeedNotices(Subscription(["*"], since: "d:7"))
        #expect(
            asked.lines(.subscribed(Subscribed(json: clock)))
                == ["partyline: the events after d:7 are no longer kept; starting with the current state"])
        var accepted = FeedNotices(Subscription(["*"], since: "d:7"))
        #expect(accepted.lines(.subscribed(resumed)).isEmpty)
        var waiting = FeedNotices(Subscription(["*"], waits: true))
        #expect(
            waiting.lines(.gone(.notRunning(path: "/p")))
                == ["partyline: partylined is not running yet (nothing listens at /p); waiting for it"])
        let some = Subscribed(json: ["clock": "e:1", "fresh": true, "unseen": ["contact::*"]])
        #expect(
            waiting.lines(.subscribed(some))
                == ["partyline: partylined is running", "partyline: this user's role never sees: contact::*"])
        // The light does not resume: no events are lost for it.
        var light = FeedNotices(LightView.subscription)
        _ = light.lines(.subscribed(Subscribed(json: clock)))
        #expect(light.lines(.subscribed(Subscribed(json: clock))) == ["partyline: partylined is back"])
    }
}
