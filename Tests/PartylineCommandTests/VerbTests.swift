// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("Parsing of verbs, and their output")
struct VerbTests {
    private static let wrong: [[String]] = [
        ["wait"], ["wait", "agent::"], ["wait", ""], ["wait", "con*"],
        ["wait", "a::b::c::d::e::f::g::h::i"], ["wait", "x", "--timeout", "0"], ["wait", "x", "--match", "y"],
        ["watch", "--format", "light", "agent::*"], ["watch", "--format", "light", "--json"],
        ["watch", "--format", "xml"], ["hook", "contact::init"], ["hook", "contact::init", "--run"],
        ["hook", "x", "--jobs", "0", "--run", "true"], ["log-level", "loud"], ["sync", "--timeout", "-1"],
        ["call", "x", "--plain", "--confirm"], ["call", "x", "--deadline", "1", "--timeout", "1"],
        ["call", "x", "--deadline", "0"], ["watch", "-n", "0"], ["watch", "-n", "-1"],
        ["watch", "-n", "1", "--since", "e:1"],
        ["watch", "-n", "1", "--existing"], ["watch", "--except", "con*"], ["watch", "--format", "light", "-n", "1"],
        ["watch", "--format", "light", "--existing"], ["watch", "--format", "light", "--except", "x"],
        ["wait", "x", "--or-now", "--since", "e:1"], ["wait", "--or-now"], ["logs", "-n", "0"], ["logs", "-n", "1001"],
        ["logs", "--level", "loud"], ["broadcast"], ["broadcast", ""], ["subscribe"], ["subscribe", ""],
        ["subscribe", String(repeating: "x", count: 257)], ["subscribe", "x", "--timeout", "0"],
    ]

