// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// Limits of clients, and the cost of many clients.
    @Suite("Limits")
    struct LedgerTests {
        private func refusal(_ stage: Stage) throws -> ProtocolFailure? {
            do throws(ConnectionError) {
                _ = try LineConnection(path: stage.socket).welcome()
                return nil
            } catch {
                guard case .closedByDaemon(.error(let failure)) = error else { throw error }
                return failure
            }
        }

        @Test(
            "one port above the limit → refused with the limit's name, until another closes",
            arguments: [
                ("limits.uidPorts", "PARTYLINE_LIMITS_UID_PORTS"),
                ("limits.programPorts", "PARTYLINE_LIMITS_PROGRAM_PORTS"),
            ])
        func ports(_ key: String, _ variable: String) throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession([variable: "5"])
            var clients: [Client] = []
            try eventually("there are five") {
                if let client = try? stage.client() { clients.append(client) }
                return clients.count == 5
            }
            let failure = try #require(try refusal(stage))
            #expect(failure.code == "too_many" && failure.retryable)
            #expect(failure.message.contains("5 (\(key))"), "\(failure)")
            #expect(failure.hint?.contains("raise \(key)") == true, "\(failure)")
            try eventually("the refusal is in the log") {
                stage.warnings.contains { $0.contains("a port was refused") && $0.contains(key) }
            }
            clients.removeLast()
            try eventually("a port is free again") { try self.refusal(stage) == nil }
            #expect(try clients[0].connection.request("getStatus")["ledger"]?["ports"]?.int ?? 0 <= 5)
        }

        @Test("pending requests: first the port's limit, then the user's; another port still has its reserve")
        func requests() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: [
                "PARTYLINE_LIMITS_REQUESTS": "6", "PARTYLINE_LIMITS_UID_REQUESTS": "6",
            ])
            let greedy = try stage.readyClient()
            let other = try stage.client()
            try stage.control("/faults", ["operation": "AcceptContact", "delaySeconds": 2, "times": -1])
            for number in 0..<8 { try sendSlowRequest(greedy, number) }
            for number in 6..<8 {
                let error = try nextReply(greedy)
                #expect(error?["requestId"]?.int == number && error?["err"]?["code"] == "too_many")
                #expect(error?["err"]?["message"]?.string?.contains("6 (limits.requests)") == true)
            }
            // The same in the Streams dialect.
            let failure = #expect(throws: CallFailure.self) { try greedy.connection.call("getAgentStates") }
            #expect(failure?.type == "too_many" && failure?.message.contains("limits.requests") == true)
            // Four are the other port's reserve, whatever the user has used; the fifth counts towards the user's limit.
            for number in 0..<5 { try sendSlowRequest(other, number) }
            let error = try nextReply(other)
            #expect(error?["requestId"] == 4 && error?["err"]?["code"] == "too_many")
            #expect(error?["err"]?["message"]?.string?.contains("6 (limits.uidRequests)") == true)
            let answers = try (0..<4).map { _ in try nextReply(other) }
            #expect(answers.allSatisfy { $0?["err"]?["code"] == "invalid_params" })
            #expect(Set(answers.map { $0?["requestId"]?.int }) == [0, 1, 2, 3])
            // A request that was answered no longer counts.
            for _ in 0..<6 { _ = try nextReply(greedy) }
            #expect(try greedy.connection.call("getAgentStates")["states"]?.array?.isEmpty == false)
        }

        /// Sends a request that takes the service two seconds.
        private func sendSlowRequest(_ client: Client, _ number: Int) throws {
            let params: JSON = ["method": "acceptContact", "params": ["contactId": "nobody"]]
            try client.send("partyline::request", ["requestId": .int(number), "method": "call", "params": params])
        }

        private func nextReply(_ client: Client) throws -> JSON? { try client.wait(for: "partyline::response").data }

        @Test("a program that reconnects in a loop → refused for a while with the reason; no descriptor stays open")
        func churn() throws {
            let stage = try Stage()
            try stage.startDaemonWithoutSession()
            let port = try stage.client()
            try port.waitForPorts(1)
            let before = geteuid() == 0 ? try stage.openDescriptors() : 0
            let start = ContinuousClock.now
            var refusals: [ProtocolFailure] = []
            for _ in 0..<1500 { if let failure = try refusal(stage) { refusals.append(failure) } }
            // A machine that takes longer does not reach the limit.
            if ContinuousClock.now - start < .seconds(2.5) { #expect(!refusals.isEmpty) }
            for failure in refusals {
                #expect(failure.code == "too_many" && failure.retryable)
                #expect(failure.message.contains("process \(getpid()) of user \(geteuid())"), "\(failure)")
                #expect(1...1000 ~= failure.retryAfterMs ?? 0, "\(failure)")
            }
            try port.waitForPorts(1)
            if geteuid() == 0 {
                try eventually("no descriptor stays open") { try stage.openDescriptors() == before }
            }
            try eventually("it can connect again") { try self.refusal(stage) == nil }
            let counters = try port.connection.request("getStatus")["counters"]
            #expect(counters?["refusedConnections"]?.int ?? 0 >= refusals.count)
            #expect(stage.warnings.count { $0.contains("its new connections are refused") } <= refusals.count)
        }

        @Test("200 clients → as many requests to the service as one client")
        func backendRate() throws {
            #expect(try backendRequests(clients: 200) == backendRequests(clients: 1))
        }

        /// The number of requests for each operation while an agent has ten chats and the clients are connected.
        private func backendRequests(clients count: Int) throws -> [String: Int] {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            let clients = try (0..<count).map { number in
                number % 2 == 0 ? try stage.client().connection : try Subscriber(stage.socket).connection
            }
            let witness = try stage.readyWitness()
            let before = try stage.settledCounts()
            for number in 0..<10 { try stage.playChat("chat-\(number)", seenBy: witness) }
            let after = try stage.settledCounts()
            for client in clients {
                let events = try client.availableMessages().map(\.event)
                #expect(events.contains(EventName.agentUpdate) || events.contains("contact::destroyed"))
            }
            return after.merging(before) { $0 - $1 }.filter { $0.value != 0 }
        }
    }
}

extension Stage {
    /// The counts once the service receives no more requests.
    fileprivate func settledCounts() throws -> [String: Int] {
        var last = try counts()
        var quiet = 0
        try eventually("the service receives no more requests") {
            let now = try counts()
            quiet = now == last ? quiet + 1 : 0
            last = now
            return quiet == 3
        }
        return last
    }

    /// The number of requests for each operation of the service.
    private func counts() throws -> [String: Int] {
        let members = try state("/counts").object?.members ?? []
        // Heartbeats of the websocket depend on the time.
        let counts = members.filter { !$0.name.hasPrefix("websocket") }.map { ($0.name, $0.value.int ?? 0) }
        return Dictionary(counts) { $1 }
    }
}
