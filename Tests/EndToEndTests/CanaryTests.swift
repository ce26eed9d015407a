// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// The simulator's cookies and tokens have forms that nothing else has, so they are their own canaries.
    @Suite("Secrets")
    struct CanaryTests {
        // A Regex is not Sendable, but this one is a constant without a transform, and matching does not change it.
        nonisolated(unsafe) private static let canary = /(session|token)-[0-9a-f]{32,}|ticket=[0-9a-f]{16,}/

        private func leak(in text: String) -> String? { text.firstMatch(of: Self.canary).map { String($0.output.0) } }

        /// What the daemon did, with its answers.
        private func day(_ stage: Stage, _ given: String) throws -> [String: String] {
            var texts: [String: String] = [:]
            let socket = ["--socket", stage.socket]
            for verb in [
                ["login", "--cookies", given], ["login", "--status", "--json"], ["status"], ["status", "--json"],
                ["doctor"],
                ["logout", "--cancel"], ["get"], ["sync", "--json"], ["describe"], ["call", "getAgentStates"],
            ] {
                let end = try Program.run("partyline", socket + verb, folder: stage.folder)
                texts["partyline \(verb.joined(separator: " "))"] = end.printed + end.errors
            }
            return texts
        }

        @Test("cookies and tokens are in no log, line, status, argument, environment or file but the two of mode 0600")
        func canaries() throws {
            let stage = try Stage()
            try stage.startSimulator()
            let given = "\(stage.folder)/given"
            try FileManager.default.copyItem(atPath: stage.cookies, toPath: given)
            try stage.control("/cookie/lifetime", ["seconds": 3600])
            try stage.startDaemon(environment: [
                "PARTYLINE_SESSION_SOURCE": "login", "PARTYLINE_STATE_DIRECTORY": "\(stage.folder)/state",
                "PARTYLINE_LOG_LEVEL": "debug", "PARTYLINE_TIMERS_SIGNED_OUT_RETRY_INTERVAL": "20",
            ])
            let page = try stage.client()
            try page.wait(for: "auth_fail")
            let all = try Subscriber(stage.socket, ["*"])
            _ = try page.connection.request("setLogs", ["level": "debug"])
            var texts = try day(stage, given)
            _ = try stage.readyClient()

            // Refusals and failures, whose texts may quote a request.
            try stage.control("/token/expire")
            _ = try page.connection.call("getAgentStates")
            try stage.control("/faults", ["operation": "GetAgentStates", "status": 400, "message": "no"])
            _ = try? page.connection.call("getAgentStates")
            try stage.control("/sessions/end")
            try stage.control("/token/expire")
            try all.wait(for: EventName.auth) { $0.data?["state"] == "prompting" }
            texts.merge(try day(stage, given)) { $0 + $1 }
            try page.wait(for: EventName.authorizeRetriesExhausted)

            let pid = stage.daemon?.pid ?? 0
            texts["the log"] = stage.daemonLog
            texts["a Streams port"] = page.received.map { String(decoding: $0.line, as: UTF8.self) }.joined(
                separator: "\n")
            texts["a subscriber"] = all.events.map { String(decoding: $0.line, as: UTF8.self) }.joined(separator: "\n")
            for file in ["cmdline", "environ"] {
                texts[file] = try String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)
            }
            for (place, text) in texts {
                #expect(!text.isEmpty, "\(place)")
                #expect(leak(in: text) == nil, "\(place)")
            }
            try expectSecretFiles(stage, given)
            _ = try Program.run("partyline", ["--socket", stage.socket, "logout"], folder: stage.folder)
            #expect(leak(in: stage.daemonLog) == nil)
            try expectSecretFiles(stage, given, isLoggedOut: true)
        }

        private func expectSecretFiles(_ stage: Stage, _ given: String, isLoggedOut: Bool = false) throws {
            let name = URL(filePath: stage.socket).lastPathComponent
            let kept = isLoggedOut ? [] : ["\(stage.folder)/state/\(name).cookies"]
            let secret = Set([stage.cookies, given] + kept)
            var found: Set<String> = []
            let files = try #require(FileManager.default.enumerator(atPath: stage.folder))
            for case let file as String in files {
                let path = "\(stage.folder)/\(file)"
                guard let data = FileManager.default.contents(atPath: path),
                    leak(in: String(decoding: data, as: UTF8.self)) != nil
                else { continue }
                found.insert(path)
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(path)")
            }
            #expect(found == secret)
        }
    }
}
