// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("Which events run a hook")
struct HookSelectionTests {
    private func selection(_ arguments: String...) throws -> HookSelection {
        let parsed = try PartylineCommand.parseAsRoot(["hook"] + arguments + ["--run", "true"])
        return HookSelection(try #require(parsed as? HookCommand).events)
    }

    private func fresh(_ contacts: String...) -> EventStream.Update {
        let list = JSON.array(contacts.map { ["contactId": .string($0)] })
        return .subscribed(
            Subscribed(json: ["clock": "e:0", "fresh": true, "snapshot": ["snapshot": ["contacts": list]]]))
    }

    /// The numbers of the updates that run the command.
    private func run(_ selection: inout HookSelection, _ updates: [EventStream.Update]) -> [Int] {
        updates.indices.filter { selection.event(of: updates[$0]) != nil }
    }

    @Test("a contact that is there already runs the hook once, also over reconnections and skipped events")
    func once() throws {
        var hook = try selection("contact::init", "--existing")
        let there = EventStream.Update.event(try Lines.existing("init", "a"))
        let snapshot = #"{"snapshot":{"contacts":[{"contactId":"a"}]}}"#
        let lag = #"{"event":"partyline::lagged","data":{"clock":"e:9","snapshot":\#(snapshot)}}"#
        #expect(run(&hook, [fresh("a"), there, there]) == [1])
        #expect(run(&hook, [.gone(.timeout), fresh("a"), there]).isEmpty)
        #expect(run(&hook, [try Self.lagged(lag), there]).isEmpty)
        // A daemon that has lost its state announces each contact again, and its first answer has no snapshot.
        let blank = EventStream.Update.subscribed(Subscribed(json: ["clock": "f:0", "fresh": true]))
        #expect(run(&hook, [blank, .event(try Lines.contact("init", "a", clock: "f:1"))]).isEmpty)
        #expect(run(&hook, [.event(try Lines.contact("init", "b", clock: "f:2"))]) == [0])
    }

    private static func lagged(_ line: String) throws -> EventStream.Update { .lagged(Lag(try Lines.message(line))) }

    @Test("a contact that has gone → its id is new again", arguments: [true, false])
    func again(isToldOfEnd: Bool) throws {
        var hook = try selection("contact::init", "--existing")
        #expect(hook.additionalPatterns == ["contact::destroyed"])
        let there = EventStream.Update.event(try Lines.existing("init", "a"))
        #expect(run(&hook, [fresh("a"), there]) == [1])
        // The end itself was not asked for.
        let end: EventStream.Update = isToldOfEnd ? .event(try Lines.contact("destroyed", "a")) : fresh("b")
        #expect(run(&hook, [end, there]) == [1])
    }

    @Test("a state that was missed runs the hook; one that was handled runs it again only if it happens again")
    func states() throws {
        var hook = try selection("contact::*", "--existing")
        #expect(hook.additionalPatterns.isEmpty)
        let connecting = EventStream.Update.event(try Lines.contact("connecting", "a"))
        let connected = EventStream.Update.event(try Lines.existing("connected", "a"))
        #expect(run(&hook, [.event(try Lines.contact("init", "a")), connecting]) == [0, 1])
        #expect(run(&hook, [fresh("a"), .event(try Lines.existing("init", "a")), connected, connected]) == [2])
        #expect(run(&hook, [.event(try Lines.contact("connected", "a")), connected]) == [0])
        #expect(run(&hook, [.event(try Lines.contact("destroyed", "a")), connected]) == [0, 1])
    }

    @Test("an event that --match holds back was not handled")
    func match() throws {
        var hook = try selection("contact::init", "--existing", "--match", "contact.type=voice")
        let voice = try Lines.parsed(
            #"{"event":"contact::init","data":{"contactId":"a","contact":{"type":"voice"}},"existing":true}"#)
        #expect(run(&hook, [.event(try Lines.existing("init", "a")), .event(voice), .event(voice)]) == [1])
    }

    @Test("a known state of the softphone runs the hook when it is said again, not when it is repeated")
    func seat() throws {
        var hook = try selection("agent::mute_toggle", "--existing")
        let muted = try Lines.known("agent::mute_toggle", #"{"muted":true}"#, time: "t1")
        let live = try Lines.event("agent::mute_toggle", ["muted": false], time: "t2", from: "p")
        let repeated = try Lines.known("agent::mute_toggle", #"{"muted":false}"#, time: "t2")
        #expect(run(&hook, [muted, muted, live, repeated, live].map { .event($0) }) == [0, 2, 4])
    }

    @Test("without --existing nothing is remembered, and what is there already does not run the hook")
    func plain() throws {
        var hook = try selection("contact::init", "agent::mute_toggle")
        #expect(hook.additionalPatterns.isEmpty)
        let new = EventStream.Update.event(try Lines.contact("init", "a"))
        let muted = EventStream.Update.event(try Lines.known("agent::mute_toggle", "{}", time: "t"))
        #expect(run(&hook, [muted, new, new]) == [1, 2])
    }

    @Test(
        "which hooks have to hear of every end of a contact",
        arguments: [
            (["contact::connected"], true), (["*::connected"], true), (["contact::destroyed::1"], true),
            (["contact::destroyed"], false), (["contact::*"], false), (["*"], false), ([], false),
            (["agent::*"], false), (["agent::*", "contact::init::1"], true),
        ])
    func overhears(patterns: [String], expected: Bool) throws {
        let parsed = try PartylineCommand.parseAsRoot(["hook", "--existing"] + patterns + ["--run", "true"])
        var hook = HookSelection(try #require(parsed as? HookCommand).events)
        #expect(hook.additionalPatterns == (expected ? ["contact::destroyed"] : []))
        let end = EventStream.Update.event(try Lines.contact("destroyed", "2"))
        let isAskedFor = !expected && patterns != ["agent::*"]
        // The daemon sends no event of a contact to a hook for the agent.
        if patterns != ["agent::*"] { #expect((hook.event(of: end) != nil) == isAskedFor) }
    }

    @Test(
        "events that a partyline in the command causes run the hook only if a pattern names them",
        arguments: ["update_connected_ccps", "api_metric", "partyline::auth", "partyline::link", "partyline::ports"])
    func own(name: String) throws {
        let event = EventStream.Update.event(try Lines.event(name, [:]))
        var all = try selection()
        var star = try selection("*")
        var named = try selection(name)
        #expect(run(&all, [event]).isEmpty && run(&star, [event]).isEmpty && run(&named, [event]) == [0])
    }
}
