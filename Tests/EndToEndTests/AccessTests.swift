// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Roles and access rules, and their change while the daemon runs.
    @Suite("Access")
    struct AccessTests {
        /// A daemon with a configuration file that tests overwrite.
        private func stage(_ rules: String...) throws -> Stage {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.configure(rules)
            try stage.startDaemon(["--config", stage.configurationFile])
            return stage
        }

        private static let own = "uid=\(geteuid())"

        struct RoleCase: CustomTestStringConvertible, Sendable {
            let role: String
            /// The requests that the role allows, of those in the test.
            let allowedRequests: Set<String>
            /// The events that the role allows, of those in the test.
            let allowedEvents: Set<String>
            var testDescription: String { role }
        }

        private static let reads: Set<String> = ["getStatus", "describe", "getAgent"]
        private static let observes: Set<String> = ["sync", "setLogs"]
        static let roleCases = [
            RoleCase(role: "presence", allowedRequests: reads, allowedEvents: []),
            RoleCase(role: "observer", allowedRequests: reads.union(observes), allowedEvents: []),
            RoleCase(
                role: "operator", allowedRequests: reads.union(observes).union(["call"]),
                allowedEvents: ["broadcast", "api_request"]),
            RoleCase(
                role: "admin", allowedRequests: reads.union(observes).union(["call", "setLogLevel", "reload"]),
                allowedEvents: ["broadcast", "api_request", "configure"]),
        ]

        @Test(
            "each role → allowed requests succeed, others are refused with the role that is needed",
            arguments: roleCases)
        func roles(_ roleCase: RoleCase) throws {
            let stage = try stage("\(Self.own) \(roleCase.role)")
            let port = try stage.client()
            try port.wait(for: EventName.agentUpdate)
            #expect(port.received.first?.data?["partyline"]?["role"]?.string == roleCase.role)
            let requests: [(String, JSON)] = [
                ("getStatus", [:]), ("describe", [:]), ("getAgent", [:]), ("sync", [:]), ("setLogs", ["level": .null]),
                ("call", ["method": "getAgentStates"]), ("setLogLevel", ["level": "debug"]), ("reload", [:]),
            ]
            for (method, params) in requests {
                if roleCase.allowedRequests.contains(method) {
                    _ = try port.connection.request(method, params)
                } else {
                    let failure = #expect(throws: ProtocolFailure.self) { try port.connection.request(method, params) }
                    #expect(failure?.code == "not_permitted" && failure?.retryable == false)
                    #expect(failure?.message.contains("\(method) needs the role ") == true)
                    #expect(failure?.hint?.contains("access.rules") == true)
                }
            }
            try sendEvents(roleCase, port)
        }

        private func sendEvents(_ roleCase: RoleCase, _ port: Client) throws {
            // A daemon that authorizes by itself ignores `configure` from any port: pages of Streams always send it.
            try port.send("configure", [:])
            for (event, data) in [("broadcast", ["event": "my::event"])] as [(String, JSON)] {
                try port.send(event, data)
                guard !roleCase.allowedEvents.contains(event) else { continue }
                let error = try port.wait(for: EventName.error)
                #expect(error.data?["code"] == "not_permitted")
                #expect(error.data?["message"]?.string?.contains("\(event) needs the role ") == true)
            }
            if roleCase.allowedEvents.contains("api_request") {
                _ = try port.connection.call("getAgentStates")
            } else {
                let failure = #expect(throws: CallFailure.self) { try port.connection.call("getAgentStates") }
                #expect(failure?.type == "not_permitted" && failure?.message.contains("operator") == true)
            }
            #expect(try port.events().contains("my::event") == roleCase.allowedEvents.contains("broadcast"))
        }

        @Test("the role presence sees only the agent's state: no contact and no broadcast, not even in the snapshot")
        func presence() throws {
            let stage = try stage("\(Self.own) admin")
            let port = try stage.readyClient()
            try stage.setState("Available")
            let before = try stage.readyOffer(port)
            try stage.configure(["\(Self.own) presence"])
            _ = try port.connection.request("reload")

            let page = try stage.client()
            let light = try Subscriber(stage.socket, ["*"])
            #expect(light.answer.snapshot?["snapshot"]?.object?.names == ["state", "skew"])
            #expect(light.answer.snapshot?["configuration"] == ["name": "Robin Example"])
            try port.send("broadcast", ["event": "my::event", "data": 1])
            try stage.accept(before)
            try port.agent { $0.contact(before)?.stateType == .connected }
            try stage.setState("Lunch")
            try light.wait(for: "agent::state_change") { $0.data?["newState"] == "Lunch" }
            let state = try page.wait(for: EventName.agentUpdate) { $0["snapshot"]?["state"]?["name"] == "Lunch" }
            #expect(state.data?["configuration"] == ["name": "Robin Example"])
            for text in light.events.lines + page.received.map({ String(decoding: $0.line, as: UTF8.self) }) {
                #expect(!text.contains(before) && !text.contains("my::event") && !text.contains("routingProfile"))
            }
            #expect(
                light.events.allSatisfy {
                    $0.name.hasPrefix("agent::") || [EventName.auth, EventName.link].contains($0.name)
                })
        }

        @Test("the first matching rule decides, by uid or by group; existing connections keep their role")
        func reload() throws {
            let stage = try stage("\(Self.own) admin")
            let admin = try stage.readyClient()
            let rules: [([String], String)] = [
                (["everyone presence", "\(Self.own) admin"], "presence"), (["gid=\(getegid()) operator"], "operator"),
                (["uid=4294967294 admin", "\(Self.own) observer"], "observer"), ([], "admin"),
            ]
            for (texts, role) in rules {
                try stage.configure(texts)
                let report = try admin.connection.request("reload")
                #expect(report["applied"] == ["access.rules"] && report["needRestart"] == [])
                #expect(try LineConnection(path: stage.socket).welcome().role == role)
            }
            // Limits are reloaded, too. Settings that need a restart are listed and not applied.
            try stage.configure([], "limits: {lineBytes: 2048}\nhttp: {readTimeout: 1}\n")
            let report = try admin.connection.request("reload")
            #expect(report["applied"] == ["limits.lineBytes"] && report["needRestart"] == ["http.readTimeout"])
            let port = try RawSocket(path: stage.socket)
            try port.write([UInt8](repeating: 0x20, count: 3000) + [0x0A])
            #expect(try port.line(containing: "partyline::error")?.contains("longer than 2048 bytes") == true)
            _ = try admin.connection.call("getAgentStates")
        }

        @Test("an invalid configuration → nothing changes, the error has the line; SIGHUP reloads, too")
        func mistakes() throws {
            let stage = try stage("\(Self.own) admin")
            let admin = try stage.readyClient()
            for (text, words) in [
                ("access:\n  rules: [\"\(Self.own) king\"]\n", ":2: access.rules"),
                ("acess: {}\n", ":1: there is no key acess"),
                ("a: [\n", "not YAML"),
            ] {
                try stage.write(text)
                let failure = #expect(throws: ProtocolFailure.self) { try admin.connection.request("reload") }
                #expect(
                    failure?.code == "invalid_params" && failure?.message.contains(words) == true,
                    "\(words): \(String(describing: failure))")
                #expect(failure?.hint?.contains("partylined --check-config") == true)
                #expect(try LineConnection(path: stage.socket).welcome().role == "admin")
            }
            stage.daemon?.kill(SIGHUP)
            try eventually("the signal was handled") {
                stage.warnings.count { $0.contains("so the present one stays") } == 4
            }
            try stage.configure(["everyone operator"])
            stage.daemon?.kill(SIGHUP)
            try eventually("the new rules hold") {
                try LineConnection(path: stage.socket).welcome().role == "operator"
            }
            #expect(stage.daemon?.isRunning == true)
            // No user is admin now, which is probably a mistake.
            #expect(stage.warnings.contains { $0.contains("access.rules gives no user the role admin") })
            // An existing admin connection keeps its role.
            #expect(try admin.connection.request("reload")["applied"] == [])
        }

        @Test(
            "another user → refused with a working hint; admitted by a rule for the uid or the group",
            .enabled(if: Stage.canRunAsOtherUser, "needs root and setpriv(1)"))
        func anotherUser() throws {
            let stage = try stage("\(Self.own) admin")
            let admin = try stage.readyClient()
            try stage.openToOthers()
            let refused = try stage.statusOfNobody()
            #expect(refused.status == 4, "\(refused)")
            #expect(
                refused.errors.contains("user nobody (65534) may not use this daemon, which belongs to user root (0)"))
            #expect(refused.errors.contains(#"add "uid=65534 observer" to access.rules"#), "\(refused.errors)")
            #expect(stage.warnings.contains { $0.contains("a port was refused") && $0.contains("uid=65534") })
            for rule in ["uid=65534 observer", "gid=65533 observer", "gid=65532 presence"] {
                try stage.configure(["\(Self.own) admin", rule])
                _ = try admin.connection.request("reload")
                let status = try stage.statusOfNobody()
                #expect(status.status == 0 && status.printed.contains("Robin Example"), "\(rule): \(status)")
            }
        }
    }
}
