// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Signing in with a cookie file")
    struct SignInTests {
        private let settings = [
            "PARTYLINE_TIMERS_SIGNED_OUT_RETRY_INTERVAL": "20", "PARTYLINE_TIMERS_CREDENTIAL_CHECK_INTERVAL": "100",
        ]

        private func running() throws -> Stage {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: settings)
            _ = try stage.readyClient()
            return stage
        }

        private func write(_ text: String, _ stage: Stage) throws {
            try text.write(toFile: stage.cookies, atomically: true, encoding: .utf8)
            chmod(stage.cookies, 0o600)
        }

        private func partyline(_ stage: Stage, _ arguments: String...) throws -> (status: Int32, text: String) {
            let end = try Program.run("partyline", ["--socket", stage.socket] + arguments, folder: stage.folder)
            return (end.status, end.printed + end.errors)
        }

        @Test("the token is refused → the call succeeds with a new one, and no port hears of it")
        func once() throws {
            let stage = try running()
            let port = try stage.readyClient()
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            try events.wait(for: EventName.auth) { $0.data?["state"] == "signed_in" }
            for _ in 1...5 {
                try stage.control("/token/expire")
                _ = try port.connection.call("getAgentStates")
            }
            try stage.setState("Lunch")
            try port.agent { $0.snapshot.state?.name == "Lunch" }
            #expect(try !port.events().contains { ["auth_fail", "access_denied"].contains($0) })
            let failed = port.received.filter { $0.event == "api_metric" && $0.data?["error"] != nil }
            #expect(failed.isEmpty)
        }

        @Test("the cookies are refused → five requests, every port is told once; new cookies help at once")
        func cookies() throws {
            let stage = try running()
            let good = try String(contentsOfFile: stage.cookies, encoding: .utf8)
            let ports = try (0..<20).map { _ in try stage.client() }
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            try events.wait(for: EventName.auth) { $0.data?["state"] == "signed_in" }
            let before = try stage.count(of: "authorize")
            try write("# Netscape HTTP Cookie File\n", stage)
            try stage.control("/token/expire")
            try events.wait(for: EventName.auth) { $0.data?["state"] == "required" }
            #expect(try stage.count(of: "authorize") - before == 5)
            let status = try partyline(stage, "status")
            #expect(status.status == 5 && status.text.contains("put new cookies into the file of session.cookieFile"))

            try write(good, stage)
            let end = try events.wait(for: EventName.auth) { $0.data?["state"] == "signed_in" }
            #expect(end.data?["reason"] == nil && end.data?["expiresAt"] != nil)
            for port in ports {
                try port.wait(for: EventName.authorizeSuccess)
                let told = try port.events().filter { $0.hasPrefix("auth") }
                #expect(told == ["auth_fail", "authorize_retries_exhausted", "authorize_success"])
            }
            try eventually("the session runs again") { try partyline(stage, "status").status == 0 }
            #expect(try partyline(stage, "get", "snapshot.state.name").status == 0)
        }

        @Test("cookies that the service renews outlive kill -9, and the person's file stays as it is and wins")
        func renewed() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let own = try String(contentsOfFile: stage.cookies, encoding: .utf8)
            let state = ["PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state"]
            try stage.control("/cookie/lifetime", ["seconds": 4])
            try stage.startDaemon(environment: settings.merging(state) { $1 })
            let port = try stage.readyClient()
            let kept = "\(stage.folder)/state/\(URL(filePath: stage.socket).lastPathComponent).cookies"
            try eventually("the renewed cookies are kept") { FileManager.default.fileExists(atPath: kept) }
            try eventually("the first cookie has ended") { try stage.state("/state")["sessions"] == 1 }
            let before = try String(contentsOfFile: kept, encoding: .utf8)
            try stage.control("/token/expire")
            _ = try port.connection.call("getAgentStates")
            try eventually("the next ones are kept") { try String(contentsOfFile: kept, encoding: .utf8) != before }
            stage.daemon?.kill(SIGKILL)
            _ = try stage.daemon?.end()
            try stage.startDaemon(environment: settings.merging(state) { $1 })
            _ = try stage.readyClient()
            #expect(try String(contentsOfFile: stage.cookies, encoding: .utf8) == own)
            let facts = try FileManager.default.attributesOfItem(atPath: kept)
            #expect(facts[.posixPermissions] as? Int == 0o600)

            // A new sign-in, here one that does not work.
            try write(own.replacing("session-", with: "other-"), stage)
            try stage.control("/token/expire")
            try eventually("the new file counts") { try partyline(stage, "status").status == 5 }
            #expect(try !String(contentsOfFile: kept, encoding: .utf8).contains("session-"))
        }

        /// A daemon that takes its cookies from `partyline login`.
        private func startLogin(_ stage: Stage, _ more: [String: String] = [:]) throws {
            try stage.startDaemon(
                environment: settings.merging(more) { $1 }.merging([
                    "PARTYLINE_SESSION_SOURCE": "login", "PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state",
                ]) { $1 })
        }

        @Test("login: signs in with handed-over cookies, which outlive kill -9; bad ones are named, and change nothing")
        func login() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let good = try String(contentsOfFile: stage.cookies, encoding: .utf8)
            try startLogin(stage)
            let port = try stage.client()
            try port.wait(for: "auth_fail")
            let before = try partyline(stage, "status")
            #expect(before.status == 5 && before.text.contains("partyline --socket \(stage.socket) login"))
            let asked = try partyline(stage, "login", "--status")
            #expect(asked.status == 5 && asked.text.contains("partyline --socket \(stage.socket) login"))

            let file = "\(stage.folder)/given"
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            let end = try partyline(stage, "login", "--cookies", file)
            #expect(end.status == 0 && end.text.hasPrefix("signed in, until "))
            try port.wait(for: EventName.authorizeSuccess)
            _ = try stage.readyClient()
            #expect(try partyline(stage, "login", "--status", "--json").text.contains(#""state":"signed_in""#))

            for (text, words) in [("", "no cookies"), (good.replacing("127.0.0.1", with: "example.com"), "only for")] {
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                let refused = try partyline(stage, "login", "--cookies", file)
                #expect(refused.status == 1 && refused.text.contains(words))
            }
            #expect(try partyline(stage, "login", "--cookies", "\(stage.folder)/missing").status == 2)
            #expect(try partyline(stage, "login", "--cookies", stage.folder).status == 2)
            #expect(try partyline(stage, "login", "--wait", "--status").status == 2)
            try good.replacing("session-", with: "\u{1}-").write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try partyline(stage, "login", "--cookies", file).text.contains("control characters"))
            #expect(try partyline(stage, "login", "--status").status == 0)

            stage.daemon?.kill(SIGKILL)
            _ = try stage.daemon?.end()
            try startLogin(stage)
            _ = try stage.readyClient()
            try good.replacing("session-", with: "other-").write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try partyline(stage, "login", "--cookies", file).status == 5)

            // The service is down for a moment: that is no refusal.
            try stage.control("/faults", ["operation": "authorize", "status": 503, "times": 2])
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try partyline(stage, "login", "--cookies", file).status == 0)

            _ = try stage.daemon.map { daemon in
                daemon.kill(SIGTERM)
                return try daemon.end()
            }
            try startLogin(stage, ["PARTYLINE_STATE_KEEP": "off"])
            try stage.client().wait(for: "auth_fail")
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(stage.folder)/state")
            #expect(!left.contains { $0.hasSuffix(".cookies") })
        }

        @Test("with another session.source, login says what to set")
        func otherSource() throws {
            let stage = try running()
            let refused = try partyline(stage, "login", "--cookies", stage.cookies)
            #expect(refused.status == 7 && refused.text.contains("session.source: login"))
        }

        @Test("a cookie file that was not usable, and is made usable → signed in, though its text is the same")
        func permissions() throws {
            let stage = try running()
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            chmod(stage.cookies, 0o666)
            try stage.control("/token/expire")
            try events.wait(for: EventName.auth) { $0.data?["state"] == "required" }
            chmod(stage.cookies, 0o600)
            try events.wait(for: EventName.auth) { $0.data?["state"] == "signed_in" }
        }

        @Test("terminate → waits for new cookies, and then the session runs again")
        func terminate() throws {
            let stage = try running()
            let good = try String(contentsOfFile: stage.cookies, encoding: .utf8)
            let port = try stage.client()
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            // Cookies that were there before do not count as a new sign-in.
            try write(good + "# a comment\n", stage)
            let before = try stage.count(of: "authorize")
            try port.send("terminate")
            try events.wait(for: EventName.auth) { $0.data?["state"] == "required" }
            let status = try partyline(stage, "status")
            #expect(status.status == 5 && status.text.contains("terminated"))
            #expect(!status.text.contains("restart"))
            // No event tells that the daemon looked and found nothing new: it looks every 100 ms.
            usleep(300_000)
            #expect(try stage.count(of: "authorize") == before)

            try write(good + "\n", stage)
            try events.wait(for: EventName.auth) { $0.data?["state"] == "signed_in" }
            try eventually("the session runs again") { try partyline(stage, "status").status == 0 }
        }
    }
}
