// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("What ends a wait")
struct WaitConditionTests {
    private func condition(_ arguments: [String]) throws -> WaitCondition {
        let wait = try #require(try PartylineCommand.parseAsRoot(["wait"] + arguments) as? WaitCommand)
        return WaitCondition(wait.events, orNow: wait.orNow)
    }

    private func answer(
        _ agent: AgentData? = nil, seat: JSON? = nil, fresh: Bool = true, stale: Bool = false
    ) -> EventStream.Update {
        var json = JSONObject([("clock", "e:0"), ("fresh", .bool(fresh)), ("stale", .bool(stale)), ("ageMs", 40_000)])
        json["snapshot"] = fresh ? agent?.json : nil
        json["seat"] = seat
        return .subscribed(Subscribed(json: .object(json)))
    }

    /// The name of the event that met the condition; the verdict's name for any other.
    private func text(_ verdict: WaitCondition.Verdict) -> String {
        switch verdict {
        case .waiting: "waiting"
        case .met(let event): event.name
        case .outOfDate(let age): "out of date \(age ?? 0)"
        case .upToDate: "up to date"
        }
    }

    private static let lunch = Agents.agent("Lunch", "not_routable", next: "Available")
    private static let present: [([String], AgentData, String)] = [
        (["agent::routable"], Agents.agent(), "agent::routable"), (["agent::routable"], lunch, "waiting"),
        (["agent::not_routable"], lunch, "agent::not_routable"),
        (["agent::offline"], Agents.agent("Offline", "offline"), "agent::offline"),
        (["agent::state_change", "--match", "newState=Lunch"], lunch, "agent::state_change"),
        (["agent::state_change", "--match", "newState=Available"], lunch, "waiting"),
        (["agent::state_change", "--match", "oldState=Available"], lunch, "waiting"),
        (["agent::*", "--match", "agent.nextState.name=Available"], lunch, "agent::init"),
        (["agent::enqueued_next_state"], lunch, "agent::enqueued_next_state"),
        (["agent::enqueued_next_state"], Agents.agent(), "waiting"),
        (["agent::cleared_next_state"], Agents.agent(), "agent::cleared_next_state"),
        (["agent::cleared_next_state"], lunch, "waiting"),
        (["agent::acw"], Agents.agent("AfterCallWork", "system"), "agent::acw"), (["agent::acw"], lunch, "waiting"),
        (["agent::error"], Agents.agent("MissedCallAgent", "error"), "agent::error"),
        (["agent::error"], lunch, "waiting"), (["agent::init"], lunch, "agent::init"),
        (["agent::refresh", "agent::update"], lunch, "waiting"), (["contact::*"], lunch, "waiting"),
    ]

    @Test("--or-now: the agent's present state counts, as the events that lead to it", arguments: present)
    func holdsNow(arguments: [String], agent: AgentData, expected: String) throws {
        var now = try condition(arguments + ["--or-now"])
        #expect(text(now.judge(answer(agent))) == expected)
        var later = try condition(arguments)
        #expect(text(later.judge(answer(agent))) == "waiting")
    }

    @Test("the event that is printed says that it was so already, and has the position of the snapshot")
    func event() throws {
        var now = try condition(["agent::state_change", "--or-now"])
        guard case .met(let event) = now.judge(answer(Self.lunch)) else {
            Issue.record("it holds already")
            return
        }
        #expect(event.isExisting && event.clock == "e:0" && event.data?["oldState"] == nil)
        #expect(event.data?["newState"] == "Lunch" && event.data?["agent"]?["name"] == "Ada")
    }

    @Test("no agent is known → waits; the agent after skipped events counts")
    func lagged() throws {
        var now = try condition(["agent::routable", "--or-now"])
        #expect(text(now.judge(answer())) == "waiting")
        let data: JSON = ["clock": "e:9", "snapshot": Agents.agent().json]
        let line: JSON = ["event": "partyline::lagged", "data": data]
        let lag = EventStream.Update.lagged(Lag(try Lines.message(line.text)))
        #expect(text(now.judge(lag)) == "agent::routable")
        var later = try condition(["agent::routable"])
        #expect(text(later.judge(lag)) == "waiting")
    }

