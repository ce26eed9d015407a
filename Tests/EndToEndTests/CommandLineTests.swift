// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("The command line")
    struct CommandLineTests {
        private func partyline(_ stage: Stage, _ arguments: String...) throws -> (
            status: Int32, printed: String, errors: String
        ) {
            try Program.run("partyline", arguments + ["--socket", stage.socket], folder: stage.folder, seconds: 30)
        }

        @Test("status, get, call, socket-path and version against a live daemon")
        func verbs() throws {
            let stage = try Stage()
            try stage.startBoth()
            _ = try stage.readyClient()
            let status = try partyline(stage, "status")
            #expect(status.status == 0 && status.printed.contains("Robin Example"), "\(status)")
            let json = try JSON(parsing: try partyline(stage, "status", "--json").printed)
            #expect(json["link"]?["state"] == "up")
            #expect(try partyline(stage, "get", "snapshot.state.name").printed == "Offline\n")
            #expect(try partyline(stage, "get", "snapshot.state.name", "--json").printed == "\"Offline\"\n")
            let nothing = try partyline(stage, "get", "snapshot.nothing")
            #expect(nothing.status == 1 && nothing.errors.contains("there is: "))
            let states = try JSON(parsing: try partyline(stage, "call", "getAgentStates", "--json").printed)
            #expect(states["states"]?.array?.count == 4)
            let refused = try partyline(stage, "call", "acceptContact", #"{"contactId":"x"}"#)
            #expect(refused.status == 1 && refused.errors.contains("ContactNotFoundException"))
            #expect(try partyline(stage, "call", "acceptContact", "{").status == 2)
            #expect(try partyline(stage, "socket-path").printed == "\(stage.socket)\n")
            #expect(try partyline(stage, "version").printed.contains("partylined \(Partyline.version)"))
        }

        @Test("not running, not signed in, service down → different messages and exit statuses")
        func troubles() throws {
            let stage = try Stage()
            let absent = try partyline(stage, "status")
            #expect(absent.status == 3 && absent.errors.contains("partylined is not running"))
            #expect(absent.errors.contains("next: "))

            try stage.startSimulator()
            try "".write(toFile: stage.cookies, atomically: true, encoding: .utf8)
            try stage.startDaemon()
            try eventually("it is signed out") { try partyline(stage, "status").status == 5 }
            let signedOut = try partyline(stage, "get", "snapshot.state.name")
            #expect(signedOut.status == 5 && signedOut.errors.contains("next: "), "\(signedOut)")

            let other = try Stage()
            try other.startBoth()
            _ = try other.readyClient()
            other.simulator?.kill(15)
            try eventually("the link is down") {
                let status = try partyline(other, "status")
                return status.status == 1 && status.printed.contains("Amazon Connect cannot be reached")
            }
        }

        @Test("log-level: from then on the daemon's log has entries of that level")
        func logLevel() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: ["PARTYLINE_LOG_LEVEL": "warning"])
            _ = try stage.readyClient()
            func debugLines() -> Int {
                (stage.daemon?.errors ?? "").split(separator: "\n").count { $0.contains("debug") }
            }
            #expect(debugLines() == 0)
            let answer = try partyline(stage, "log-level", "debug")
            #expect(answer.printed == "the log level is debug (it was warning)\n", "\(answer)")
            _ = try partyline(stage, "status")
            try eventually("an entry of the level debug") { debugLines() > 0 }
            #expect(try partyline(stage, "log-level", "error", "--json").printed.contains(#""level":"error""#))
        }

        @Test("watch --json → every line as it arrives; SIGTERM → status 0")
        func watch() throws {
            let stage = try Stage()
            try stage.startBoth()
            let port = try stage.readyClient()
            let watch = try Program("partyline", ["watch", "--json", "--socket", stage.socket], folder: stage.folder)
            try eventually("it has subscribed") { watch.printed.contains("partyline::subscribed") }
            try port.send("broadcast", ["event": "my::event", "data": ["n": 7]])
            try eventually("the broadcast is printed") {
                watch.printed.contains(#"{"event":"my::event","data":{"n":7},"clock":"#)
            }
            watch.kill(15)
            #expect(try watch.end() == 0)
            for line in watch.printed.split(separator: "\n") { _ = try JSON(parsing: String(line)) }
        }

        @Test("the demo at four times the speed → status 0")
        func demo() throws {
            let stage = try Stage()
            let run = try Program.run("partyline", ["demo", "--speed", "4"], folder: stage.folder, seconds: 60)
            #expect(run.status == 0, "\(run.printed)\n\(run.errors)")
            for words in [
                "is ringing", "is connected", "on hold", "after-contact work", "is cleared", "websocket is lost",
            ] {
                #expect(run.printed.contains(words), "\(words)")
            }
            #expect(!run.printed.contains("\u{1B}["), "colour in a pipe")
        }
    }
}
