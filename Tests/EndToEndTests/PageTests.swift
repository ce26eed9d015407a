// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    /// The examples of Documentation/protocol.md and of `describe`, sent to the real daemon.
    @Suite("The examples of the protocol")
    struct PageTests {
        @Test("each request of the page is answered with the members that the page shows")
        func page() throws {
            let (stage, client) = try ready()
            try client.send("broadcast", ["event": "agent::mute_toggle", "data": ["muted": true]])
            try client.wait(for: "agent::mute_toggle")
            var lines = try Self.lines()[...]
            var count = 0
            while let line = lines.popFirst() {
                guard line.hasPrefix(#"{"event":"partyline::request""#) else { continue }
                let answer = try answer(to: line, from: client, ending: stage)
                count += 1
                guard let shown = lines.first, shown.hasPrefix(#"{"event":"partyline::response""#) else { continue }
                // Nothing rings.
                if line.contains("acceptContact") { continue }
                let expected = try JSON(parsing: Self.complete(shown))["data"]?["data"]
                #expect(answer["err"] == .null, "\(line): \(answer)")
                try Self.expect(answer["data"] ?? .null, has: expected ?? .null, line)
            }
            #expect(count >= 8)
        }

        @Test("each request of describe has an example that the daemon understands")
        func described() throws {
            let (stage, client) = try ready()
            let methods = try client.connection.request("describe")["methods"]?.array ?? []
            for method in methods {
                let name = try #require(method["name"]?.string)
                // These end the session, which the others need.
                if ["logout", "terminate", "setCredentials", "beginSignIn", "abandonSignIn"].contains(name) {
                    continue
                }
                let answer = try answer(to: try #require(method["example"]).text, from: client, ending: stage)
                let codes: Set<String?> = name == "call" ? ["invalid_params"] : [nil]
                #expect(codes.contains(answer["err"]?["code"]?.string), "\(name): \(answer)")
            }
        }

        @Test("the example of each operation works at the simulator")
        func operations() throws {
            let (stage, client) = try ready()
            let operations = try client.connection.request("describe")["operations"]?.array ?? []
            #expect(operations.count == 37)
            for operation in operations {
                let name = try #require(operation["name"]?.string)
                guard let example = operation["example"], example != .null else {
                    #expect(name == "updateContactAttributes")
                    continue
                }
                let words = try words(for: name, stage)
                let text = words.reduce(example.text) {
                    $0.replacing("<\($1.key)>", with: $1.value)
                }
                #expect(throws: Never.self, "\(name): \(text)") {
                    _ = try client.connection.request("call", try JSON(parsing: text))
                }
            }
        }

        /// Brings about what the operation needs, and returns what stands for the words in angle brackets.
        private func words(for operation: String, _ stage: Stage) throws -> [String: String] {
            try stage.control("/reset")
            try stage.setState("Available")
            let act = { (name: String, line: String?, input: JSON?) in
                var body = JSONObject([("operation", .string(name)), ("contact", "c")])
                body["connection"] = line.map { .string($0) }
                body["input"] = input
                try stage.control("/agent", .object(body))
            }
            let type =
                switch operation {
                case "acceptContact", "rejectContact", "clearContact", "completeContact", "transferContact": "chat"
                case "pauseContact", "resumeContact": "task"
                default: "voice"
                }
            // Operations on no contact need an agent without one.
            let takesContact =
                !["create", "get", "put", "update", "sendC"].contains { operation.hasPrefix($0) }
                || ["createAdditionalConnection", "updateMonitorParticipantState"].contains(operation)
            if takesContact {
                try stage.control(
                    "/contacts",
                    [
                        "type": .string(type), "contactId": "c",
                        "monitor": .bool(operation == "updateMonitorParticipantState"),
                    ])
                if !["acceptContact", "rejectContact"].contains(operation) { try act("AcceptContact", nil, nil) }
            }
            switch operation {
            case "clearContact", "completeContact": try stage.hangUp("c")
            case "resumeContact": try act("PauseContact", nil, nil)
            case "toggleActiveConnections", "conferenceConnections":
                try act("AddNewConnection", nil, ["endpoint": ["type": "agent", "agentLogin": "sam"]])
            case "resumeConnection": try act("HoldConnection", "customer", nil)
            case "unmuteParticipant": try act("MuteParticipant", "agent", nil)
            default: break
            }
            let state = try stage.state("/state")
            let lines = state["snapshot"]?["contacts"]?.array?.first?["connections"]?.array ?? []
            let profile = state["configuration"]?["routingProfile"]
            return [
                "contactId": "c", "refreshToken": "r",
                "agent's connectionId": lines.first?["connectionId"]?.string ?? "",
                "customer's connectionId": lines.first { $0["initial"] == true }?["connectionId"]?.string ?? "",
                "queueARN": profile?["defaultOutboundQueue"]?["queueARN"]?.string ?? "",
                "routingProfileARN": profile?["routingProfileARN"]?.string ?? "",
            ]
        }

        private func ready() throws -> (Stage, Client) {
            let stage = try Stage()
            try stage.startBoth()
            return (stage, try stage.readyClient())
        }

        private func answer(to line: String, from client: Client, ending stage: Stage) throws -> JSON {
            let data = try #require(try JSON(parsing: line)["data"])
            try client.send(EventName.request, data)
            return try #require(
                try client.wait(for: EventName.response) { $0["requestId"] == data["requestId"] }.data)
        }

        /// Compares the members, also of objects within objects; an array by its first element.
        private static func expect(_ answer: JSON, has shown: JSON, _ line: String) throws {
            if let element = shown.array?.first { return try expect(answer.array?.first ?? .null, has: element, line) }
            for member in shown.object?.members ?? [] {
                let value = try #require(answer[member.name], "\(line): no \(member.name) in \(answer.text)")
                try expect(value, has: member.value, line)
            }
        }

        /// The lines of the page's JSON blocks.
        private static func lines() throws -> [String] {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let text = try String(contentsOf: root.appending(path: "Documentation/protocol.md"), encoding: .utf8)
            return text.matches(of: /\n```json\n((?s:.*?))\n```/).flatMap { block in
                block.output.1.split(separator: "\n").map(String.init)
            }
        }

        /// JSON without what the page leaves out.
        private static func complete(_ line: String) -> String {
            line.replacing("{\u{2026}}", with: "{}").replacing(",\u{2026}", with: "")
        }
    }
}