    @Test(
        "contacts that are there already count with --existing or --or-now",
        arguments: [("--existing", "contact::connected"), ("--or-now", "contact::connected"), (nil, "waiting")])
    func contacts(option: String?, expected: String) throws {
        var condition = try condition(["contact::connected"] + (option.map { [$0] } ?? []))
        _ = condition.judge(answer(Agents.agent()))
        #expect(text(condition.judge(.event(try Lines.existing("connected", "a")))) == expected)
        #expect(text(condition.judge(.event(try Lines.contact("connected", "b")))) == "contact::connected")
    }

    @Test("what was subscribed to in addition does not meet the condition")
    func additional() throws {
        var now = try condition(["contact::init", "--or-now"])
        #expect(now.additionalPatterns == ["partyline::link"])
        let link = EventStream.Update.event(try Lines.event("partyline::link", ["state": "up", "stale": false]))
        #expect(text(now.judge(link)) == "waiting")
        var asked = try condition(["partyline::link", "--or-now"])
        #expect(text(asked.judge(link)) == "partyline::link")
        #expect(try condition(["contact::init", "--existing"]).additionalPatterns.isEmpty)
    }

    @Test("known states of the softphone count, unless no page has confirmed them since the daemon was restarted")
    func seat() throws {
        let arguments = ["agent::mute_toggle", "--or-now", "--match", "muted=true"]
        func mute(_ isMuted: Bool, stale: Bool = false) -> JSON {
            let entry: JSON = [
                "event": "agent::mute_toggle", "data": ["muted": .bool(isMuted)], "time": "2026-01-01T00:00:00.000Z",
                "stale": .bool(stale),
            ]
            return ["mute": entry]
        }
        for (seat, expected) in [
            (mute(true), "agent::mute_toggle"), (mute(false), "waiting"), (mute(true, stale: true), "waiting"),
            ([:], "waiting"),
        ] as [(JSON, String)] {
            var now = try condition(arguments)
            #expect(text(now.judge(answer(seat: seat))) == expected, "\(seat.text)")
        }
        var existing = try condition(["agent::mute_toggle", "--existing"])
        let stale = try Lines.known("agent::mute_toggle", #"{"muted":true}"#, time: "t", isStale: true)
        #expect(text(existing.judge(.event(stale))) == "waiting")
    }

    @Test("out of date → nothing holds until the present state is known again; new events count")
    func outOfDate() throws {
        let arguments = ["agent::routable", "contact::connected", "--or-now"]
        let existing = EventStream.Update.event(try Lines.existing("connected", "a"))
        func link(_ isStale: Bool) throws -> EventStream.Update {
            .event(try Lines.event("partyline::link", ["state": "degraded", "stale": .bool(isStale)]))
        }
        var now = try condition(arguments)
        #expect(text(now.judge(answer(Agents.agent(), stale: true))) == "out of date 40000")
        #expect(text(now.judge(existing)) == "waiting")
        #expect(text(now.judge(try link(true))) == "waiting")
        // The daemon was restarted, and still does not know.
        #expect(text(now.judge(.gone(.timeout))) == "waiting")
        #expect(text(now.judge(answer(Agents.agent(), stale: true))) == "waiting")
        #expect(text(now.judge(try link(false))) == "up to date")
        // The new subscription.
        #expect(text(now.judge(answer(Agents.agent()))) == "agent::routable")

        var resumed = try condition(arguments)
        _ = resumed.judge(answer(Agents.agent(), stale: true))
        #expect(text(resumed.judge(answer(fresh: false))) == "up to date")
        var event = try condition(arguments)
        _ = event.judge(answer(Agents.agent(), stale: true))
        #expect(text(event.judge(.event(try Lines.contact("connected", "a")))) == "contact::connected")
        // Without --or-now the age does not matter.
        var later = try condition(["contact::connected", "--existing"])
        #expect(text(later.judge(answer(Agents.agent(), stale: true))) == "waiting")
        #expect(text(later.judge(existing)) == "contact::connected")
    }
}
