// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

/// The soak's duration in minutes of real time. Without `PARTYLINE_SOAK` it does not run.
private let minutes = ProcessInfo.processInfo.environment["PARTYLINE_SOAK"].flatMap(Double.init)

extension EndToEnd {
    /// Run it with `PARTYLINE_SOAK=3 swift test --filter SoakTests`. The simulator runs twenty times as fast: three
    /// minutes are an hour of an agent's time.
    @Suite("Soak", .enabled(if: minutes != nil, "set PARTYLINE_SOAK to a number of minutes"))
    struct SoakTests {
        private static let faults: [(String, JSON)] = [
            ("/websocket/drop", [:]), ("/websocket/close", [:]), ("/websocket/half-open", [:]), ("/listener/drop", [:]),
            ("/listener/down", ["seconds": 1]), ("/token/expire", [:]),
            ("/faults", ["operation": "*", "status": 401, "code": "UnauthorizedException", "times": 4]),
            ("/faults", ["operation": "*", "status": 500, "times": 6]),
            ("/faults", ["operation": "*", "status": 503, "times": 3]),
            ("/faults", ["operation": "GetAgentSnapshot", "delaySeconds": 2]),
            ("/faults", ["operation": "*", "drop": true, "times": 2]),
            ("/faults", ["operation": "authorize", "status": 500, "times": 2]),
            ("/faults", ["operation": "websocket", "status": 503, "times": 2]), ("/clock/shift", ["seconds": 30]),
        ]

        @Test("fifty ports, a fault every two seconds → all ports stay, all requests are answered, memory is stable")
        func soak() throws {
            let stage = try Stage()
            try stage.startSimulator("--speed", "20")
            try stage.startDaemon(environment: [
                "PARTYLINE_LOG_LEVEL": "info",
                // Small enough to be full before the first measurement: filling it must not look like a leak.
                "PARTYLINE_LIMITS_EVENT_LOG_BYTES": "2097152",
            ])
            let actor = try stage.readyClient()
            let ports = try (0..<49).map { _ in try stage.client() } + [actor]
            var generator = SystemRandomNumberGenerator()
            let end = ContinuousClock.now + .seconds((minutes ?? 0) * 60)
            let minute = ContinuousClock.now + .seconds(min(60, (minutes ?? 0) * 20))
            var asked = 0
            var failed = 0
            var steps = 0
            var memory: Int?
            while ContinuousClock.now < end {
                steps += 1
                let fault = Self.faults[steps % Self.faults.count]
                _ = try? stage.control(fault.0, fault.1)
                _ = try? stage.control(
                    "/contacts",
                    [
                        "type": .string(["voice", "chat", "task"].randomElement(using: &generator) ?? "chat"),
                        "ringSeconds": 10,
                    ])
                let until = ContinuousClock.now + .seconds(2)
                while ContinuousClock.now < until {
                    asked += 1
                    // Any reply will do. A missing one ends the test here.
                    do { _ = try actor.connection.call("getAgentStates", timeout: .seconds(60)) } catch is CallFailure {
                        failed += 1
                    }
                    try act(actor)
                    for port in ports { _ = try port.drain() }
                    usleep(50_000)
                }
                if memory == nil, ContinuousClock.now > minute { memory = try residentKiB(stage) }
            }
            try stage.clearFaults()
            try eventually("every port holds the simulator's agent", seconds: 90) { try agree(stage, ports) }
            let after = try residentKiB(stage)
            print(
                "soak: \(steps) faults, \(asked) requests, \(failed) of them answered with an error, 0 unanswered;",
                "resident \(memory ?? 0) KiB after the first part, \(after) KiB at the end")
            #expect(after < (memory ?? 0) + 4 << 10, "\(memory ?? 0) KiB became \(after) KiB")
        }

        /// Keeps the agent busy: makes it available again, accepts and clears contacts.
        private func act(_ port: Client) throws {
            guard let agent = port.latest else { return }
            for contact in agent.snapshot.contacts {
                guard let id = contact.contactId, let state = contact.stateType else { continue }
                if state == .connecting || state == .incoming {
                    _ = try? port.connection.call("acceptContact", ["contactId": .string(id)], timeout: .seconds(60))
                } else if !state.isActive {
                    _ = try? port.connection.call("clearContact", ["contactId": .string(id)], timeout: .seconds(60))
                }
            }
            guard agent.snapshot.state?.type == .offline,
                let state = agent.configuration.agentStates.first(where: { $0.type == .routable })
            else { return }
            _ = try? port.connection.call("putAgentState", ["state": .object(state.json)], timeout: .seconds(60))
        }

        private func agree(_ stage: Stage, _ ports: [Client]) throws -> Bool {
            let there = try stage.state("/state")["snapshot"]
            let wanted = Self.summary(there)
            return try ports.allSatisfy { port in
                try port.drain()
                return Self.summary(port.latest?.json["snapshot"]) == wanted
            }
        }

        /// State and contacts, without what changes with the time.
        private static func summary(_ snapshot: JSON?) -> [String] {
            let contacts = (snapshot?["contacts"]?.array ?? []).map {
                "\($0["contactId"]?.string ?? "") \($0["state"]?["type"]?.string ?? "")"
            }
            return ["\(snapshot?["state"]?["name"]?.string ?? "")"] + contacts.sorted()
        }

        private func residentKiB(_ stage: Stage) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(stage.daemon?.pid ?? 0)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
    }
}
