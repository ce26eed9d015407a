// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The end of a session, for the ports")
struct LogoutTests {
    /// The names of the events, and the contacts.
    private func told(_ harness: ConduitHarness, _ id: PortID) -> [String] {
        harness.read(id).compactMap { line in
            guard let json = try? JSON(parsing: line), let name = json["event"]?.string else { return line }
            return ([name, json["data"]?["contactId"]?.string] as [String?]).compactMap { $0 }.joined(separator: " ")
        }
    }

    /// The answer to a subscription, and the events after it.
    private func subscribe(
        _ harness: ConduitHarness, _ number: UInt64, since: String? = nil
    ) throws -> (answer: JSON, events: [String]) {
        let id = harness.port(number)
        harness.subscribe(id, "agent::*", "contact::*", "terminated", since: since)
        let lines = harness.read(id)
        let answer = try JSON(parsing: try #require(lines.first))["data"]?["data"]
        return (try #require(answer), lines.dropFirst().map(brief))
    }

    @Test("ended and destroyed of every contact, then terminated, then nothing; a Streams page gets terminated only")
    func order() throws {
        let harness = ConduitHarness()
        let page = harness.port(1)
        let one = harness.port(2)
        harness.subscribe(one, "*")
        harness.updateAgent("a=connected b=connected")
        harness.updateAgent("a=connected b=ended c=connecting")
        _ = (harness.read(one), harness.read(page))
        harness.handle(.endSession)
        #expect(
            told(harness, one) == [
                "contact::ended a", "contact::destroyed a", "contact::destroyed b", "contact::ended c",
                "contact::destroyed c", "terminated",
            ])
        #expect(told(harness, page) == ["terminated"])
        #expect(harness.agent == nil && harness.conduit.snapshot(for: .admin) == nil)
        let late = harness.open(3)
        #expect(harness.briefly(late) == ["acknowledge", "update_connected_ccps"])
    }

    @Test("earlier clocks start afresh without a snapshot; the clock of terminated goes on with agent::init")
    func clocks() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "contact::*", "terminated")
        harness.updateAgent("a=connected")
        harness.handle(.endSession)
        let clocks = try harness.read(one).dropFirst().map { try #require(try JSON(parsing: $0)["clock"]?.string) }
        #expect(clocks.count == 6)
        for (number, clock) in clocks.dropLast().enumerated() {
            let (answer, events) = try subscribe(harness, UInt64(number + 10), since: clock)
            #expect(answer["fresh"] == true && answer["snapshot"] == nil && events.isEmpty)
        }
        let end = try #require(clocks.last)
        #expect(try subscribe(harness, 2, since: end).answer["fresh"] == false)
        #expect(harness.conduit.status.eventLog.oldest == end)
        harness.updateAgent("b=connecting")
        let names = try subscribe(harness, 3, since: end).events.map { $0.prefix { $0 != " " } }
        #expect(names.first == "agent::init" && names.contains("contact::init"))
        #expect(!names.contains { ["contact::ended", "contact::destroyed", "terminated"].contains($0) })
    }

