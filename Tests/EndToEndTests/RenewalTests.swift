// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Tokens and regions")
    struct RenewalTests {
        @Test("tokens are renewed before they expire → no call fails")
        func renewal() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.control("/token/lifetime", ["seconds": 3])
            try stage.startDaemon(environment: [
                "PARTYLINE_TIMERS_TOKEN_CHECK_INTERVAL": "300", "PARTYLINE_TIMERS_TOKEN_REFRESH_WINDOW": "2000",
            ])
            let port = try stage.readyClient()
            let before = try stage.count(of: "authorize")
            var calls = 0
            try eventually("five tokens have come and gone", seconds: 20) {
                _ = try port.connection.call("getAgentStates")
                calls += 1
                return try stage.count(of: "authorize") >= before + 5
            }
            #expect(calls > 20)
            #expect(try !port.events().contains("auth_fail"))
            let failed = port.received.filter { $0.event == "api_metric" && $0.data?["error"] != nil }
            #expect(failed.isEmpty, "\(failed.first?.data?.text ?? "")")
            #expect(!stage.daemonLog.contains("warning"))
        }

        @Test("failover during a call, soft and hard", arguments: [false, true])
        func failover(isHard: Bool) throws {
            let (here, there) = ("arn:aws:connect:eu-west-2:1:instance/a", "arn:aws:connect:eu-central-1:1:instance/b")
            let first = try Stage()
            try first.startSimulator("--instance-arn", here, "--other-arn", there)
            try first.startDaemon()
            let second = try Stage()
            try second.startSimulator("--instance-arn", there, "--other-arn", here, "--active", "other")
            try second.startDaemon()

            let ports = [try first.readyClient(), try first.client()]
            let other = try second.readyClient()
            try ports[0].send(
                "disasterRecovery::init_dr_polling", ["instanceArn": .string(here), "otherArn": .string(there)])
            try other.send(
                "disasterRecovery::init_dr_polling", ["instanceArn": .string(there), "otherArn": .string(here)])
            for port in ports {
                try port.wait(for: "disasterRecovery::failover") { $0 == ["nextActiveArn": .string(here)] }
            }
            try other.wait(for: "disasterRecovery::force_offline")
            let contact = try connectCall(first, ports[0])

            let change: JSON = ["activeInstanceArn": .string(there), "terminateActiveContacts": .bool(isHard)]
            try first.control("/failover", change)
            try second.control("/failover", change)
            let order: JSON = ["softFailover": .bool(!isHard), "nextActiveArn": .string(there)]
            for port in ports { try port.wait(for: "disasterRecovery::force_offline") { $0 == order } }
            if isHard {
                try ports[1].agent { $0.contact(contact)?.stateType == .ended || $0.contact(contact) == nil }
            } else {
                // A soft failover waits for the call: it stays connected until the customer hangs up.
                let agent = try ports[1].connection.request("getAgent")["agent"].flatMap(AgentData.init(json:))
                #expect(agent?.contact(contact)?.stateType == .connected)
                try first.control("/contacts/\(contact)/customer-hangs-up")
                try ports[1].agent { $0.contact(contact)?.stateType == .ended }
            }
            // A page then shows the other region.
            try other.send("disasterRecovery::suppress", ["suppress": false])
            try other.wait(for: "disasterRecovery::failover") { $0 == ["isPrimary": true] }
            for port in ports {
                let names = try port.events().filter { $0.hasPrefix("disasterRecovery") }
                #expect(names == ["disasterRecovery::failover", "disasterRecovery::force_offline"])
            }
        }

        /// Connects the agent to a call and returns its contact id.
        private func connectCall(_ stage: Stage, _ port: Client) throws -> String {
            let states = try port.connection.call("getAgentStates")["states"]?.array ?? []
            let available = try #require(states.first { $0["name"]?.string == "Available" })
            _ = try port.connection.call("putAgentState", ["state": available])
            let contact = try #require(try stage.control("/contacts", ["type": "voice"])["contactId"]?.string)
            try port.agent { $0.contact(contact)?.stateType == .connecting }
            _ = try port.connection.call("acceptContact", ["contactId": .string(contact)])
            try port.agent { $0.contact(contact)?.stateType == .connected }
            return contact
        }
    }
}
