// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    /// The scenarios of Config/simulator/scenarios, as a Streams page sees them through the daemon.
    @Suite("Scenarios in the Streams dialect")
    struct PlaybackTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Config/simulator/scenarios")

        /// A scenario, and what some snapshot has to have: the type and state of a connection, or a text of the contact.
        private static let scenarios: [(file: String, has: [String])] = [
            ("two-calls", ["agent hold", "agent connected"]),
            ("preview", ["campaign_preview", "incoming", "outbound connecting"]),
            ("supervised", ["monitoring barge", "forcedMute"]),
            ("monitoring", ["monitoring silent_monitor", "monitoring barge", "SILENT_MONITOR"]),
            ("consult", ["inbound hold", "outbound connected", "outbound hold"]),
            ("transfer-to-queue", ["inbound hold", "outbound connected", "chat"]),
            ("transfer-to-agent", ["task", "email", "chat-of-sam"]),
            ("conference", ["outbound connecting", "outbound disconnected"]),
            ("video", ["connect:WebRTC", "SEND"]),
            ("email", ["kim@example.org", "pending", "connect:Email"]),
        ]

        @Test(
            "each scenario reaches a page: contacts with their aliases and instants, to the end", arguments: scenarios)
        func plays(file: String, has: [String]) throws {
            let stage = try Stage()
            try stage.startSimulator(
                usesTLS: true, "--speed", "10", "--config", Self.folder.appending(path: "instance.yaml").path)
            try stage.startDaemon(environment: Stage.steady)
            let page = try stage.readyClient()
            let yaml = try String(contentsOf: Self.folder.appending(path: "\(file).yaml"), encoding: .utf8)
            let expected = Set(has + ["connected", "ended"])
            var seen: Set<String> = []
            // On a busy machine two steps may reach the page as one snapshot: it is played again then.
            for _ in 0..<5 where !seen.isSuperset(of: expected) {
                let started = try stage.control("/scenario", ["yaml": .string(yaml)])
                let seconds = try #require(started["seconds"]?.double) / 10 + 0.5
                for contact in try contacts(page, for: seconds) { note(contact, &seen) }
            }
            #expect(expected.subtracting(seen).isEmpty, "\(file): seen \(seen.sorted())")
            #expect(try stage.state("/contacts").array?.isEmpty == true)
        }

        /// The contacts of all snapshots that arrive meanwhile.
        private func contacts(_ page: Client, for seconds: Double) throws -> [JSON] {
            let deadline = ContinuousClock.now + .seconds(seconds)
            var contacts: [JSON] = []
            while true {
                do throws(ConnectionError) {
                    let message = try page.connection.nextMessage(before: deadline)
                    guard message.event == EventName.agentUpdate else { continue }
                    contacts += message.data?["snapshot"]?["contacts"]?.array ?? []
                } catch {
                    guard error == .timeout else { throw error }
                    return contacts
                }
            }
        }

        private func note(_ contact: JSON, _ seen: inout Set<String>) {
            #expect(contact["status"] == contact["state"])
            for timed in [contact["state"], contact] + (contact["connections"]?.array ?? []).map({ $0["state"] }) {
                let instant = timed?["timestamp"] ?? timed?["queueTimestamp"]
                #expect(instant?.string.flatMap(Timestamp.milliseconds) != nil, "\(contact.text)")
            }
            for line in contact["connections"]?.array ?? [] {
                #expect(line["address"] == line["endpoint"])
                seen.insert("\(line["type"]?.string ?? "") \(line["state"]?["type"]?.string ?? "")")
                if line["forcedMute"] == true { seen.insert("forcedMute") }
            }
            seen.formUnion(Self.texts(contact))
        }

        /// All texts in a value.
        private static func texts(_ value: JSON) -> Set<String> {
            if let text = value.string { return [text] }
            let parts = value.array ?? value.object?.members.map(\.value) ?? []
            return parts.reduce(into: []) { $0.formUnion(texts($1)) }
        }
    }
}
