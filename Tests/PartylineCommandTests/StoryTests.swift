// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("A subscription's events → sentences")
struct StoryTests {
    private func brief(_ state: String, next: String? = nil) -> JSON {
        ["name": "Ada", "state": ["name": .string(state)], "nextState": next.map { ["name": .string($0)] } ?? .null]
    }

    private func apply(_ story: inout Story, _ event: String, _ data: JSON) -> [String] {
        story.sentences(event, data).map(\.text)
    }

    private func contactData(_ contact: JSON) -> JSON {
        ["contactId": contact["contactId"] ?? .null, "contact": contact]
    }

    @Test("the derived events of a call → one sentence for each change")
    func call() {
        var story = Story()
        #expect(story.sentences(snapshot: Agents.agent().json).map(\.text) == ["Ada is Available"])
        let ringing = contactData(Agents.call("connecting"))
        #expect(apply(&story, "contact::init", ringing) == ["call from +15550100 is ringing (Support)"])
        #expect(apply(&story, "contact::connecting", ringing).isEmpty)
        #expect(apply(&story, "contact::refresh", ringing).isEmpty)
        #expect(apply(&story, "contact::accepted", ringing) == ["call from +15550100 is accepted"])
        let connected = contactData(Agents.call("connected"))
        #expect(apply(&story, "contact::connected", connected) == ["call from +15550100 is connected"])
        // The agent update of the same snapshot contains nothing new.
        #expect(apply(&story, "agent::update", Agents.with(Agents.call("connected")).json).isEmpty)
        let held = contactData(Agents.call("connected", customer: "hold"))
        #expect(apply(&story, "contact::refresh", held) == ["call from +15550100 has the customer on hold"])
        let ended = contactData(Agents.call("ended", customer: "disconnected"))
        #expect(apply(&story, "contact::acw", ended) == ["call from +15550100 has ended, after-contact work"])
        #expect(apply(&story, "contact::ended", ended).isEmpty)
        #expect(apply(&story, "agent::update", Agents.agent().json) == ["call from +15550100 is cleared"])
        #expect(apply(&story, "contact::destroyed", ended).isEmpty)
    }

    @Test("agent update before or after the events of its snapshot → each change once")
    func order() {
        let ended = contactData(Agents.call("ended", customer: "disconnected"))
        var story = Story()
        _ = story.sentences(snapshot: Agents.with(Agents.call("ended", customer: "disconnected")).json)
        #expect(apply(&story, "contact::destroyed", ended) == ["call from +15550100 is cleared"])
        #expect(apply(&story, "agent::update", Agents.agent().json).isEmpty)
    }

    @Test("events about the agent's state → sentences")
    func states() {
        var story = Story()
        #expect(apply(&story, "agent::init", ["agent": brief("Offline")]) == ["Ada is Offline"])
        #expect(apply(&story, "agent::refresh", ["agent": brief("Available")]) == ["Ada is now Available"])
        let change: JSON = ["oldState": "Offline", "newState": "Available", "agent": brief("Available")]
        #expect(apply(&story, "agent::state_change", change).isEmpty)
        #expect(
            apply(&story, "agent::enqueued_next_state", ["agent": brief("Available", next: "Lunch")])
                == ["Ada will be Lunch next"])
        #expect(
            apply(&story, "agent::cleared_next_state", ["agent": brief("Available")])
                == ["Ada will not be Lunch next"])
    }

    @Test("events after a clock, without an earlier state")
    func replay() {
        var story = Story()
        let change: JSON = ["oldState": "Lunch", "newState": "Available", "agent": brief("Available")]
        #expect(apply(&story, "agent::state_change", change) == ["Ada is now Available"])
        let gone = contactData(Agents.call("ended", customer: "disconnected"))
        #expect(apply(&story, "contact::destroyed", gone) == ["call from +15550100 is cleared"])
        #expect(
            apply(&story, "contact::connected", contactData(Agents.chat("connected"))) == [
                "chat with Mary is connected"
            ]
        )
    }

    @Test("a new snapshot → sentences for what has changed")
    func fresh() {
        var story = Story()
        _ = story.sentences(snapshot: Agents.with(Agents.call("connected")).json)
        let now = Agents.agent("Lunch", "not_routable").json
        #expect(
            story.sentences(snapshot: now).map(\.text) == ["Ada is now Lunch", "call from +15550100 is cleared"])
        // A reply without a snapshot: nothing was lost.
        #expect(story.sentences(snapshot: nil).isEmpty)
    }

    @Test("a broadcast with an agent event's name → the agent is unchanged")
    func broadcast() {
        var story = Story()
        _ = story.sentences(snapshot: Agents.agent().json)
        let lie: JSON = ["agent": brief("Offline")]
        let sentences = story.sentences("agent::lie", lie, isBroadcast: true).map(\.text)
        #expect(sentences == ["a program broadcast agent::lie"])
        #expect(apply(&story, "agent::refresh", ["agent": brief("Available")]).isEmpty)
        #expect(story.sentences("contact::view", [:], isBroadcast: true).isEmpty)
    }

    @Test("the program that caused a change is named; what was there before the subscription is no news")
    func marks() throws {
        var story = Story()
        _ = story.sentences(snapshot: Agents.with(Agents.call("connecting")).json)
        let data = contactData(Agents.call("connected")).text
        let connected = try Lines.parsed(
            #"{"event":"contact::connected","data":\#(data),"by":{"port":"1","program":"c\u001brm"},"clock":"e:1"}"#)
        #expect(story.sentences(connected).map(\.text) == ["call from +15550100 is connected (by c rm)"])
        let there = try Lines.parsed(#"{"event":"contact::init","data":\#(data),"existing":true}"#)
        #expect(story.sentences(there).isEmpty)
        #expect(story.sentences(try Lines.known("agent::mute_toggle", "{}", time: "t")).isEmpty)
        let mute = try Lines.event("agent::mute_toggle", [:], from: "p")
        #expect(story.sentences(mute).map(\.text) == ["a program broadcast agent::mute_toggle"])
    }

    @Test("an unknown event of the daemon → not shown as a broadcast")
    func unknown() {
        var story = Story()
        #expect(story.sentences("link::closing", [:], isBroadcast: false).isEmpty)
        #expect(story.sentences("link::closing", [:]).map(\.text) == ["a program broadcast link::closing"])
    }

    @Test("control characters in a chat message → spaces")
    func controls() {
        var story = Story()
        let content: JSON = ["Type": "MESSAGE", "DisplayName": "M\u{1B}[2J", "Content": "a\nb\u{9B}31m\u{202E}c"]
        let sentences = apply(
            &story, "webSocket::all_message", ["topic": "aws/chat", "content": .string(content.text)])
        #expect(sentences == ["M [2J says: a b 31m c"])
    }
}
