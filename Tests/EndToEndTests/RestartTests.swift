// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// A daemon that is killed or stopped, and started again.
    @Suite("Restarts")
    struct RestartTests {
        @Test("repeated kills and stops during 1,000 transitions → a client that resumes ends with the right state")
        func amongTransitions() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            _ = try stage.readyWitness()
            let follower = Follower(stage.socket)
            try follower.follow(until: .now + .seconds(10)) { follower.subscriptions.count == 1 }
            var generator = Seeded(20)
            var randomContacts = RandomContacts(21)
            var restarts = 0
            for step in 1...1000 {
                try randomContacts.step(stage)
                try follower.follow()
                guard step % 80 == 0 else { continue }
                // At some point between the service's answer and the last write.
                usleep(UInt32(generator.below(4000)))
                try stage.endDaemon(restarts % 3 == 2 ? SIGTERM : SIGKILL)
                // Changes continue while no daemon runs.
                for _ in 0..<generator.below(5) { try randomContacts.step(stage) }
                try stage.startDaemon(environment: Stage.steady)
                restarts += 1
                guard restarts % 2 == 0 else { continue }
                let before = follower.subscriptions.count
                try follower.follow(until: .now + .seconds(10)) { follower.subscriptions.count > before }
            }
            let truth = try stage.truth()
            try follower.follow(until: .now + .seconds(20)) { follower.replica.summary == truth }
            #expect(follower.replica.summary == truth)
            #expect(follower.replica.faults == [])
            #expect(follower.lags == 0)
            // Everything was kept: no subscription had to start fresh.
            #expect(follower.subscriptions.filter(\.isFresh).count == 1)
            #expect(follower.subscriptions.count > restarts / 2)
            #expect(stage.warnings == [])
        }

        @Test("changes while the daemon was down → ordinary events", arguments: [SIGKILL, SIGTERM])
        func meanwhile(_ signal: Int32) throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            let before = try stage.readyWitness()
            for (id, isTaken) in [("goes", true), ("ends", true), ("stays", false)] {
                try stage.offerChat(id)
                try before.wait(for: "contact::refresh", of: id)
                guard isTaken else { continue }
                try stage.accept(id)
                try before.wait(for: "contact::connected", of: id)
            }
            try before.readAvailable()
            try stage.endDaemon(signal)
            try before.readToTheEnd()

            for id in ["goes", "ends"] { try stage.hangUp(id) }
            try stage.clear("goes")
            try stage.offerChat("comes")
            try stage.setState("Lunch")
            try stage.startDaemon(environment: Stage.steady)
            let after = try Subscriber(stage.socket, since: try before.clock)
            #expect(!after.answer.isFresh)
            try after.wait(for: "contact::refresh", of: "stays")
            let events = after.events.resumable.filter { !$0.name.hasPrefix("agent::websocket") }
            #expect(
                events.map { "\($0.name) \($0.contactId ?? $0.data?["newState"]?.string ?? "")" } == [
                    "agent::refresh ", "agent::not_routable ", "agent::state_change Lunch", "contact::init comes",
                    "contact::connecting comes", "contact::refresh comes", "contact::ended goes",
                    "contact::destroyed goes", "contact::acw ends", "contact::ended ends", "contact::refresh ends",
                    "contact::refresh stays",
                ])
            let gone = try #require(events.first { $0.name == "contact::destroyed" })
            #expect(gone.data?["contact"]?["state"]?["type"] == "connected", "its last known form")
            // Events that were sent before are not repeated: neither an end nor a beginning.
            try stage.clear("ends")
            try after.wait(for: "contact::destroyed", of: "ends")
            #expect(after.events.count { $0.name == "contact::ended" && $0.contactId == "ends" } == 1)
            #expect(!after.events.contains { $0.name == "agent::init" })
        }

        @Test("changes while no client is connected → kept, also over a kill")
        func noClients() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            var clock = ""
            try {
                _ = try stage.readyClient()
                let witness = try stage.readyWitness()
                clock = try witness.clock
            }()
            for state in ["Lunch", "Offline"] {
                try stage.setState(state)
                try eventually("\(state) is in the state that is kept") {
                    try stage.stateFiles.contains { file in
                        guard FileManager.default.fileExists(atPath: file) else { return false }
                        let bytes = try Data(contentsOf: URL(filePath: file))
                        return bytes.range(of: Data(#""newState":"\#(state)""#.utf8)) != nil
                    }
                }
            }
            try stage.endDaemon()
            try stage.startDaemon(environment: Stage.steady)
            let after = try Subscriber(stage.socket, ["agent::state_change"], since: clock)
            #expect(!after.answer.isFresh)
            for state in ["Lunch", "Offline"] {
                try after.wait(for: "agent::state_change") { $0.data?["newState"]?.string == state }
            }
        }

        @Test("a clock of the first run → resumes in the fourth; a clock of an unknown run → fresh")
        func manyRuns() throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession()
            let first = try Subscriber(stage.socket, ["run::*"])
            let start = try #require(first.answer.clock)
            var expected: [String] = []
            for run in 0..<4 {
                let witness = try Subscriber(stage.socket, ["run::*"])
                let port = try stage.client()
                for number in 0..<5 {
                    try port.send("broadcast", ["event": .string("run::\(run)"), "data": .int(number)])
                }
                try witness.wait(for: "run::\(run)") { $0.data == 4 }
                expected += witness.events.lines
                try stage.endDaemon(run % 2 == 0 ? SIGKILL : SIGTERM)
                try stage.startDaemonWithoutSession()
            }
            let again = try Subscriber(stage.socket, ["run::*"], since: start)
            #expect(!again.answer.isFresh)
            try again.wait(for: "run::3") { $0.data == 4 }
            #expect(again.events.lines == expected)
            #expect(Set(again.events.map { $0.clock.prefix { $0 != ":" } }).count == 4)
            #expect(try Subscriber(stage.socket, since: "unheard-of:3").answer.isFresh)
        }

        /// What has happened to the state files while the daemon was down.
        enum FileDamage: String, CaseIterable, Sendable {
            case none, removed, garbage, emptied, cut, older, notKept
        }

        @Test("damaged state files → either all events or fresh, never a silent gap", arguments: FileDamage.allCases)
        func damagedFiles(_ damage: FileDamage) throws {
            let stage = try Stage()
            let keeping = damage == .notKept ? ["PARTYLINE_STATE_KEEP": "off"] : [:]
            try stage.startDaemonWithoutSession(keeping)
            let port = try stage.client()
            let witness = try Subscriber(stage.socket, ["my::*"])
            for number in 0..<100 {
                try port.send("broadcast", ["event": "my::event", "data": .int(number)])
                if number == 50 {
                    try witness.wait(for: "my::event") { $0.data == 50 }
                    for file in stage.stateFiles where damage == .older {
                        try FileManager.default.copyItem(atPath: file, toPath: file + ".old")
                    }
                }
            }
            try witness.wait(for: "my::event") { $0.data == 99 }
            let since = witness.events[witness.events.count - 10].clock
            try stage.endDaemon()
            try apply(damage, stage)
            try stage.startDaemonWithoutSession(keeping)

            let again = try Subscriber(stage.socket, ["my::*"], since: since)
            #expect(again.answer.isFresh == (damage != .none))
            // Positions continue, or start again in a new epoch. No clock is given out twice.
            try stage.client().send("broadcast", ["event": "my::event", "data": "after"])
            try again.wait(for: "my::event") { $0.data == "after" }
            #expect(again.events.count == (damage == .none ? 10 : 1))
            #expect(!witness.events.map(\.clock).contains(try again.clock))
            let warning = stage.warnings.first { $0.contains("cannot be read, so this run begins afresh") }
            #expect((warning != nil) == [.garbage, .cut].contains(damage), "\(stage.warnings)")
            #expect(
                try stage.client().connection.request("getStatus")["state"]?["kept"]
                    == (damage == .notKept ? "none" : "files"))
        }

        private func apply(_ damage: FileDamage, _ stage: Stage) throws {
            for file in stage.stateFiles {
                let bytes = try? Data(contentsOf: URL(filePath: file))
                let handle = FileHandle(forUpdatingAtPath: file)
                switch damage {
                case .none, .notKept: break
                case .removed: try FileManager.default.removeItem(atPath: file)
                case .emptied: try handle?.truncate(atOffset: 0)
                case .cut: try handle?.truncate(atOffset: UInt64(min(20, bytes?.count ?? 0)))
                case .garbage: try handle?.write(contentsOf: Data(repeating: 0x5A, count: bytes?.count ?? 0))
                case .older:
                    try handle?.truncate(atOffset: 0)
                    try handle?.write(contentsOf: try Data(contentsOf: URL(filePath: file + ".old")))
                }
                try handle?.close()
            }
        }
    }
}
