import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Who may do what, and how that changes while the daemon runs.
    @Suite("Access")
    struct AccessTests {
        /// A daemon with a configuration file that can be written anew; this user may do anything at first.
        private func stage(_ rules: String...) throws -> Stage {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.configure(rules)
            try stage.startDaemon(["--config", stage.configurationFile])
            return stage
        }

        private static let own = "uid=\(geteuid())"

        struct Standing: CustomTestStringConvertible, Sendable {
            let role: String
            /// The requests that the role may make, of all that the test makes.
            let mayAsk: Set<String>
            /// Events that it sends without being refused.
            let maySay: Set<String>
            var testDescription: String { role }
        }

        private static let reads: Set<String> = ["getStatus", "describe"]
        private static let observes: Set<String> = ["getAgent", "sync", "setLogs"]
        static let standings = [
            Standing(role: "presence", mayAsk: reads, maySay: []),
            Standing(role: "observer", mayAsk: reads.union(observes), maySay: []),
            Standing(
                role: "operator", mayAsk: reads.union(observes).union(["call"]), maySay: ["broadcast", "api_request"]),
            Standing(
                role: "admin", mayAsk: reads.union(observes).union(["call", "setLogLevel", "reload"]),
                maySay: ["broadcast", "api_request", "configure"]),
        ]

        @Test("each role may do what it says and no more; who is refused is told which role may", arguments: standings)
        func roles(_ standing: Standing) throws {
            let stage = try stage("\(Self.own) \(standing.role)")
            let port = try stage.client()
            try port.wait(for: EventName.agentUpdate)
            #expect(port.received.first?.data?["partyline"]?["role"]?.string == standing.role)
            let requests: [(String, JSON)] = [
                ("getStatus", [:]), ("describe", [:]), ("getAgent", [:]), ("sync", [:]), ("setLogs", ["level": .null]),
                ("call", ["method": "getAgentStates"]), ("setLogLevel", ["level": "debug"]), ("reload", [:]),
            ]
            for (method, params) in requests {
                if standing.mayAsk.contains(method) {
                    _ = try port.connection.request(method, params)
                } else {
                    let failure = #expect(throws: ProtocolFailure.self) { try port.connection.request(method, params) }
                    #expect(failure?.code == "not_permitted" && failure?.retryable == false)
                    #expect(failure?.message.contains("\(method) needs the role ") == true)
                    #expect(failure?.hint?.contains("access.rules") == true)
                }
            }
            try say(standing, port)
        }

        private func say(_ standing: Standing, _ port: Client) throws {
            // A daemon that authorizes by itself ignores it, whoever says it: pages of Streams always do.
            try port.send("configure", [:])
            for (event, data) in [("broadcast", ["event": "my::event"])] as [(String, JSON)] {
                try port.send(event, data)
                guard !standing.maySay.contains(event) else { continue }
                let error = try port.wait(for: EventName.error)
                #expect(error.data?["code"] == "not_permitted")
                #expect(error.data?["message"]?.string?.contains("\(event) needs the role ") == true)
            }
            if standing.maySay.contains("api_request") {
                _ = try port.connection.call("getAgentStates")
            } else {
                let failure = #expect(throws: CallFailure.self) { try port.connection.call("getAgentStates") }
                #expect(failure?.type == "not_permitted" && failure?.message.contains("operator") == true)
            }
            #expect(try port.events().contains("my::event") == standing.maySay.contains("broadcast"))
        }

        @Test("presence sees how the agent is and nothing else: no contact, no broadcast, not even in the snapshot")
        func presence() throws {
            let stage = try stage("\(Self.own) admin")
            let port = try stage.readyClient()
            try stage.setState("Available")
            let before = try stage.readyOffer(port)
            try stage.configure(["\(Self.own) presence"])
            _ = try port.connection.request("reload")

            let page = try stage.client()
            let light = try Subscriber(stage.socket, ["*"])
            #expect(light.answer.snapshot?["snapshot"]?.object?.names == ["state"])
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
            #expect(light.events.allSatisfy { $0.name.hasPrefix("agent::") })
        }

        @Test("the first rule that fits counts, by uid or by group; who is here stays what they are")
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
            // Limits too; what takes a restart is said, and does not count until then.
            try stage.configure([], "limits: {lineBytes: 2048}\nhttp: {readTimeout: 1}\n")
            let report = try admin.connection.request("reload")
            #expect(report["applied"] == ["limits.lineBytes"] && report["needRestart"] == ["http.readTimeout"])
            let port = try RawSocket(path: stage.socket)
            try port.write([UInt8](repeating: 0x20, count: 3000) + [0x0A])
            #expect(try port.line(containing: "partyline::error")?.contains("longer than 2048 bytes") == true)
            _ = try admin.connection.call("getAgentStates")
        }

        @Test("a file with a mistake changes nothing, and says where it is; SIGHUP reads it again, too")
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
            try eventually("the signal was heard") {
                stage.complaints.count { $0.contains("so the present one stays") } == 4
            }
            try stage.configure(["everyone operator"])
            stage.daemon?.kill(SIGHUP)
            try eventually("the new rules hold") {
                try LineConnection(path: stage.socket).welcome().role == "operator"
            }
            #expect(stage.daemon?.isRunning == true)
            // Nobody may be admin now, which is hardly meant.
            #expect(stage.complaints.contains { $0.contains("access.rules leaves nobody the role admin") })
            // Who was admin before still is.
            #expect(try admin.connection.request("reload")["applied"] == [])
        }

        @Test(
            "another user is refused with a hint that works, and comes in by a rule for the uid or the group",
            .enabled(if: Stage.mayBeAnother, "only root can be another user, and setpriv(1) has to be there"))
        func anotherUser() throws {
            let stage = try stage("\(Self.own) admin")
            let admin = try stage.readyClient()
            try stage.openToOthers()
            let refused = try stage.statusOfNobody()
            #expect(refused.status == 4, "\(refused)")
            #expect(refused.errors.contains("user 65534 may not use this daemon, which belongs to user 0"))
            #expect(refused.errors.contains(#"add "uid=65534 observer" to access.rules"#), "\(refused.errors)")
            #expect(stage.complaints.contains { $0.contains("a port was refused") && $0.contains("uid=65534") })
            for rule in ["uid=65534 observer", "gid=65533 observer", "gid=65532 presence"] {
                try stage.configure(["\(Self.own) admin", rule])
                _ = try admin.connection.request("reload")
                let status = try stage.statusOfNobody()
                #expect(status.status == 0 && status.printed.contains("Robin Example"), "\(rule): \(status)")
            }
        }
    }
}
