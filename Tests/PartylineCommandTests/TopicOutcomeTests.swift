// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("Topics of the websocket")
struct TopicOutcomeTests {
    private func frame(_ event: String, _ topics: [String], from: String? = nil) throws -> ServerMessage {
        let content: JSON = ["status": "x", "topics": .array(topics.map { .string($0) })]
        var line = JSONObject([
            ("event", .string("webSocket::subscription_\(event)")),
            ("data", ["topic": "aws/subscribe", "content": content]),
        ])
        line["from"] = from.map { .string($0) }
        return try Lines.message(JSON.object(line).text)
    }

    private func outcome(_ topics: [String], before: [String] = []) -> TopicOutcome {
        var outcome = TopicOutcome(topics, before: before)
        outcome.note(StatusExamples.changed { $0.webSocket.topics = before + topics })
        return outcome
    }

    @Test("granted in parts, some asked for earlier → complete when nothing is pending")
    func granted() throws {
        var outcome = outcome(["a", "b", "c", "a"], before: ["c"])
        #expect(try !outcome.isComplete())
        outcome.note(try frame("update", ["a", "x"]))
        outcome.note(try frame("update", ["b"], from: "p"))
        #expect(try !outcome.isComplete())
        outcome.note(try frame("update", ["a", "b"]))
        #expect(try outcome.isComplete())
        #expect(outcome.text == "subscribed to a, b; asked for earlier: c")
        #expect(outcome.json == ["subscribed": ["a", "b"], "earlier": ["c"]])
    }

    @Test("every topic was asked for earlier → complete at once")
    func earlier() throws {
        let outcome = outcome(["a"], before: ["a", "b"])
        #expect(try outcome.isComplete())
        #expect(outcome.text == "asked for earlier: a")
    }

    @Test("a failure about other topics is ignored, one about these ends the wait")
    func refused() throws {
        var outcome = outcome(["a"])
        outcome.note(try frame("failure", ["x"]))
        #expect(try !outcome.isComplete())
        outcome.note(try frame("failure", ["a", "x"]))
        let failure = #expect(throws: CommandFailure.self) { try outcome.isComplete() }
        #expect(failure?.message == "Amazon Connect does not grant a; partylined keeps asking")
        #expect(failure?.status == .failure)
    }

    @Test("no session, too many topics, no answer → what happened, with a status of its own")
    func trouble() throws {
        var signedOut = TopicOutcome(["a"], before: [])
        signedOut.note(
            StatusExamples.changed { status in
                status.webSocket.topics = ["a"]
                status.session.state = .signedOut
                status.agent = nil
            })
        let failure = #expect(throws: CommandFailure.self) { try signedOut.isComplete() }
        #expect(failure?.status == .notSignedIn)
        #expect(failure?.message.hasSuffix("partylined will subscribe to a when there is a websocket") == true)

        var full = TopicOutcome(["a"], before: [])
        full.note(StatusExamples.healthy)
        let limit = #expect(throws: CommandFailure.self) { try full.isComplete() }
        #expect(limit?.message == "partylined cannot keep more topics; it has not asked for a")
        #expect(outcome(["a"]).late(within: "15 s").status == .timeout)
    }
}
