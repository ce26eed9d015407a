// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol
import Testing

extension EndToEnd {
    /// `call`: exactly one final answer, whatever the service does.
    @Suite("Calls")
    struct CallTests {
        private func stage() throws -> (Stage, Client) {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: Stage.steady)
            return (stage, try stage.readyClient())
        }

        private func state(_ name: String, _ type: String) -> JSON {
            ["method": "putAgentState", "params": ["state": ["name": .string(name), "type": .string(type)]]]
        }

        private func failure(_ port: Client, _ params: JSON) -> ProtocolFailure? {
            #expect(throws: ProtocolFailure.self) { try port.connection.request("call", params) }
        }

        @Test("accepted when the service has the call, confirmed when a snapshot shows it, with its clock")
        func confirmed() throws {
            let (stage, port) = try stage()
            let accepted = try port.connection.request("call", state("Lunch", "not_routable"))
            #expect(accepted["status"] == "accepted" && accepted["data"] == [:])
            #expect(accepted["clock"]?.string?.isEmpty == false)

            let witness = try Subscriber(stage.socket)
            let confirmed = try port.connection.request(
                "call", state("Available", "routable").adding(["confirm": true]))
            #expect(confirmed["status"] == "confirmed")
            let shown = try port.connection.request("getAgent")
            #expect(shown["agent"]?["snapshot"]?["state"]?["name"] == "Available")
            // A client that has read up to the answer's clock has received the change.
            try witness.read(to: try #require(confirmed["clock"]?.string))
            #expect(witness.events.last { $0.name == "agent::state_change" }?.data?["newState"] == "Available")

            try stage.offerChat("chat")
            try witness.wait(for: "contact::connecting", of: "chat")
            for (method, event) in [("acceptContact", "contact::connected"), ("clearContact", "contact::destroyed")] {
                if method == "clearContact" { try stage.hangUp("chat") }
                _ = try port.connection.request("sync")
                let answer = try port.connection.request(
                    "call", ["method": .string(method), "params": ["contactId": "chat"], "confirm": true])
                #expect(answer["status"] == "confirmed")
                try witness.wait(for: event, of: "chat")
            }
        }

        @Test("the service refuses → its message and a code of the protocol")
        func refused() throws {
            let (stage, port) = try stage()
            let nobody: JSON = ["method": "acceptContact", "params": ["contactId": "nobody"]]
            let cases: [(String, Int, String, Bool)] = [
                ("UnauthorizedException", 401, "unauthorized", false),
                ("AccessDeniedException", 403, "not_permitted", false),
                ("ThrottlingException", 429, "too_many", true),
                ("ValidationException", 400, "invalid_params", false),
            ]
            for (type, status, code, isRetryable) in cases {
                try stage.control(
                    "/faults",
                    [
                        "operation": "AcceptContact", "status": .int(status), "code": .string(type),
                        "message": "because",
                        "times": -1,
                    ])
                let failure = failure(port, nobody)
                #expect(
                    failure?.code == code && failure?.retryable == isRetryable,
                    "\(type): \(String(describing: failure))")
                #expect(
                    failure?.message.contains("\(type) \(status): because") == true, "\(String(describing: failure))")
                try stage.clearFaults()
            }
            #expect(failure(port, ["method": "noSuchThing"])?.code == "unknown_method")
            #expect(failure(port, ["params": [:]])?.message.contains("params.method") == true)
        }

        @Test("a late answer → timeout at the deadline, the answer is logged, the key returns it")
        func timeout() throws {
            let (stage, port) = try stage()
            try stage.control("/faults", ["operation": "PutAgentState", "delaySeconds": 1.5])
            let call = state("Lunch", "not_routable").adding(["deadlineMs": 300, "idempotencyKey": "lunch"])
            let start = ContinuousClock.now
            let first = failure(port, call)
            #expect(first?.code == "timeout" && first?.retryable == true && first?.message.contains("300 ms") == true)
            #expect(ContinuousClock.now - start < .milliseconds(1500))
            #expect(failure(port, call)?.code == "timeout")
            let last = try port.connection.request("call", call.adding(["deadlineMs": 10_000]))
            #expect(last["status"] == "accepted")
            #expect(try port.connection.request("call", call)["status"] == "accepted")
            #expect(try stage.count(of: "PutAgentState") == 1)

            try stage.control("/faults", ["operation": "PutAgentState", "delaySeconds": 0.5])
            let other = state("Training", "not_routable").adding(["deadlineMs": 50])
            #expect(failure(port, other)?.retryable == false)
            try eventually("the late answer is logged") {
                stage.daemonLog.contains("a late answer from the service was not delivered method=putAgentState")
            }
            let answers = try port.events().filter { $0 == EventName.response }
            #expect(answers.isEmpty, "no late reply arrives")
        }

        @Test("one key, many requests from several ports → one outbound call")
        func idempotency() throws {
            let (stage, port) = try stage()
            _ = try port.connection.request("call", state("Available", "routable").adding(["confirm": true]))
            let dial: JSON = [
                "method": "createOutboundContact", "idempotencyKey": "dial-1",
                "params": ["endpoint": ["type": "phone_number", "phoneNumber": "+12065550111"]],
            ]
            // Three ports send the request while the service is slow.
            try stage.control("/faults", ["operation": "CreateOutboundContact", "delaySeconds": 0.5])
            let ports = [port, try stage.client(), try stage.client()]
            for client in ports {
                for number in 0..<5 {
                    try client.send(
                        "partyline::request", ["requestId": .int(number), "method": "call", "params": dial])
                }
            }
            for client in ports {
                for _ in 0..<5 {
                    let answer = try client.wait(for: "partyline::response").data
                    #expect(answer?["data"]?["status"] == "accepted", "\(answer?.text ?? "")")
                }
            }
            #expect(try stage.count(of: "CreateOutboundContact") == 1)
            #expect(try stage.state("/state")["snapshot"]?["contacts"]?.array?.count == 1)
            // The same key with other parameters is a conflict.
            let other = dial.adding(["params": ["endpoint": ["type": "phone_number", "phoneNumber": "+1"]]])
            #expect(failure(port, other)?.code == "conflict")
            #expect(try stage.count(of: "CreateOutboundContact") == 1)
        }

        @Test("the answer is lost → neither the daemon nor a repetition of the key dials again")
        func lostAnswer() throws {
            let (stage, port) = try stage()
            try stage.control("/faults", ["operation": "CreateOutboundContact", "drop": true, "times": -1])
            let dial: JSON = [
                "method": "createOutboundContact", "idempotencyKey": "dial",
                "params": ["endpoint": ["type": "phone_number", "phoneNumber": "+12065550111"]],
            ]
            let lost = failure(port, dial)
            #expect(lost?.code == "unavailable" && lost?.message.contains("not known whether it was done") == true)
            try stage.clearFaults()
            for _ in 0..<3 {
                let again = failure(port, dial)
                #expect(again?.code == "conflict" && again?.hint?.contains("partyline get snapshot") == true)
            }
            #expect(try stage.count(of: "CreateOutboundContact") == 1)
            // A refused call was not carried out: its key may be used again.
            try stage.setState("Available")
            try stage.control("/faults", ["operation": "CreateOutboundContact", "status": 400])
            let second = dial.adding(["idempotencyKey": "dial-2"])
            #expect(failure(port, second)?.code == "invalid_params")
            #expect(try port.connection.request("call", second)["status"] == "accepted")
        }

        @Test("the log has a line with the caller for each call; broadcasts have none")
        func journal() throws {
            let (stage, port) = try stage()
            let before = stage.daemonLog.split(separator: "\n").count
            _ = try port.connection.request("call", state("Lunch", "not_routable"))
            _ = try port.connection.call("getAgentStates")
            _ = try port.connection.request("setLogLevel", ["level": "debug"])
            for number in 0..<50 { try port.send("broadcast", ["event": "my::event", "data": .int(number)]) }
            try port.wait(for: "my::event") { $0 == 49 }
            let lines = stage.daemonLog.split(separator: "\n").dropFirst(before).map(String.init)
                .filter { !$0.contains(" debug: ") }
            let caller = "pid=\(getpid()) "
            #expect(lines.count == 3, "\(lines)")
            for (line, what) in zip(lines, ["method=putAgentState", "method=getAgentStates", "method=setLogLevel"]) {
                #expect(line.contains(what) && line.contains(caller) && line.contains("uid="), "\(line)")
            }
        }
    }
}

extension JSON {
    /// The object with additional or replaced members.
    func adding(_ members: JSON) -> JSON {
        guard var object, let more = members.object else { return self }
        for member in more.members { object[member.name] = member.value }
        return .object(object)
    }
}
