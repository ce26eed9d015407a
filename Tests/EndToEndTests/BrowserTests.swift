// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Signing in with a browser", .enabled(if: Person.hasBrowser, "Chromium is not installed"))
    struct BrowserTests {
        private static let right = "type('robin', 'streams');"

        private func started(_ settings: [String: String] = [:]) throws -> Stage {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(
                environment: [
                    "PARTYLINE_SESSION_SOURCE": "login", "PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state",
                    "PARTYLINE_TIMERS_SIGNED_OUT_RETRY_INTERVAL": "20", "PARTYLINE_TIMERS_SCALE": "1",
                ].merging(settings) { $1 })
            return stage
        }

        private func partyline(_ stage: Stage, _ arguments: String...) throws -> (status: Int32, text: String) {
            let end = try Program.run(
                "partyline", ["--socket", stage.socket] + arguments, environment: Person.environment(stage),
                folder: stage.folder)
            return (end.status, end.printed + end.errors)
        }

        private func requests(_ stage: Stage, of operation: String) throws -> [String] {
            try stage.state("/requests?operation=\(operation)").array?.compactMap { $0["call"]?.string } ?? []
        }

        /// The service ends the session. The change of state ends the long poll, so that the next one finds out.
        private func endSession(_ stage: Stage) throws {
            try stage.control("/sessions/end")
            try stage.control("/token/expire")
            try stage.setState("Lunch")
            try stage.setState("Available")
        }

        private func expectSignedIn(_ login: Program, _ stage: Stage) throws {
            #expect(try login.end(within: 30) == 0, "\(login.errors)")
            #expect(login.printed.hasPrefix("signed in, until "))
            _ = try stage.readyClient()
            try eventually("the browser is gone") { try !Person.isBrowsing(stage) }
        }

        @Test(
            "a wrong password, then the right one → signed in, and the session survives kill -9; the window is closed")
        func password() throws {
            let stage = try started()
            let port = try stage.client()
            let person = try Person(
                at: stage,
                "text.includes('wrong user name or password') ? type('robin', 'streams') : type('robin', 'no');")
            let before = try stage.count(of: "login")
            try expectSignedIn(try person.login(), stage)
            try port.wait(for: EventName.authorizeSuccess)
            // The page, two attempts.
            #expect(try stage.count(of: "login") - before == 3)
            let other = try partyline(stage, "login", "--browser", "/nowhere")
            #expect(other.status == 0, "no browser is needed: \(other)")
            let again = try person.login()
            #expect(try again.end() == 0 && again.printed.hasPrefix("signed in, until "))
            #expect(try stage.count(of: "login") - before == 3)
            try stage.endDaemon(SIGKILL)
            try stage.startDaemon(environment: [
                "PARTYLINE_SESSION_SOURCE": "login", "PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state",
            ])
            _ = try stage.readyClient()
        }

        @Test("twenty ports, and the cookies end → one prompt with one id at each; signing in clears all")
        func ports() throws {
            let stage = try started()
            try expectSignedIn(try Person(at: stage, Self.right).login(), stage)
            let ports = try (0..<20).map { _ in try Subscriber(stage.socket, ["partyline::auth"]) }
            try endSession(stage)
            let prompts = try ports.map { port in
                try port.wait(for: EventName.auth, seconds: 30) { $0.data?["state"] == "prompting" }.data?["prompt"]
            }
            #expect(prompts.first??["url"] == .string("\(stage.base)/login") && prompts.first??["reason"] != nil)
            #expect(Set(prompts.map { $0?["id"]?.string }).count == 1)
            let status = try partyline(stage, "status")
            #expect(status.status == 5 && status.text.contains("prompting"))

            try expectSignedIn(try Person(at: stage, Self.right).login(), stage)
            for port in ports {
                let end = try port.wait(for: EventName.auth) { $0.data?["state"] == "signed_in" }
                #expect(end.data?["prompt"] == nil)
                let ids = port.events.compactMap { $0.data?["prompt"]?["id"]?.string }
                #expect(Set(ids).count == 1)
            }
        }

        @Test("the person closes the window → required, no second prompt, and the next login opens a new one")
        func closed() throws {
            let stage = try started()
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            try events.wait(for: EventName.auth) { $0.data?["state"] == "prompting" }
            let login = try Person(at: stage, "closeWindow();").login()
            #expect(try login.end(within: 30) == 5)
            #expect(login.errors.contains("the sign-in window was closed before anybody had signed in"))
            #expect(login.errors.contains("partyline --socket \(stage.socket) login"))
            try events.wait(for: EventName.auth) { $0.data?["state"] == "required" }
            #expect(try !Person.isBrowsing(stage))
            #expect(try stage.state("/state")["sessions"] == 1, "that of --cookies-out")
            let prompts = events.events.compactMap { $0.data?["prompt"]?["id"]?.string }
            #expect(Set(prompts).count == 1)
            try expectSignedIn(try Person(at: stage, Self.right).login(), stage)
        }

        @Test("SAML: by the identity provider's host and back; it knows the person later, but not after a logout")
        func saml() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let settings = [
                "PARTYLINE_SESSION_SOURCE": "login", "PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state",
                "PARTYLINE_SESSION_LOGIN_URL": "\(stage.base)/saml/login",
                "PARTYLINE_TIMERS_SIGNED_OUT_RETRY_INTERVAL": "20",
            ]
            try stage.startDaemon(environment: settings)
            #expect(try partyline(stage, "login", "--print-url").text == "\(stage.base)/saml/login\n")
            let person = try Person(at: stage, Self.right)
            try expectSignedIn(try person.login(), stage)
            let walk = ["GET /saml/login", "GET /idp/sso", "POST /idp/sso", "POST /saml/acs", "GET /home"]
            #expect(try requests(stage, of: "saml") == walk)

            try endSession(stage)
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            try events.wait(for: EventName.auth, seconds: 30) { $0.data?["state"] == "prompting" }
            try expectSignedIn(try person.login(), stage)
            let silent = walk.filter { $0 != "POST /idp/sso" }
            #expect(try requests(stage, of: "saml") == walk + silent)

            let out = try partyline(stage, "logout")
            #expect(out.status == 0, "\(out)")
            let profiles = try FileManager.default.contentsOfDirectory(atPath: "\(stage.folder)/x/partyline")
            #expect(profiles.isEmpty)
            try expectSignedIn(try person.login(), stage)
            #expect(try requests(stage, of: "saml") == walk + silent + walk)
        }

        @Test("a second login while a window is open joins it; a locked account is no sign-in, and unlocking it helps")
        func second() throws {
            let stage = try started()
            try stage.control("/account", ["locked": true])
            // Tries again and again.
            let person = try Person(at: stage, "setTimeout(() => type('robin', 'streams'), 200);")
            let first = try person.login()
            try eventually("the window is open", seconds: 30) { try stage.count(of: "login") > 1 }
            let second = try person.login()
            try eventually("it joins") { second.errors.contains("another partyline login has a sign-in window open") }
            let locked = try stage.state("/requests?operation=login").array?.count ?? 0
            try eventually("the person tries again") {
                try stage.state("/requests?operation=login").array?.count ?? 0 > locked
            }
            #expect(first.isRunning && second.isRunning)
            try stage.control("/account", ["locked": false])
            try expectSignedIn(first, stage)
            #expect(try second.end() == 0 && second.printed == first.printed)
        }

        @Test(
            "Ctrl-C, a time limit and kill -9 give the prompt up, and no browser stays; nor if another program signs in"
        )
        func endings() throws {
            let stage = try started()
            let events = try Subscriber(stage.socket, ["partyline::auth"])
            let person = try Person(at: stage, "")
            for (signal, status) in [(SIGINT, 1), (SIGKILL, 128 + SIGKILL)] as [(Int32, Int32)] {
                let login = try person.login()
                let pages = try stage.count(of: "login")
                try eventually("the page is shown", seconds: 30) { try stage.count(of: "login") > pages }
                login.kill(signal)
                #expect(try login.end() == status)
                try events.wait(for: EventName.auth) { $0.data?["state"] == "required" }
                try eventually("the browser is gone") { try !Person.isBrowsing(stage) }
            }
            let slow = try person.login("--timeout", "2")
            #expect(try slow.end(within: 30) == 6 && slow.errors.contains("no sign-in within 2 s"))
            try events.wait(for: EventName.auth) { $0.data?["state"] == "required" }

            let orphan = try person.login()
            let before = try stage.count(of: "login")
            try eventually("the page is shown", seconds: 30) { try stage.count(of: "login") > before }
            #expect(try partyline(stage, "logout").status == 0)
            #expect(try orphan.end(within: 30) == 5 && orphan.errors.contains("another program logged out"))
            #expect(try !Person.isBrowsing(stage))
            let profiles = try FileManager.default.contentsOfDirectory(atPath: "\(stage.folder)/x/partyline")
            #expect(profiles.isEmpty)

            let open = try person.login()
            let pages = try stage.count(of: "login")
            try eventually("the page is shown", seconds: 30) { try stage.count(of: "login") > pages }
            #expect(try partyline(stage, "login", "--cookies", stage.cookies).status == 0)
            try expectSignedIn(open, stage)
        }
    }
}