    @Test("a port that has not read the end yet still gets it, in order")
    func unread() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "contact::*", "terminated", "agent::init")
        harness.updateAgent("a=connected")
        harness.handle(.endSession)
        harness.updateAgent("b=connected")
        #expect(
            told(harness, one).dropFirst() == [
                "agent::init", "contact::init a", "contact::connected a", "contact::refresh a", "contact::ended a",
                "contact::destroyed a", "terminated", "agent::init", "contact::init b", "contact::connected b",
                "contact::refresh b",
            ])
    }

    @Test("a restart afterwards finds nothing of the former sign-in")
    func restart() throws {
        let first = ConduitHarness.run("e1")
        first.updateAgent("a=connected")
        let before = first.conduit.clock
        first.handle(.endSession)
        let end = first.conduit.clock
        let state = first.state()
        #expect(state.agent == nil && state.lines.isEmpty && state.next > 1)
        let second = ConduitHarness.run("e2", after: state)
        #expect(try subscribe(second, 1, since: before).answer["fresh"] == true)
        #expect(try subscribe(second, 2, since: end).answer["fresh"] == false)
        second.updateAgent("b=connected")
        let (answer, events) = try subscribe(second, 3, since: before)
        #expect(answer["fresh"] == true && events.isEmpty)
        #expect(try subscribe(second, 4, since: end).events.first?.hasPrefix("agent::init") == true)
        let third = ConduitHarness.run("e3", after: second.state(after: state))
        #expect(try subscribe(third, 1, since: end).events.first?.hasPrefix("agent::init") == true)
        #expect(try subscribe(third, 2, since: before).answer["fresh"] == true)
    }

    @Test("a second session is kept as the first was, also if both are within one change to persist")
    func keptAgain() throws {
        let harness = ConduitHarness.run("e1")
        harness.updateAgent("a=connected")
        harness.handle(.endSession)
        harness.updateAgent("b=connected")
        let state = harness.state()
        #expect(state.agent == harness.agent && state.lines.first?.name == "agent::init")
        #expect(!state.lines.contains { $0.contactId == "a" })
    }

    private func agent(_ contacts: String, arn: String?, username: String?) -> AgentData {
        var agent = AgentSketch(contacts).agent
        agent.configuration.json["agentARN"] = arn.map { .string($0) }
        agent.configuration.json["username"] = username.map { .string($0) }
        return agent
    }

    @Test(
        "another person's agent without a logout: the former contacts end, and cannot be resumed",
        arguments: [
            ("arn:1", "ann", "arn:2", "bob", true), ("arn:1", "ann", "arn:1", "anna", false),
            (nil, "ann", nil, "bob", true), (nil, "ann", "arn:2", "bob", true), (nil, "ann", "arn:1", "ann", false),
            (nil, nil, "arn:2", nil, false), ("arn:1", nil, nil, "bob", false),
        ] as [(String?, String?, String?, String?, Bool)])
    func otherPerson(arn: String?, name: String?, nextArn: String?, nextName: String?, isOther: Bool) throws {
        let harness = ConduitHarness.run("e1")
        let one = harness.port(1)
        harness.subscribe(one, "contact::*", "agent::init")
        harness.handle(.agent(agent("a=connected", arn: arn, username: name)))
        let before = harness.conduit.clock
        _ = harness.read(one)
        harness.handle(.agent(agent("a=connected", arn: nextArn, username: nextName)))
        let other = [
            "contact::ended a", "contact::destroyed a", "agent::init", "contact::init a", "contact::connected a",
            "contact::refresh a",
        ]
        #expect(told(harness, one) == (isOther ? other : ["contact::refresh a"]))
        #expect(try subscribe(harness, 2, since: before).answer["fresh"] == .bool(isOther))
        let state = harness.state()
        #expect(state.lines.filter { $0.name == "contact::destroyed" }.isEmpty)
        #expect(state.lines.count { $0.name == "contact::init" } == 1)
    }

    @Test("the outcomes of calls are forgotten, and a request that waits for its confirmation is answered")
    func calls() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.updateAgent("a=connecting")
        _ = harness.read(one)
        let params: JSON = [
            "method": "acceptContact", "params": ["contactId": "a"], "confirm": true, "idempotencyKey": "k",
        ]
        harness.ask(one, "call", params)
        harness.handle(.answered(.call(1), .success([:])))
        harness.handle(.endSession)
        let answer = harness.read(one).first { $0.contains("partyline::response") }
        #expect(answer?.contains("the session was logged out before it was confirmed") == true)
        #expect(harness.conduit.calls.books.isEmpty && harness.conduit.calls.waiters.isEmpty)
        harness.forget()
        harness.ask(one, "call", params)
        #expect(harness.asked.count == 1)
    }

    @Test("logout, beginSignIn and abandonSignIn are passed on; a port that has begun a sign-in is missed")
    func requests() {
        let harness = ConduitHarness()
        let (one, two) = (harness.port(1), harness.port(2))
        harness.ask(one, "logout", ["when": "free"])
        harness.ask(one, "logout")
        harness.ask(one, "beginSignIn")
        harness.ask(one, "abandonSignIn", ["id": "p"])
        #expect(
            harness.asked == [
                .logout(requestId: RawJSON(1), .free), .logout(requestId: RawJSON(1), .idle),
                .beginSignIn(requestId: RawJSON(1)), .abandonSignIn(requestId: RawJSON(1), id: "p"),
            ])
        harness.forget()
        harness.handle(.closed(two))
        #expect(harness.asked.isEmpty)
        harness.handle(.closed(one))
        #expect(harness.asked == [.portClosed])
        let three = harness.port(3)
        harness.ask(three, "logout", ["when": "later"])
        #expect(harness.read(three).contains { $0.contains("invalid_params") && $0.contains("params.when") })
    }
}
