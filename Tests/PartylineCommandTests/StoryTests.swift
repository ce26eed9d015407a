import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("A subscription's events, told in sentences")
struct StoryTests {
    private func brief(_ state: String, next: String? = nil) -> JSON {
        ["name": "Ada", "state": ["name": .string(state)], "nextState": next.map { ["name": .string($0)] } ?? .null]
    }

    private func said(_ story: inout Story, _ event: String, _ data: JSON) -> [String] {
        story.sentences(event, data).map(\.text)
    }

    private func contactData(_ contact: JSON) -> JSON {
        ["contactId": contact["contactId"] ?? .null, "contact": contact]
    }

    @Test("a call, out of the events that are derived for it: each change once")
    func call() {
        var story = Story()
        #expect(story.sentences(snapshot: Agents.agent().json).map(\.text) == ["Ada is Available"])
        let ringing = contactData(Agents.call("connecting"))
        #expect(said(&story, "contact::init", ringing) == ["call from +15550100 is ringing (Support)"])
        #expect(said(&story, "contact::connecting", ringing).isEmpty)
        #expect(said(&story, "contact::refresh", ringing).isEmpty)
        #expect(said(&story, "contact::accepted", ringing) == ["call from +15550100 is accepted"])
        let connected = contactData(Agents.call("connected"))
        #expect(said(&story, "contact::connected", connected) == ["call from +15550100 is connected"])
        // The whole agent of the same snapshot says nothing new.
        #expect(said(&story, "agent::update", Agents.with(Agents.call("connected")).json).isEmpty)
        let held = contactData(Agents.call("connected", customer: "hold"))
        #expect(said(&story, "contact::refresh", held) == ["call from +15550100 has the customer on hold"])
        let ended = contactData(Agents.call("ended", customer: "disconnected"))
        #expect(said(&story, "contact::acw", ended) == ["call from +15550100 has ended, after-contact work"])
        #expect(said(&story, "contact::ended", ended).isEmpty)
        #expect(said(&story, "agent::update", Agents.agent().json) == ["call from +15550100 is cleared"])
        #expect(said(&story, "contact::destroyed", ended).isEmpty)
    }

    @Test("the whole agent may come before the events of its snapshot, or after them")
    func order() {
        let ended = contactData(Agents.call("ended", customer: "disconnected"))
        var story = Story()
        _ = story.sentences(snapshot: Agents.with(Agents.call("ended", customer: "disconnected")).json)
        #expect(said(&story, "contact::destroyed", ended) == ["call from +15550100 is cleared"])
        #expect(said(&story, "agent::update", Agents.agent().json).isEmpty)
    }

    @Test("the agent's states")
    func states() {
        var story = Story()
        #expect(said(&story, "agent::init", ["agent": brief("Offline")]) == ["Ada is Offline"])
        #expect(said(&story, "agent::refresh", ["agent": brief("Available")]) == ["Ada is now Available"])
        let change: JSON = ["oldState": "Offline", "newState": "Available", "agent": brief("Available")]
        #expect(said(&story, "agent::state_change", change).isEmpty)
        #expect(
            said(&story, "agent::enqueued_next_state", ["agent": brief("Available", next: "Lunch")])
                == ["Ada will be Lunch next"])
        #expect(
            said(&story, "agent::cleared_next_state", ["agent": brief("Available")])
                == ["Ada will not be Lunch next"])
    }

    @Test("events after a clock, with nothing known of what was before")
    func replay() {
        var story = Story()
        let change: JSON = ["oldState": "Lunch", "newState": "Available", "agent": brief("Available")]
        #expect(said(&story, "agent::state_change", change) == ["Ada is now Available"])
        let gone = contactData(Agents.call("ended", customer: "disconnected"))
        #expect(said(&story, "contact::destroyed", gone) == ["call from +15550100 is cleared"])
        #expect(
            said(&story, "contact::connected", contactData(Agents.chat("connected"))) == ["chat with Mary is connected"]
        )
    }

    @Test("a new beginning tells what has changed meanwhile")
    func fresh() {
        var story = Story()
        _ = story.sentences(snapshot: Agents.with(Agents.call("connected")).json)
        let now = Agents.agent("Lunch", "not_routable").json
        #expect(
            story.sentences(snapshot: now).map(\.text) == ["Ada is now Lunch", "call from +15550100 is cleared"])
        // An answer without a snapshot says that nothing was lost.
        #expect(story.sentences(snapshot: nil).isEmpty)
    }

    @Test("a broadcast says nothing of the agent for certain, whatever it is called")
    func broadcast() {
        var story = Story()
        _ = story.sentences(snapshot: Agents.agent().json)
        let lie: JSON = ["agent": brief("Offline")]
        let told = story.sentences("agent::lie", lie, isBroadcast: true).map(\.text)
        #expect(told == ["a program broadcast agent::lie"])
        #expect(said(&story, "agent::refresh", ["agent": brief("Available")]).isEmpty)
        #expect(story.sentences("contact::view", [:], isBroadcast: true).isEmpty)
    }

    @Test("an event of a newer daemon is not taken for a broadcast")
    func unknown() {
        var story = Story()
        #expect(story.sentences("link::closing", [:], isBroadcast: false).isEmpty)
        #expect(story.sentences("link::closing", [:]).map(\.text) == ["a program broadcast link::closing"])
    }

    @Test("what a customer writes does not steer the terminal")
    func controls() {
        var story = Story()
        let content: JSON = ["Type": "MESSAGE", "DisplayName": "M\u{1B}[2J", "Content": "a\nb\u{9B}31m\u{202E}c"]
        let told = said(&story, "webSocket::all_message", ["topic": "aws/chat", "content": .string(content.text)])
        #expect(told == ["M [2J says: a b 31m c"])
    }
}
