import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// `sync`: a barrier, so that nobody needs a sleep.
    @Suite("Sync")
    struct SyncTests {
        /// A daemon whose long poll brings nothing for minutes: the service answers it late.
        private func blindStage() throws -> (Stage, Client) {
            let stage = try Stage()
            try stage.startSimulator()
            // From a snapshot to the next poll: a minute.
            try stage.startDaemon(environment: [
                "PARTYLINE_TIMERS_SCALE": "1", "PARTYLINE_TIMERS_SNAPSHOT_INTERVAL": "60000",
            ])
            let port = try stage.readyClient()
            return (stage, port)
        }

        @Test("what happened by another path before it is shown after it")
        func barrier() throws {
            let (stage, port) = try blindStage()
            let witness = try Subscriber(stage.socket)
            for name in ["Lunch", "Available", "Training"] {
                try stage.setState(name)
                let synced = try port.connection.request("sync")
                let shown = try port.connection.request("getAgent")
                #expect(shown["agent"]?["snapshot"]?["state"]?["name"] == .string(name))
                #expect(shown["clock"] == synced["clock"] && shown["asOf"] == synced["asOf"])
                #expect(synced["ageMs"]?.int ?? -1 >= 0 && synced["asOf"]?.string?.hasSuffix("Z") == true)
                // Everybody is told what it brought; whoever asked has been told before the answer.
                try witness.wait(for: "agent::state_change") { $0.data?["newState"] == .string(name) }
                let told = try port.connection.availableMessages().last { $0.event == EventName.agentUpdate }
                #expect(told?.data?["snapshot"]?["state"]?["name"] == .string(name))
            }
            let polls = try stage.state("/requests?operation=GetAgentSnapshot").array ?? []
            #expect(polls.suffix(3).allSatisfy { $0["body"]?["nextToken"] == nil }, "asked without nextToken")
        }

        @Test("a hundred at once ask the service once or twice, and each has its answer")
        func shared() throws {
            let (stage, port) = try blindStage()
            let ports = try [port] + (0..<4).map { _ in try stage.client() }
            let before = try stage.count(of: "GetAgentSnapshot")
            // The first is under way when the others come: they must not take its snapshot for theirs.
            try stage.control("/faults", ["operation": "GetAgentSnapshot", "delaySeconds": 0.3])
            try port.send("partyline::request", ["requestId": "first", "method": "sync"])
            try eventually("it is under way") { try stage.count(of: "GetAgentSnapshot") > before }
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

        @Test("no snapshot comes: timeout at the deadline, or unavailable where the service cannot be reached")
        func failure() throws {
            let (stage, port) = try blindStage()
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
