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
        @Test("killed and stopped again and again among 1,000 transitions: a client that resumes ends with the truth")
        func amongTransitions() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            _ = try stage.readyClient()
            _ = try stage.readyWitness()
            let follower = Follower(stage.socket)
            try follower.follow(until: .now + .seconds(10)) { follower.subscriptions.count == 1 }
            var generator = Seeded(20)
            var turmoil = Turmoil(21)
            var restarts = 0
            for step in 1...1000 {
                try turmoil.step(stage)
                try follower.follow()
                guard step % 80 == 0 else { continue }
                // Somewhere between the service's answer and the last write.
                usleep(UInt32(generator.below(4000)))
                try stage.endDaemon(restarts % 3 == 2 ? SIGTERM : SIGKILL)
                // It goes on while nobody looks.
                for _ in 0..<generator.below(5) { try turmoil.step(stage) }
                try stage.startDaemon(environment: Stage.steady)
                restarts += 1
                guard restarts % 2 == 0 else { continue }
                let told = follower.subscriptions.count
                try follower.follow(until: .now + .seconds(10)) { follower.subscriptions.count > told }
            }
            let truth = try stage.truth()
            try follower.follow(until: .now + .seconds(20)) { follower.picture.essence == truth }
            #expect(follower.picture.essence == truth)
            #expect(follower.picture.faults == [])
            #expect(follower.lags == 0)
            // Everything was kept, so that nobody had to begin anew.
            #expect(follower.subscriptions.filter(\.isFresh).count == 1)
            #expect(follower.subscriptions.count > restarts / 2)
            #expect(stage.complaints == [])
        }

        @Test("what changed while the daemon was down comes as ordinary events", arguments: [SIGKILL, SIGTERM])
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
            try before.takeAvailable()
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
            let told = after.events.resumable.filter { !$0.name.hasPrefix("agent::websocket") }
            #expect(
                told.map { "\($0.name) \($0.contactId ?? $0.data?["newState"]?.string ?? "")" } == [
                    "agent::refresh ", "agent::not_routable ", "agent::state_change Lunch", "contact::init comes",
                    "contact::connecting comes", "contact::refresh comes", "contact::ended goes",
                    "contact::destroyed goes", "contact::acw ends", "contact::ended ends", "contact::refresh ends",
                    "contact::refresh stays",
                ])
            let gone = try #require(told.first { $0.name == "contact::destroyed" })
            #expect(gone.data?["contact"]?["state"]?["type"] == "connected", "its last known form")
            // What was told before is not told again: neither its end nor its beginning.
            try stage.clear("ends")
            try after.wait(for: "contact::destroyed", of: "ends")
            #expect(after.events.count { $0.name == "contact::ended" && $0.contactId == "ends" } == 1)
            #expect(!after.events.contains { $0.name == "agent::init" })
        }

        @Test("what changed while nobody was on the line is kept too: a kill loses none of it")
        func nobody() throws {
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

        @Test("clocks of the first run are good in the fourth; those of a run that nobody knows are not")
        func manyRuns() throws {
            let stage = try Stage()
            try stage.startLonelyDaemon()
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
                try stage.startLonelyDaemon()
            }
            let again = try Subscriber(stage.socket, ["run::*"], since: start)
            #expect(!again.answer.isFresh)
            try again.wait(for: "run::3") { $0.data == 4 }
            #expect(again.events.lines == expected)
            #expect(Set(again.events.map { $0.clock.prefix { $0 != ":" } }).count == 4)
            #expect(try Subscriber(stage.socket, since: "unheard-of:3").answer.isFresh)
        }

        /// What may have happened to the files while the daemon was down.
        enum Mishap: String, CaseIterable, Sendable {
            case none, removed, garbage, emptied, cut, older, notKept
        }

        @Test("whatever happened to the files: everything, or fresh; never silence", arguments: Mishap.allCases)
        func mishaps(_ mishap: Mishap) throws {
            let stage = try Stage()
            let keeping = mishap == .notKept ? ["PARTYLINE_STATE_KEEP": "off"] : [:]
            try stage.startLonelyDaemon(keeping)
            let port = try stage.client()
            let witness = try Subscriber(stage.socket, ["my::*"])
            for number in 0..<100 {
                try port.send("broadcast", ["event": "my::event", "data": .int(number)])
                if number == 50 {
                    try witness.wait(for: "my::event") { $0.data == 50 }
                    for file in stage.stateFiles where mishap == .older {
                        try FileManager.default.copyItem(atPath: file, toPath: file + ".old")
                    }
                }
            }
            try witness.wait(for: "my::event") { $0.data == 99 }
            let since = witness.events[witness.events.count - 10].clock
            try stage.endDaemon()
            try happen(mishap, stage)
            try stage.startLonelyDaemon(keeping)

            let again = try Subscriber(stage.socket, ["my::*"], since: since)
            #expect(again.answer.isFresh == (mishap != .none))
            // Numbers go on where they were, or begin anew under another name; in no case is one given out twice.
            try stage.client().send("broadcast", ["event": "my::event", "data": "after"])
            try again.wait(for: "my::event") { $0.data == "after" }
            #expect(again.events.count == (mishap == .none ? 10 : 1))
            #expect(!witness.events.map(\.clock).contains(try again.clock))
            let complaint = stage.complaints.first { $0.contains("cannot be read, so this run begins afresh") }
            #expect((complaint != nil) == [.garbage, .cut].contains(mishap), "\(stage.complaints)")
            #expect(
                try stage.client().connection.request("getStatus")["state"]?["kept"]
                    == (mishap == .notKept ? "none" : "files"))
        }

        private func happen(_ mishap: Mishap, _ stage: Stage) throws {
            for file in stage.stateFiles {
                let bytes = try? Data(contentsOf: URL(filePath: file))
                let handle = FileHandle(forUpdatingAtPath: file)
                switch mishap {
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
