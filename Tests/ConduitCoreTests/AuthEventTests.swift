// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("partyline::auth")
struct AuthEventTests {
    private static let five = "1970-01-01T00:00:00.005Z"
    private static let nine = "1970-01-01T00:00:00.009Z"
    private static let time = #""time":"2025-01-01T12:00:00.000Z"}"#

    private func line(_ data: String, clock: String) -> String {
        #"{"event":"partyline::auth","data":\#(data),"clock":"\#(clock)",\#(Self.time)"#
    }

    private func tell(_ harness: ConduitHarness, _ state: DaemonStatus.Auth.State, _ reason: String? = nil) {
        harness.handle(.auth(.init(state: state, since: 5, expiresAt: 9, lastError: reason)))
    }

    @Test("a subscriber gets the newest one right after the answer, and each change; a Streams port none")
    func subscriber() {
        let harness = ConduitHarness()
        let page = harness.port(1)
        let one = harness.port(2)
        tell(harness, .authorizing)
        tell(harness, .signedIn)
        harness.subscribe(one, "partyline::*", "agent::init")
        harness.updateAgent()
        tell(harness, .refused, "no")
        let lines = harness.read(one)
        #expect(
            lines.map(brief) == [
                "partyline::response", "partyline::auth e1:2", "agent::init e1:6", "partyline::auth e1:9",
            ])
        #expect(
            lines[1]
                == line(#"{"state":"signed_in","since":"\#(Self.five)","expiresAt":"\#(Self.nine)"}"#, clock: "e1:2"))
        #expect(
            lines.last
                == line(
                    #"{"state":"refused","since":"\#(Self.five)","expiresAt":"\#(Self.nine)","reason":"no"}"#,
                    clock: "e1:9"))
        #expect(!harness.briefly(page).contains { $0.hasPrefix("partyline::auth") })
    }

    @Test("other patterns do not match, and before the first change there is none")
    func others() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "*")
        #expect(harness.briefly(one) == ["partyline::response"])
        let two = harness.port(2)
        tell(harness, .signedIn)
        harness.subscribe(two, "contact::*")
        #expect(harness.briefly(two) == ["partyline::response"])
    }

    @Test("the role presence gets state and since")
    func presence() {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        tell(harness, .signedIn)
        harness.subscribe(one, "*")
        tell(harness, .refused, "no")
        #expect(
            harness.read(one).dropFirst() == [
                line(#"{"state":"signed_in","since":"\#(Self.five)"}"#, clock: "e1:1"),
                line(#"{"state":"refused","since":"\#(Self.five)"}"#, clock: "e1:1"),
            ])
    }

    @Test("a prompt: its URL goes to operators and admins, presence gets nothing of it", arguments: Role.allCases)
    func prompt(role: Role) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        let prompt = DaemonStatus.Auth.Prompt(id: "p1", reason: "no", url: "https://x/login")
        harness.subscribe(one, "partyline::auth")
        _ = harness.read(one)
        harness.handle(.auth(.init(state: .prompting, since: 5, prompt: prompt, endsWhenFree: true)))
        let url = role >= .operator ? #","url":"https://x/login""# : ""
        let rest = #","endsWhenFree":true,"prompt":{"id":"p1","reason":"no"\#(url),"isShown":false}"#
        let data = #"{"state":"prompting","since":"\#(Self.five)"\#(role == .presence ? "" : rest)}"#
        #expect(harness.read(one) == [line(data, clock: "e1:1")])
        harness.subscribe(one, "partyline::auth")
        #expect(harness.read(one).last == line(data, clock: "e1:1"))
    }

    @Test("after a resumption it comes with the clock of the answer, before the events")
    func resumed() {
        let harness = ConduitHarness()
        harness.updateAgent()
        tell(harness, .signedIn)
        let one = harness.port(1)
        harness.subscribe(one, "partyline::auth", "agent::init", since: "e1:0")
        #expect(harness.briefly(one) == ["partyline::response", "partyline::auth e1:0", "agent::init e1:2"])
    }

    @Test("a subscriber that lagged gets it after partyline::lagged")
    func lagged() {
        let harness = ConduitHarness { $0.logLines = 4 }
        let one = harness.port(1)
        tell(harness, .signedIn)
        harness.subscribe(one, "*")
        _ = harness.read(one)
        for _ in 1...8 { harness.handle(.publish("auth_fail", nil)) }
        #expect(harness.briefly(one).map { $0.prefix { $0 != " " } } == ["partyline::lagged", "partyline::auth"])
    }
}
