// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("The last events, for watch -n")
struct EventHistoryTests {
    private static let welcome = #"{"event":"acknowledge","data":{"id":"p"}}"#
    private static let acknowledged = #"{"event":"acknowledge"}"#

    private func answer(_ id: String, _ data: String, error: String = "null") -> String {
        #"{"event":"partyline::response","data":{"requestId":"history-\#(id)","data":\#(data),"err":\#(error)}}"#
    }

    private func event(_ clock: Int) -> String { #"{"event":"crm::pop","data":{},"clock":"e:\#(clock)"}"# }

    /// Short texts for the steps.
    private func texts(_ steps: [EventHistory.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .send(let event, let data): data.map { "send \($0["method"]?.string ?? event)" } ?? "send \(event)"
            case .event(let event): event.clock
            case .restart: "restart"
            case .retry: "retry"
            case .finished(let clock): "finished \(clock ?? "nowhere")"
            case .failed(let failure): "failed \(failure.code)"
            }
        }
    }

    private func run(_ history: inout EventHistory, _ lines: [String]) throws -> [String] {
        try lines.flatMap { texts(history.handle(try Lines.message($0))) }
    }

    @Test("subscribe, synchronize, unsubscribe: what comes in between is the history")
    func whole() throws {
        let begin = EventHistory.begin(["crm::*"], since: "e:1")
        #expect(texts(begin) == ["send subscribe", "send synchronize"])
        guard case .send(_, let data)? = begin.first else { return }
        #expect(data?["params"] == ["events": ["crm::*"], "since": "e:1"])
        var history = EventHistory()
        // Before the answer a port receives the lines of the Streams dialect.
        let early = #"{"event":"agent::update","data":{}}"#
        #expect(try run(&history, [Self.welcome, early]).isEmpty)
        // The newest state of the sign-in is repeated to every subscriber: it is no history.
        let auth = #"{"event":"partyline::auth","data":{"state":"signed_in"},"clock":"e:1","time":"t"}"#
        let lines = [
            answer("subscribe", #"{"clock":"e:1","fresh":false}"#), auth, event(2), event(4), Self.acknowledged,
        ]
        #expect(try run(&history, lines) == ["e:2", "e:4", "send unsubscribe"])
        // An event that happens before the daemon has handled unsubscribe belongs to it, too.
        let last = [event(5), early, answer("unsubscribe", #"{"clock":"e:7"}"#)]
        #expect(try run(&history, last) == ["e:5", "finished e:7"])
    }

    @Test("the oldest clock is no longer kept → again; refused → an error; events were skipped → from there")
    func trouble() throws {
        var moved = EventHistory()
        #expect(try run(&moved, [answer("subscribe", #"{"clock":"e:9","fresh":true}"#)]) == ["retry"])
        var refused = EventHistory()
        let error = #"{"code":"not_permitted","message":"no","retryable":false}"#
        #expect(try run(&refused, [answer("subscribe", "null", error: error)]) == ["failed not_permitted"])
        var lagging = EventHistory()
        let lag = #"{"event":"partyline::lagged","data":{"from":"e:2","to":"e:8","clock":"e:8"}}"#
        let begin = answer("subscribe", #"{"clock":"e:1","fresh":false}"#)
        #expect(try run(&lagging, [begin, event(2), lag, event(9)]) == ["e:2", "restart", "e:9"])
    }

    @Test("only the last events with lines are kept")
    func recent() {
        var recent = RecentLines(count: 2)
        #expect(recent.lines.isEmpty)
        for lines in [["a"], ["b", "c"], [], ["d"], []] { recent.add(lines) }
        #expect(recent.lines == ["b", "c", "d"])
    }
}
