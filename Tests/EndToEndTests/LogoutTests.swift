// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Logging out")
    struct LogoutTests {
        private func partyline(_ stage: Stage, _ arguments: String...) throws -> (status: Int32, text: String) {
            let end = try Program.run("partyline", ["--socket", stage.socket] + arguments, folder: stage.folder)
            return (end.status, end.printed + end.errors)
        }

        private func start(_ stage: Stage, source: String = "login") throws {
            try stage.startDaemon(
                environment: [
                    "PARTYLINE_SESSION_SOURCE": source, "PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state",
                    "PARTYLINE_TIMERS_SIGNED_OUT_RETRY_INTERVAL": "20",
                    "PARTYLINE_TIMERS_CREDENTIAL_CHECK_INTERVAL": "100",
                ].merging(Stage.steady) { $1 }.merging(Stage.withoutTLS) { $1 })
        }

        /// Signs in with new cookies of the simulator, and returns the file.
        private func signIn(_ stage: Stage, _ cookies: String) throws {
            let file = "\(stage.folder)/given"
            try cookies.write(toFile: file, atomically: true, encoding: .utf8)
            let end = try partyline(stage, "login", "--cookies", file)
            try #require(end.status == 0, "\(end)")
            _ = try stage.readyClient()
        }

        /// The text of all files of the daemon's state.
        private func kept(_ stage: Stage) throws -> String {
            let folder = "\(stage.folder)/state"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            return try names.map {
                String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\($0)")), as: UTF8.self)
            }.joined()
        }

        @Test(
            "one person's shift, kill -9, logout, restart, and another sign-in: nothing of the first reaches the second"
        )
        func whole() throws {
            let stage = try Stage()
            try stage.startSimulator(usesTLS: false)
            let cookies = try String(contentsOfFile: stage.cookies, encoding: .utf8)
            try start(stage)
            try signIn(stage, cookies)
            let early = try stage.readyWitness(["*"])
            try stage.playChat("first-1", seenBy: early)
            try stage.offerChat("first-2")
            try early.wait(for: "contact::connecting", of: "first-2")
            let refused = try partyline(stage, "logout")
            #expect(refused.status == 7 && refused.text.contains("chat first-2 (connecting)"))
            #expect(refused.text.contains("partyline --socket \(stage.socket) logout --when-free"))
            #expect(try stage.count(of: "logout") == 0)

            try stage.endDaemon(SIGKILL)
            try start(stage)
            _ = try stage.readyClient()
            let before = try early.clock
            let witness = try Subscriber(stage.socket, ["*"], since: before)
            #expect(witness.answer.isFresh == false)
            let page = try stage.client()
            #expect(try kept(stage).contains("first-2") && kept(stage).contains("session-"))

            let pending = try partyline(stage, "logout", "--when-free")
            #expect(pending.status == 0 && pending.text.contains("first-2"))
            #expect(try partyline(stage, "status").text.contains("is logged out when the last contact has gone"))
            #expect(try partyline(stage, "logout", "--cancel").status == 0)
            #expect(try partyline(stage, "logout", "--cancel").status == 7)
            #expect(try partyline(stage, "logout", "--when-free").status == 0)
            try stage.accept("first-2")
            try stage.hangUp("first-2")
            try witness.wait(for: "contact::ended", of: "first-2")
            #expect(try stage.count(of: "logout") == 0)
            try stage.clear("first-2")
            try witness.wait(for: "contact::destroyed", of: "first-2")
            let end = try witness.wait(for: EventName.terminated)
            try page.wait(for: EventName.terminated)
            try eventually("the cookies are gone") { try !kept(stage).contains("session-") }
            #expect(try stage.state("/state")["sessions"] == 0)
            #expect(try stage.state("/state")["snapshot"]?["state"]?["type"] == "offline")
            #expect(try !kept(stage).contains("first-"))
            let status = try partyline(stage, "status")
            #expect(status.status == 5 && status.text.contains("logged out by a client"))
            #expect(try partyline(stage, "get", "snapshot").status == 5)

            for clock in [try early.clock, before] {
                let late = try Subscriber(stage.socket, ["*"], since: clock)
                #expect(late.answer.isFresh && late.answer.snapshot == nil)
            }
            try stage.endDaemon(SIGKILL)
            try start(stage)
            try stage.client().wait(for: EventName.authFail)
            #expect(try stage.state("/state")["validTokens"] != .null)

            // Another person.
            try stage.control("/reset")
            let afterwards = try Subscriber(stage.socket, ["*"], since: end.clock)
            #expect(afterwards.answer.isFresh == false)
            let fresh = try Subscriber(stage.socket, ["*"], since: before)
            #expect(fresh.answer.isFresh && fresh.answer.snapshot == nil)
            try signIn(stage, try stage.signIn())
            try stage.setState("Available")
            try stage.offerChat("second-1")
            for subscriber in [afterwards, fresh] {
                try subscriber.wait(for: "contact::connecting", of: "second-1")
                // The websocket may be there before the agent.
                let names = subscriber.events.map(\.name).filter {
                    $0 != "agent::websocket_connection_gained" && ($0.hasPrefix("agent::") || $0.hasPrefix("contact::"))
                }
                #expect(names.prefix(2) == [EventName.agentUpdate, "agent::init"])
                #expect(!subscriber.events.lines.contains { $0.contains("first-") })
            }
        }

        @Test("with a contact, --now leaves it to the service; who was there is told ended, destroyed, terminated")
        func now() throws {
            let stage = try Stage()
            try stage.startSimulator(usesTLS: false)
            try start(stage)
            try signIn(stage, try String(contentsOfFile: stage.cookies, encoding: .utf8))
            let witness = try stage.readyWitness(["*"])
            try stage.offerChat("a")
            try stage.accept("a")
            try witness.wait(for: "contact::connected", of: "a")
            let done = try partyline(stage, "logout", "--now", "--json")
            #expect(done.status == 0 && done.text == #"{"state":"logged_out","warnings":[]}"# + "\n")
            try witness.wait(for: EventName.auth) { $0.data?["state"] == "required" }
            let names = witness.events.map(\.name).filter { $0.hasPrefix("contact::") || $0 == EventName.terminated }
            #expect(names.suffix(3) == ["contact::ended", "contact::destroyed", "terminated"])
            #expect(try stage.state("/contacts").array?.first?["state"] == "connected")
            #expect(try stage.state("/state")["snapshot"]?["nextState"]?["type"] == "offline")
            #expect(try partyline(stage, "logout").text.contains("logged out"))
        }

        @Test(
            "authorize: the person's file is not written, and not used again until it changes, after a restart either")
        func cookieFile() throws {
            let stage = try Stage()
            try stage.startSimulator(usesTLS: false)
            let own = try String(contentsOfFile: stage.cookies, encoding: .utf8)
            try start(stage, source: "authorize")
            _ = try stage.readyClient()
            #expect(try partyline(stage, "logout").status == 0)
            #expect(try stage.state("/state")["sessions"] == 0)
            #expect(try String(contentsOfFile: stage.cookies, encoding: .utf8) == own)
            #expect(try !kept(stage).contains("session-"))
            let asked = try stage.count(of: "authorize")
            try stage.endDaemon(SIGKILL)
            try start(stage, source: "authorize")
            try eventually("the daemon has given up") { try partyline(stage, "login", "--status").status == 5 }
            let status = try partyline(stage, "status")
            #expect(status.text.contains("was logged out") && status.text.contains("session.cookieFile"))
            #expect(try stage.count(of: "authorize") > asked)
            try stage.signIn().write(toFile: stage.cookies, atomically: true, encoding: .utf8)
            chmod(stage.cookies, 0o600)
            try eventually("the new cookies are used") { try partyline(stage, "login", "--status").status == 0 }
            _ = try stage.readyClient()
        }

        @Test("the service is down: logout says so and changes nothing; --now logs out here, and warns")
        func unreachable() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: ["PARTYLINE_TIMERS_SCALE_FROM": "100"])
            _ = try stage.readyClient()
            _ = try stage.readyWitness()
            try stage.control("/faults", ["operation": "PutAgentState", "status": 503, "times": -1])
            try stage.control("/faults", ["operation": "logout", "status": 503, "times": -1])
            let failed = try partyline(stage, "logout")
            #expect(failed.status == 1 && failed.text.contains("--now"))
            #expect(try partyline(stage, "status").status == 0)
            let forced = try partyline(stage, "logout", "--now")
            #expect(forced.status == 0 && forced.text.contains("warning: ") && forced.text.contains("logged out"))
            #expect(try partyline(stage, "status").status == 5)
        }
    }
}
