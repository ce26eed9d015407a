// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Faults on the way to the service. After each the daemon recovers by itself, and ports see only the events that
    /// Streams has for it.
    @Suite("Faults")
    struct FaultTests {
        struct Fault: CustomTestStringConvertible, Sendable {
            let name: String
            let path: String
            let body: JSON
            /// Events that both ports must receive, in this order.
            var events: [String] = []
            /// Events that no port may receive.
            var never: [String] = []
            var testDescription: String { name }
        }

        private static let lostAndRegained = [
            "webSocket::connection_close", "agent::websocket_connection_lost", "webSocket::connection_lost",
            "agent::websocket_connection_gained", "webSocket::connection_gain", "webSocket::connection_open",
        ]
        private static let authEvents = ["auth_fail", "cti_authorize_retries_exhausted", "access_denied"]

        private static func calls(
            _ name: String, _ operation: String, _ body: [(String, JSON)], never: [String] = authEvents
        ) -> Fault {
            Fault(
                name: name, path: "/faults",
                body: .object(JSONObject([("operation", .string(operation))] + body)), never: never)
        }

        static let all: [Fault] = [
            Fault(name: "the websocket is cut", path: "/websocket/drop", body: [:], events: lostAndRegained),
            Fault(
                name: "the websocket is closed", path: "/websocket/close", body: ["code": 1001], events: lostAndRegained
            ),
            Fault(
                name: "the websocket goes silent", path: "/websocket/half-open", body: [:],
                events: ["webSocket::connection_open", "webSocket::connection_close"],
                never: ["webSocket::connection_lost"]),
            Fault(name: "HTTP connections are cut", path: "/listener/drop", body: [:], never: authEvents),
            Fault(
                name: "the listener is gone for a second", path: "/listener/down", body: ["seconds": 1],
                never: authEvents),
            calls("one 401", "GetAgentSnapshot", [("status", 401), ("code", "UnauthorizedException")]),
            calls("five 401", "GetAgentSnapshot", [("status", 401), ("code", "UnauthorizedException"), ("times", 5)]),
            calls("one 403", "GetAgentSnapshot", [("status", 403), ("code", "AccessDeniedException")]),
            calls("one 500", "GetAgentSnapshot", [("status", 500)]),
            calls("six 500", "GetAgentSnapshot", [("status", 500), ("times", 6)]),
            calls("429", "GetAgentSnapshot", [("status", 429), ("times", 3)]),
            calls("a dropped answer", "GetAgentSnapshot", [("drop", true)]),
            calls("a failing configuration", "GetAgentConfiguration", [("status", 500), ("times", 5)]),
            calls("10 s of delay", "GetAgentSnapshot", [("delaySeconds", 10)]),
            calls("a refused handshake", "websocket", [("status", 503), ("times", 2)]),
            Fault(
                name: "the token expires", path: "/token/expire", body: [:], never: ["cti_authorize_retries_exhausted"]),
            Fault(name: "the service's clock jumps", path: "/clock/shift", body: ["seconds": 90], never: authEvents),
        ]

        @Test("a fault → the daemon recovers, the ports stay connected", arguments: all)
        func recovers(from fault: Fault) throws {
            let stage = try Stage()
            try stage.startBoth()
            let ports = [try stage.readyClient(), try stage.client()]
            for port in ports { _ = try port.events() }
            let before = try ports.map { try $0.events().count }
            try stage.control(fault.path, fault.body)
            if fault.name.contains("handshake") { try stage.control("/websocket/drop") }
            // Something changes at the service during or after the fault: a chat, which needs no routable agent in the
            // simulator.
            try makeAvailable(stage)
            let contact = try #require(try stage.control("/contacts", ["type": "chat"])["contactId"]?.string)
            for (index, port) in ports.enumerated() {
                try port.agent(seconds: 25) { $0.contact(contact) != nil }
                for event in fault.events { try require(event, at: port, since: before[index]) }
                let seen = try port.events().dropFirst(before[index])
                for event in fault.never { #expect(!seen.contains(event), "\(event) after: \(fault.name)") }
                #expect(!seen.contains("partyline::bye"))
            }
            try eventually("everything is up again", seconds: 20) {
                let status = try ports[0].connection.request("getStatus")
                return status["link"]?["state"] == "up" && status["webSocket"]?["state"] == "open"
                    && status["auth"]?["state"] == "signed_in"
            }
        }

        private func require(_ event: String, at port: Client, since start: Int) throws {
            try eventually("\(event) arrives", seconds: 15) { try port.events().dropFirst(start).contains(event) }
        }

        /// Uses the simulator's control API, because the daemon's connection may be down.
        private func makeAvailable(_ stage: Stage) throws {
            let states = try stage.state("/state")["agentStates"]?.array
            let state: JSON =
                states?.first { $0["type"]?.string == "routable" } ?? ["type": "routable", "name": "Available"]
            try stage.control("/agent", ["operation": "PutAgentState", "input": ["state": state]])
        }

        @Test("signed out → one auth_fail, and status 5 of partyline status")
        func signedOut() throws {
            let stage = try Stage()
            try stage.startBoth()
            let port = try stage.readyClient()
            try stage.control("/sessions/end")
            try stage.control("/token/expire")
            try port.wait(for: "auth_fail")
            try eventually("the status says so") {
                try port.connection.request("getStatus")["session"]?["state"] == "signed_out"
            }
            let cli = try Program.run("partyline", ["--socket", stage.socket, "status"], folder: stage.folder)
            #expect(cli.status == 5, "\(cli.printed) \(cli.errors)")
            #expect(try port.events().filter { $0 == "auth_fail" }.count == 1)
        }

        @Test("the service is down at the start → the daemon waits for it")
        func downAtStart() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.control("/listener/down", ["seconds": 1])
            try stage.startDaemon()
            _ = try stage.readyClient()
        }
    }
}
