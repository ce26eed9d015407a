// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// A client that has seen a call's answer must not receive an older snapshot.
@Suite("A sync as a barrier")
struct SyncBarrierTests {
    /// A sequence of steps, and the syncs that each response of the service completes.
    ///
    /// `1` to `9`: a sync arrives. `c`: a client's call starts, `e`: it succeeds, `f`: it fails. `r`: the sync's request
    /// fails and is retried, `a`: it succeeds.
    struct Row: Sendable, CustomTestStringConvertible {
        let steps: String
        let answered: [[UInt64]]

        init(_ steps: String, _ answered: [UInt64]...) {
            self.steps = steps
            self.answered = answered
        }

        var testDescription: String { steps }
    }

    private static let rows = [
        // A sync never joins a request under way: its snapshot may be older than what the client has done.
        Row("1a2a", [1], [2]), Row("12aa", [1], [2]), Row("1c2eaa", [1], [2]), Row("1ce2aa", [1], [2]),
        // All syncs that arrive during a request share the next one.
        Row("123aa", [1], [2, 3]), Row("12a34aa", [1], [2], [3, 4]), Row("1234aa", [1], [2, 3, 4]),
        Row("12a3a45aa", [1], [2], [3], [4, 5]),
        // A retry is a new request, so waiting syncs join it.
        Row("12r3aa", [1, 2], [3]), Row("1r2aa", [1], [2]), Row("12r3r4aa", [1, 2, 3], [4]),
    ]

    @Test("which syncs share a request", arguments: rows)
    func sharing(row: Row) throws {
        let harness = try SessionHarness.running()
        var answered: [[UInt64]] = []
        for step in row.steps {
            switch step {
            case "c": harness.handle(.call(.call(1), method: "acceptContact", params: ["contactId": "c1"]))
            case "e": try harness.answer("AcceptContact")
            case "f": try harness.answer("AcceptContact", status: 404)
            case "r":
                let id = try #require(harness.syncs.first)
                try harness.endSync(.failure("reset"))
                try harness.advance(to: .callRetry(id))
            case "a":
                let actions = try harness.answerSync()
                answered.append(actions.compactMap { if case .synced(.request(let n), nil) = $0 { n } else { nil } })
            default:
                let number = try #require(step.wholeNumberValue.flatMap { UInt64(exactly: $0) })
                harness.handle(.sync(.request(number)))
            }
            #expect(harness.syncs.count <= 1)
        }
        #expect(answered == row.answered)
        #expect(harness.syncs.isEmpty)
        #expect(harness.agents.count == row.answered.count)
    }
}