    @Test("invalid arguments → exit status 2", arguments: wrong)
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try PartylineCommand.parseAsRoot(arguments) }
        #expect(error.map { Main.exitCode(PartylineCommand.exitCode(for: $0)).rawValue } == 2)
    }

    @Test("options after -- belong to the hook's command")
    func hook() throws {
        let typed = ["hook", "agent::*", "--jobs", "2", "--match", "a=b", "--", "run", "--jobs", "9", "--", "x"]
        let rearranged = GlobalOptions.rearranged(typed)
        let hook = try #require(try PartylineCommand.parseAsRoot(rearranged) as? HookCommand)
        #expect(hook.command == ["run", "--jobs", "9", "--", "x"])
        #expect(hook.events.patterns == ["agent::*"])
        #expect(hook.jobs == 2 && hook.events.match == [EventMatch(path: "a", value: "b")])
        #expect(
            GlobalOptions.given(in: ["hook", "x", "--socket", "/p", "--", "y", "--socket", "/q"]) == ["--socket", "/p"])
    }

    @Test("no pattern → all events")
    func everything() throws {
        let watch = try #require(try PartylineCommand.parseAsRoot(["watch", "--since", "e:1"]) as? WatchCommand)
        #expect(watch.events.subscription(.latest) == Subscription(["*"], mode: .latest, since: "e:1"))
        #expect(watch.events.filter.hidesNoise)
        let first = try #require(try PartylineCommand.parseAsRoot(["watch", "--since", ""]) as? WatchCommand)
        #expect(first.events.subscription().since == nil)
    }

    @Test("without patterns the lines about connected programs are hidden, with them they are not")
    func ports() throws {
        let ports = try Lines.event("partyline::ports", ["count": 2])
        for (arguments, isShown) in [([], false), (["--json"], false), (["partyline::*"], true), (["*"], true)] {
            let watch = try #require(try PartylineCommand.parseAsRoot(["watch"] + arguments) as? WatchCommand)
            #expect(watch.filter.passes(ports) == isShown, "\(arguments)")
        }
    }

    @Test("watch: which events are left out")
    func except() throws {
        let typed = ["watch", "--json", "--except", "agent::*", "contact::*", "--except", "log", "--existing"]
        let watch = try #require(try PartylineCommand.parseAsRoot(typed) as? WatchCommand)
        #expect(watch.events.patterns == ["contact::*"])
        #expect(watch.filter.except.map(\.text) == ["agent::*", "log"])
        #expect(watch.filter.showsExisting && !watch.filter.hidesNoise)
        #expect(watch.events.subscription() == Subscription(["contact::*"], existing: true))
        let empty = try #require(
            try PartylineCommand.parseAsRoot(["watch", "-n", "3", "--since", ""]) as? WatchCommand)
        #expect(empty.last == 3)
    }

    @Test("a broadcast: name and data, an invalid one")
    func broadcast() throws {
        #expect(BroadcastCommand.message("a::b", nil) == ["event": "a::b"])
        #expect(BroadcastCommand.message("a::b", .null).text == #"{"event":"a::b","data":null}"#)
        #expect(try BroadcastCommand.read(Array("[1]".utf8)) == [1])
        let bad = #expect(throws: CommandFailure.self) { try BroadcastCommand.read(Array("{".utf8)) }
        #expect(bad?.status == .usage)
        let name = ProtocolFailure(code: "invalid_params", message: "the name of a broadcast must not contain x")
        #expect(BroadcastCommand.failure(name).status == .usage)
        let role = ProtocolFailure(code: "not_permitted", message: "broadcast needs the role operator")
        #expect(BroadcastCommand.failure(role).status == .denied)
    }

    @Test("call options → the parameters of the request")
    func call() throws {
        let typed = ["call", "acceptContact", "--confirm", "--key", "k", "--timeout", "2.5"]
        let call = try #require(try PartylineCommand.parseAsRoot(typed) as? CallCommand)
        let expected: JSON = [
            "method": "acceptContact", "params": ["a": 1], "deadlineMs": 2500, "confirm": true, "idempotencyKey": "k",
        ]
        #expect(call.request(["a": 1]) == expected)
        let short = try #require(try PartylineCommand.parseAsRoot(["call", "x", "--deadline", "7"]) as? CallCommand)
        #expect(short.request([:]) == ["method": "x", "params": [:], "deadlineMs": 7])
        let plain = try #require(try PartylineCommand.parseAsRoot(["call", "x"]) as? CallCommand)
        #expect(plain.milliseconds == 30_000)
    }

    private static let shapes = Vocabulary([
        "daemonEvents": [
            [
                "name": "contact::connected",
                "data": ["properties": ["contactId": ["type": "string"], "contact": ["$ref": "#/$defs/Contact"]]],
            ],
            ["name": "agent::state_change", "data": ["properties": ["newState": ["type": "string"]]]],
        ],
        "$defs": [
            "Contact": ["properties": ["contact": ["$ref": "#/$defs/Contact"], "id": ["$ref": "#/$defs/Id"]]],
            "Id": ["type": "string"],
        ],
    ])

    @Test("a --match that no data can have → what the data have; anything that may match → nil")
    func missing() {
        let never = EventMatch(path: "newState", value: "x")
        #expect(Self.shapes.missing(never, in: ["contact::connected"]) == "the data have contact, contactId")
        #expect(Self.shapes.missing(never, in: ["contact::connected", "agent::state_change"]) == nil)
        #expect(Self.shapes.missing(never, in: []) == nil && Self.shapes.missing(never, in: ["my::event"]) == nil)
        let deep = EventMatch(path: "contact.attributes.any", value: "x")
        #expect(Self.shapes.missing(deep, in: ["contact::connected"]) == nil)
    }

    @Test("describe shows definitions in place of references, and a reference only within its own definition")
    func resolved() throws {
        let entry = try #require(Self.shapes.entries(named: "contact::connected").first)
        let contact = Self.shapes.resolved(entry)["data"]?["properties"]?["contact"]
        #expect(contact?["properties"]?["id"] == ["type": "string"])
        #expect(contact?["properties"]?["contact"] == ["$ref": "#/$defs/Contact"])
    }

    @Test("a failed call → its status, with the daemon's hint")
    func outcome() {
        let conflict = ProtocolFailure(
            code: "conflict", message: "the service refused x", hint: "partyline get snapshot")
        let failure = FailureText.outcome(conflict)
        #expect(
            failure
                == CommandFailure(status: .conflict, message: "the service refused x", next: ["partyline get snapshot"])
        )
        let role = ProtocolFailure(code: "not_permitted", message: "call needs the role operator")
        #expect(FailureText.outcome(role).status == .denied)
        #expect(FailureText.outcome(ProtocolFailure(code: "timeout", message: "m", hint: "h")).status == .timeout)
    }

    @Test("a failed stream → its status")
    func streams() {
        let place = SocketPlace(path: "/p")
        #expect(FailureText.failure(.connection(.notRunning(path: "/p")), place).status == .notRunning)
        let pattern = ProtocolFailure(code: "invalid_params", message: "no pattern", hint: "like this")
        #expect(FailureText.failure(.refused(pattern), place).status == .usage)
    }

    @Test("a reload → applied, pending, warnings")
    func reload() {
        let answer: JSON = [
            "applied": ["log.level", "limits.uidPorts"], "needRestart": ["socket"], "warnings": ["odd"],
        ]
        #expect(
            ReloadCommand.lines(answer) == [
                "in force now: log.level, limits.uidPorts", "after a restart: socket", "warning: odd",
            ])
        #expect(ReloadCommand.lines([:]) == ["the configuration was read again; nothing has changed"])
    }

    private let described: JSON = [
        "methods": [
            ["name": "subscribe", "role": "presence", "summary": "Events."],
            ["name": "terminate", "role": "admin", "summary": "Ends it."],
        ],
        "clientEvents": [["name": "terminate", "role": "admin", "summary": "Ends it too."]],
        "daemonEvents": [["name": "contact::connected", "role": "observer", "summary": "Talking."]],
        "errors": [["code": "timeout", "meaning": "Too late."]], "news": 1,
    ]

    @Test("describe: the summary, single entries, an unknown name")
    func describe() {
        let vocabulary = Vocabulary(described)
        #expect(
            vocabulary.lines(.plain) == [
                "Requests", "  subscribe  presence  Events.", "  terminate  admin     Ends it.",
                "Events of the daemon", "  contact::connected  observer  Talking.", "Events of clients",
                "  terminate  admin  Ends it too.", "Errors", "  timeout    Too late.",
            ])
        #expect(vocabulary.entries(named: "terminate").count == 2)
        #expect(vocabulary.eventNames == ["contact::connected"])
        #expect(vocabulary.entries(named: "x").isEmpty)
        let failure = DescribeCommand.unknown("connected", vocabulary)
        #expect(failure.next == ["partyline describe contact::connected", "partyline describe   lists everything"])
        #expect(Vocabulary([:]).lines(.plain).isEmpty)
    }
}
