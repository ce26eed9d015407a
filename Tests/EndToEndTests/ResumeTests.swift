// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Clients that disconnect and come back: all missed events, once and in order, or a fresh start.
    @Suite("Resuming")
    struct ResumeTests {
        private func stage(_ environment: [String: String] = [:]) throws -> Stage {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady.merging(environment) { $1 })
            _ = try stage.readyClient()
            return stage
        }

        @Test("kill -9 of a partyline watch, 200 transitions → another one continues after its last line")
        func killedProgram() throws {
            let stage = try stage()
            let witness = try stage.readyWitness()
            let first = try stage.watch()
            try eventually("it has subscribed") { first.printed.contains("partyline::subscribed") }
            // The kill comes in the middle of events and output.
            for number in 0..<5 { try stage.playChat("before-\(number)", seenBy: witness) }
            first.kill(SIGKILL)
            #expect(try first.end() == 128 + SIGKILL)
            let seen = try first.events()
            let last = try #require(seen.last?.clock, "it was killed before it saw anything")

            for number in 0..<50 { try stage.playChat("chat-\(number)", seenBy: witness) }
            let end = try witness.clock
            let second = try stage.watch("--since", last)
            try eventually("it has caught up") { second.printed.contains("\"\(end)\"") }
            second.kill(SIGTERM)
            #expect(try second.end() == 0)

            let all = (seen + (try second.events())).resumable.lines
            let start = try #require(seen.first)
            let expected = witness.events.drop { $0.clock != start.clock }.resumable.lines
            #expect(Array(all.prefix(expected.count)) == expected)
            let missed = try witness.events(after: last).filter { !$0.name.hasSuffix("::refresh") }
            #expect(missed.count { $0.name != "contact::init" && $0.name != "contact::acw" } >= 200)
            #expect(second.printed.contains(#""fresh":false"#))
        }

        @Test(
            "a connection that was closed for 200 transitions → all of them; in mode latest the newest of each name")
        func closedConnection() throws {
            let stage = try stage()
            let witness = try stage.readyWitness()
            var client: Subscriber? = try Subscriber(stage.socket)
            try stage.playChat("before", seenBy: witness)
            try client?.wait(for: "contact::connected")
            let last = try #require(client?.events.last?.clock)
            client = nil
            for number in 0..<50 { try stage.playChat("chat-\(number)", seenBy: witness) }
            let end = try witness.clock
            let missed = try witness.events(after: last)

            let again = try Subscriber(stage.socket, since: last)
            #expect(!again.answer.isFresh && again.answer.snapshot == nil && again.answer.clock == last)
            try again.read(to: end)
            #expect(again.events.resumable.lines == missed.lines)

            let latest = try Subscriber(stage.socket, since: last, mode: "latest")
            #expect(!latest.answer.isFresh)
            try latest.read(to: end)
            let newest = missed.indices.filter { place in
                !missed[(place + 1)...].contains { $0.name == missed[place].name }
            }
            #expect(latest.events.resumable.lines == newest.map { missed[$0] }.lines)
        }

        @Test("clients that resume during transitions → missed and new events in one order")
        func inTheMiddle() throws {
            let stage = try stage()
            let witness = try stage.readyWitness()
            let start = try witness.clock
            var late: [Subscriber] = []
            var randomContacts = RandomContacts(4)
            for step in 0..<200 {
                try randomContacts.step(stage)
                if step % 10 == 0 { late.append(try Subscriber(stage.socket, since: start)) }
                try witness.readAvailable()
            }
            _ = try witness.connection.request("sync")
            try witness.readAvailable()
            let end = try witness.clock
            let expected = try witness.events(after: start).lines
            for client in late {
                #expect(!client.answer.isFresh)
                try client.read(to: end)
                #expect(Array(client.events.resumable.lines.prefix(expected.count)) == expected)
            }
        }

        @Test("subscriptions during transitions → snapshot and later events give the right state")
        func atomicity() throws {
            let stage = try stage()
            let witness = try stage.readyWitness()
            var late: [Subscriber] = []
            var randomContacts = RandomContacts(5)
            for step in 0..<150 {
                try randomContacts.step(stage)
                if step % 3 == 0 { late.append(try Subscriber(stage.socket)) }
                try witness.readAvailable()
            }
            let truth = try stage.truth()
            for client in late {
                #expect(client.answer.isFresh)
                var replica = Replica()
                replica.begin(client.answer.snapshot)
                var taken = 0
                try eventually("the replica has the right state") {
                    try client.readAvailable()
                    client.events[taken...].forEach { replica.apply($0) }
                    taken = client.events.count
                    return replica.summary == truth
                }
                #expect(replica.faults == [])
            }
        }

        @Test("a clock that has left the log, a clock that never existed → fresh, with the current agent")
        func overrun() throws {
            let stage = try stage(["PARTYLINE_LIMITS_EVENT_LOG_LINES": "100"])
            let witness = try stage.readyWitness()
            let old = try witness.clock
            for number in 0..<20 { try stage.playChat("chat-\(number)", seenBy: witness) }
            try stage.offerChat("now")
            try witness.wait(for: "contact::refresh", of: "now")
            let recent = try #require(witness.events.dropLast(30).last?.clock)

            #expect(try !Subscriber(stage.socket, since: recent).answer.isFresh)
            let epoch = String(recent.prefix { $0 != ":" })
            for clock in [old, "nonsense", "other:1", "\(epoch):999999999", "\(epoch):-1", "\(epoch):", ":", "0"] {
                let client = try Subscriber(stage.socket, since: clock)
                #expect(client.answer.isFresh, "\(clock)")
                #expect(client.answer.clock?.hasPrefix("\(epoch):") == true, "\(clock)")
                var replica = Replica()
                replica.begin(client.answer.snapshot)
                #expect(replica.summary == (try stage.truth()), "\(clock)")
                try client.readAvailable()
                #expect(client.events.isEmpty, "\(clock)")
            }
        }
    }
}

extension Stage {
    /// `partyline watch` of the agent and its contacts, as another program would run it.
    fileprivate func watch(_ arguments: String...) throws -> Program {
        try Program(
            "partyline",
            ["watch"] + Subscriber.agentAndContacts + ["--format", "json", "--socket", socket] + arguments,
            folder: folder)
    }
}

extension Program {
    /// The events that `partyline watch --format json` has printed, without a line that was cut off.
    fileprivate func events() throws -> [StreamEvent] {
        let text = printed
        let whole = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
        return try whole.split(separator: "\n").compactMap { StreamEvent(try ServerMessage(line: Array($0.utf8))) }
    }
}
