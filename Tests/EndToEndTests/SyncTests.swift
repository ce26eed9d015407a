// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// `sync`: a barrier that makes sleeps unnecessary.
    @Suite("Sync")
    struct SyncTests {
        /// A daemon that polls only once a minute.
        private func stageWithRarePolls() throws -> (Stage, Client) {
            let stage = try Stage()
            try stage.startSimulator()
            // A minute from a snapshot to the next poll.
            try stage.startDaemon(environment: [
                "PARTYLINE_TIMERS_SCALE": "1", "PARTYLINE_TIMERS_SNAPSHOT_INTERVAL": "60000",
            ])
            let port = try stage.readyClient()
            return (stage, port)
        }

        @Test("a change made elsewhere, then sync → getAgent shows the change")
        func barrier() throws {
            let (stage, port) = try stageWithRarePolls()
            let witness = try Subscriber(stage.socket)
            for name in ["Lunch", "Available", "Training"] {
                try stage.setState(name)
                let synced = try port.connection.request("sync")
                let shown = try port.connection.request("getAgent")
                #expect(shown["agent"]?["snapshot"]?["state"]?["name"] == .string(name))
                #expect(shown["clock"] == synced["clock"] && shown["asOf"] == synced["asOf"])
                #expect(synced["ageMs"]?.int ?? -1 >= 0 && synced["asOf"]?.string?.hasSuffix("Z") == true)
                // Every port receives the new agent; the port that sent sync receives it before the reply.
                try witness.wait(for: "agent::state_change") { $0.data?["newState"] == .string(name) }
                let update = try port.connection.availableMessages().last { $0.event == EventName.agentUpdate }
                #expect(update?.data?["snapshot"]?["state"]?["name"] == .string(name))
            }
            let polls = try stage.state("/requests?operation=GetAgentSnapshot").array ?? []
            #expect(polls.suffix(3).allSatisfy { $0["body"]?["nextToken"] == nil }, "asked without nextToken")
        }

        @Test("a hundred syncs at once → one or two requests to the service, and a reply to each")
        func shared() throws {
            let (stage, port) = try stageWithRarePolls()
            let ports = try [port] + (0..<4).map { _ in try stage.client() }
            let before = try stage.count(of: "GetAgentSnapshot")
            // The first is pending when the others arrive: they must not use its snapshot.
            try stage.control("/faults", ["operation": "GetAgentSnapshot", "delaySeconds": 0.3])
            try port.send("partyline::request", ["requestId": "first", "method": "sync"])
            try eventually("it is pending") { try stage.count(of: "GetAgentSnapshot") > before }
            try stage.setState("Lunch")
            for number in 0..<20 {
                for client in ports {
                    try client.send("partyline::request", ["requestId": .int(number), "method": "sync"])
                }
            }
            for client in ports {
                for number in 0..<20 {
                    let answer = try client.wait(for: "partyline::response") { $0["requestId"]?.int == number }
                    #expect(answer.data?["err"] == .null)
                }
                let shown = try client.connection.request("getAgent")["agent"]?["snapshot"]?["state"]?["name"]
                #expect(shown == "Lunch")
            }
            #expect(try stage.count(of: "GetAgentSnapshot") - before <= 3)
        }

        @Test("no snapshot → timeout at the deadline, or unavailable if the service is unreachable")
        func failure() throws {
            let (stage, port) = try stageWithRarePolls()
            try stage.control("/faults", ["operation": "GetAgentSnapshot", "delaySeconds": 3, "times": -1])
            let late = #expect(throws: ProtocolFailure.self) {
                try port.connection.request("sync", ["deadlineMs": 200])
            }
            #expect(late?.code == "timeout" && late?.retryable == true)
            try stage.clearFaults()
            stage.simulator?.kill(SIGKILL)
            let gone = #expect(throws: ProtocolFailure.self) { try port.connection.request("sync") }
            #expect(gone?.code == "unavailable" && gone?.retryable == true, "\(String(describing: gone))")
            #expect(try port.connection.request("getAgent")["agent"] != nil, "the last one known is still shown")
        }
    }
}
