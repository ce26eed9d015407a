// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// The states in which a daemon can be, and what each verb makes of them.
    @Suite("Verbs in every state of the daemon")
    struct TroubleTests {
        /// The exit statuses of the verbs, and a word that `status` prints.
        struct Row: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let status: Int32
            let doctor: Int32
            let get: Int32
            let call: Int32
            let sync: Int32
            let word: String
            let begin: @Sendable (Stage) throws -> Void

            init(
                _ name: String, _ status: Int32, doctor: Int32, get: Int32, call: Int32, sync: Int32, _ word: String,
                _ begin: @escaping @Sendable (Stage) throws -> Void
            ) {
                (testDescription, self.status, self.doctor, self.get) = (name, status, doctor, get)
                (self.call, self.sync, self.word, self.begin) = (call, sync, word, begin)
            }
        }

        private static let configuring = ["PARTYLINE_SESSION_SOURCE": "configure"]
        private static let signingIn = ["PARTYLINE_SESSION_SOURCE": "login"]
        private static let rows = [
            Row("no daemon", 3, doctor: 1, get: 3, call: 3, sync: 3, "is not running") { _ in },
            Row("not configured", 5, doctor: 1, get: 5, call: 5, sync: 5, "waiting for a Streams page") { stage in
                try stage.startSimulator()
                try stage.startDaemon(environment: configuring)
            },
            Row("signed out", 5, doctor: 1, get: 5, call: 5, sync: 5, "contains no cookies") { stage in
                try stage.startSimulator()
                try "".write(toFile: stage.cookies, atomically: true, encoding: .utf8)
                chmod(stage.cookies, 0o600)
                try stage.startDaemon()
            },
            Row("sign-in needed", 5, doctor: 1, get: 5, call: 5, sync: 5, "prompting") { stage in
                try stage.startSimulator()
                try stage.startDaemon(environment: signingIn)
            },
            Row("sign-in given up", 5, doctor: 1, get: 5, call: 5, sync: 5, "required") { stage in
                try stage.startSimulator()
                try stage.startDaemon(environment: signingIn)
                let client = try stage.client()
                let prompt = try client.connection.request("beginSignIn")["prompt"]
                _ = try client.connection.request("abandonSignIn", ["id": prompt?["id"] ?? .null])
            },
            Row("logged out", 5, doctor: 1, get: 5, call: 5, sync: 5, "logged out by a client") { stage in
                try stage.startBoth()
                _ = try stage.readyClient().connection.request("logout")
            },
            Row("token expired", 5, doctor: 1, get: 5, call: 5, sync: 5, "the token has expired") { stage in
                try stage.startSimulator()
                try stage.startDaemon(environment: configuring)
                try stage.client().send("configure", configureData(stage, expires: "2020-01-01T00:00:00.000Z"))
            },
            Row("token refused", 5, doctor: 1, get: 5, call: 5, sync: 5, "refuses the token") { stage in
                try stage.startSimulator()
                try stage.startDaemon(environment: configuring)
                try stage.client().send("configure", configureData(stage, expires: "2099-01-01T00:00:00.000Z"))
            },
            Row("service down", 1, doctor: 1, get: 0, call: 1, sync: 1, "Amazon Connect cannot be reached") { stage in
                try stage.startBoth()
                _ = try stage.readyClient()
                stage.simulator?.kill(SIGKILL)
            },
            Row("service back", 0, doctor: 0, get: 0, call: 0, sync: 0, "Robin Example") { stage in
                try stage.startBoth()
                let client = try stage.readyClient()
                try stage.control("/listener/down", ["seconds": 1])
                try eventually("the link is down") {
                    try client.connection.request("getStatus")["link"]?["state"] != "up"
                }
                try eventually("the link is up") {
                    let status = try client.connection.request("getStatus")
                    return status["link"]?["state"] == "up" && status["webSocket"]?["state"] == "open"
                }
            },
            Row("wrong CA", 1, doctor: 1, get: 1, call: 1, sync: 1, "its certificate is not trusted") { stage in
                try stage.startSimulator()
                let other = try Stage()
                try other.startSimulator()
                // The other simulator ends with this closure, and its folder with it.
                let roots = "\(stage.folder)/other.pem"
                try FileManager.default.copyItem(atPath: "\(other.folder)/ca.pem", toPath: roots)
                try stage.startDaemon(environment: ["PARTYLINE_TLS_TRUST_ROOTS": roots])
            },
            Row("connection refused", 1, doctor: 1, get: 1, call: 1, sync: 1, "Connection refused") { stage in
                try stage.startSimulator()
                try stage.startDaemon(environment: ["PARTYLINE_SESSION_BASE_URL": "https://127.0.0.1:1"])
            },
            Row("captive portal", 1, doctor: 1, get: 1, call: 1, sync: 1, "answered with a web page") { stage in
                try stage.startSimulator()
                let portal = try RawService { _ in
                    .init("HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n<html>Please sign in</html>")
                }
                try stage.startDaemon(environment: ["PARTYLINE_SESSION_BASE_URL": "http://127.0.0.1:\(portal.port)"])
            },
            Row("websocket lost", 0, doctor: 0, get: 0, call: 0, sync: 0, "no websocket") { stage in
                try stage.startBoth()
                let client = try stage.readyClient()
                try stage.control("/faults", ["operation": "websocket", "status": 503, "times": -1])
                try stage.control("/websocket/drop")
                try client.wait(for: "webSocket::connection_lost")
            },
            Row("contacts suppressed", 0, doctor: 0, get: 0, call: 0, sync: 0, "contacts are suppressed") { stage in
                try stage.startBoth()
                let client = try stage.readyClient()
                try client.send("disasterRecovery::suppress", ["suppress": true])
                try client.wait(for: "disasterRecovery::failover")
            },
            Row("bad reload", 0, doctor: 0, get: 0, call: 0, sync: 0, "the last reload failed") { stage in
                try stage.startSimulator()
                try stage.write("log:\n  level: debug\n")
                try stage.startDaemon(["--config", stage.configurationFile])
                _ = try stage.readyClient()
                try stage.write("log:\n  level: loud\n")
                stage.daemon?.kill(SIGHUP)
                try eventually("it is in the log") { stage.daemonLog.contains("the new configuration has a problem") }
            },
            Row("disk full", 0, doctor: 0, get: 0, call: 0, sync: 0, "the state is not kept at the moment") { stage in
                try stage.startSimulator()
                try stage.startDaemon(fileSizeLimit: 1000)
                _ = try stage.readyClient()
            },
            Row("socket removed", 0, doctor: 0, get: 0, call: 0, sync: 0, "Robin Example") { stage in
                try stage.startBoth()
                _ = try stage.readyClient()
                unlink(stage.socket)
                try stage.waitForSocket()
            },
            Row("socket and lock removed", 0, doctor: 0, get: 0, call: 0, sync: 0, "Robin Example") { stage in
                try stage.startBoth()
                _ = try stage.readyClient()
                unlink(stage.socket + ".lock")
                unlink(stage.socket)
                try stage.waitForSocket()
                #expect(try Program.run("partylined", ["--socket", stage.socket], folder: stage.folder).status == 1)
            },
        ]

        @Test("status, doctor, get, call and sync agree, and their next commands work", arguments: rows)
        func agreement(row: Row) throws {
            let stage = try Stage()
            try row.begin(stage)
            var status: Result?
            do {
                try eventually("status says \(row.word)") {
                    let found = try run(stage, "status")
                    status = found
                    return found.status == row.status && (found.printed + found.errors).contains(row.word)
                }
            } catch {
                Issue.record("\(String(describing: status))\n\(stage.daemonLog)")
                throw error
            }
            let results = [
                (try run(stage, "doctor"), row.doctor), (try run(stage, "get", "snapshot.state.name"), row.get),
                (try run(stage, "call", "getAgentStates"), row.call), (try run(stage, "sync"), row.sync),
            ]
            for (result, expected) in results { #expect(result.status == expected, "\(result)") }
            let failures = [status].compactMap(\.self) + results.map(\.0).filter { $0.status != 0 }
            for result in failures { try followAdvice(in: result, stage) }
        }

        @Test("another user without permission → status 4, and doctor fails", .enabled(if: Stage.canRunAsOtherUser))
        func noPermission() throws {
            let stage = try Stage()
            try stage.startBoth()
            try stage.openToOthers()
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: stage.socket)
            let result = try stage.statusOfNobody()
            #expect(result.status == 4 && result.errors.contains("no permission to open"), "\(result)")
        }

        // MARK: Running

        private typealias Result = (status: Int32, printed: String, errors: String)

        private func run(_ stage: Stage, _ arguments: String...) throws -> Result {
            try Program.run("partyline", arguments + ["--socket", stage.socket], folder: stage.folder, seconds: 30)
        }

        /// Runs the commands that a verb suggests, each for at most a second. Those of other programs may be missing here.
        private func followAdvice(in result: Result, _ stage: Stage) throws {
            let lines = (result.printed + result.errors).split(separator: "\n").map {
                $0.drop { $0 == " " }
            }
            let commands = lines.filter { $0.hasPrefix("next: ") || $0.hasPrefix("or: ") }.map { line in
                String(line.drop { $0 != " " }.dropFirst()).components(separatedBy: "   ")[0]
            }
            // A partylined without --socket would use this user's own place.
            for command in Set(commands) where command.contains("partyline") && !command.hasSuffix("demo") {
                let command = command.replacing(" FILE", with: " \(stage.cookies)")
                let run = try Program.run(
                    "sh", ["-c", "exec timeout 1 \(command)"], folder: stage.folder,
                    executable: URL(filePath: "/bin/sh"))
                // 2: a wrong command line; 126 and 127: no such program.
                #expect(![2, 126, 127].contains(run.status), "\(command): \(run)")
            }
            if result.status != 0 { #expect(!commands.isEmpty || result.printed.contains("FAIL"), "\(result)") }
        }

        private static func configureData(_ stage: Stage, expires: String) -> JSON {
            [
                "authToken": "unknown-token", "region": "us-west-2", "endpoint": .string("\(stage.base)/connect/api"),
                "agentAppEndpoint": .string("\(stage.base)/agent-app/api"), "authCookieName": "lily-auth",
                "authTokenExpiration": .string(expires),
            ]
        }
    }
}
