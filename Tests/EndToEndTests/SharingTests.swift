// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import StreamsProtocol
import Testing

extension EndToEnd {
    @Suite("Sharing one session")
    struct SharingTests {
        @Test("two programs receive the same agent, a third joins late; one accepts → all receive it")
        func acceptByOne() throws {
            let stage = try Stage()
            try stage.startBoth()
            let first = try stage.readyClient()
            let second = try stage.client()
            let states = try first.connection.call("getAgentStates")["states"]?.array ?? []
            let available = try #require(states.first { $0["name"]?.string == "Available" })
            _ = try first.connection.call("putAgentState", ["state": available])
            try first.agent { $0.snapshot.state?.name == "Available" }
            let contact = try #require(try stage.control("/contacts", ["type": "voice"])["contactId"]?.string)

            let ringing = try first.agent { $0.contact(contact)?.stateType == .connecting }
            let same = try second.agent { $0.contact(contact)?.stateType == .connecting }
            #expect(ringing == same)

            let third = try stage.client()
            let head = try [
                third.connection.nextMessage(), third.connection.nextMessage(), third.connection.nextMessage(),
            ]
            #expect(head.map(\.event) == ["acknowledge", "update_connected_ccps", "agent::update"])
            #expect(head[1].data == ["length": 3])
            #expect(head[2].data.flatMap(AgentData.init(json:)) == ringing)

            let answer = try second.connection.call("acceptContact", ["contactId": .string(contact)])
            #expect(answer == [:])
            for client in [first, second, third] {
                try client.agent { $0.contact(contact)?.stateType == .connected }
            }
            let there = try stage.state("/state")["snapshot"]?["contacts"]?.array?.first
            #expect(there?["state"]?["type"] == "connected")
            #expect(try stage.count(of: "AcceptContact") == 1)
        }

        @Test("a client's configure → its token is used")
        func configure() throws {
            let stage = try Stage()
            try stage.startSimulator()
            try stage.startDaemon(environment: ["PARTYLINE_SESSION_SOURCE": "configure"])
            let client = try stage.client()
            let early = #expect(throws: CallFailure.self) { try client.connection.call("getAgentStates") }
            #expect(early?.type == "not_ready")
            #expect(try client.connection.request("getStatus")["session"]?["state"] == "waiting")
            // The simulator does not have this token; the daemon uses it anyway, which the polls show.
            try client.send("configure", configureData(stage, token: "canary-token-of-configure"))
            try eventually("the token is used") { try stage.count(of: "GetAgentSnapshot") > 0 }
            #expect(try client.connection.request("getStatus")["session"]?["state"] == "signed_out")
            #expect(!stage.daemonLog.contains("canary"))
        }

        private func configureData(_ stage: Stage, token: String) -> JSON {
            [
                "authToken": .string(token), "region": "us-west-2", "endpoint": .string("\(stage.base)/connect/api"),
                "authorizeEndpoint": .string("\(stage.base)/connect/auth/authorize"), "refreshToken": "canary-refresh",
                "agentAppEndpoint": .string("\(stage.base)/agent-app/api"), "authCookieName": "lily-auth",
                "authTokenExpiration": "2099-01-01T00:00:00.000Z", "taskTemplatesEndpoint": .string(stage.base),
            ]
        }

        @Test("in authorize mode a client's configure is ignored and counted")
        func ignoredConfigure() throws {
            let stage = try Stage()
            try stage.startBoth()
            let client = try stage.readyClient()
            try client.send("configure", configureData(stage, token: "other"))
            let counters = try client.connection.request("getStatus")["counters"]
            #expect(counters?["ignoredConfigures"] == 1)
            _ = try client.connection.call("getAgentStates")
        }

        @Test("secrets appear neither in the log nor in the status nor in the arguments")
        func secrets() throws {
            let stage = try Stage()
            try stage.startBoth()
            let client = try stage.readyClient()
            _ = try client.connection.call("createTransport", ["transportType": "web_socket"])
            let cookie = try String(contentsOfFile: stage.cookies, encoding: .utf8)
                .split(separator: "\n").last?.split(separator: "\t").last.map(String.init)
            let secret = try #require(cookie)
            #expect(secret.count > 8)
            let status = try client.connection.request("getStatus").text
            let arguments = try String(contentsOfFile: "/proc/\(stage.daemon?.pid ?? 0)/cmdline", encoding: .utf8)
            for text in [stage.daemonLog, status, arguments] {
                #expect(!text.contains(secret))
                #expect(!text.contains("ticket="))
            }
        }
    }
}
