// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConnectStreams

/// Legs of a client whose data the test sets.
@Suite("Legs of contacts")
struct ConnectionTests {
    private static func contact(_ json: JSON) throws -> Contact {
        let connect = try Connect(path: "/nonexistent")
        let agent: JSON = [
            "snapshot": ["contacts": [json]], "configuration": ["name": "Robin"],
        ]
        connect.state.note(.subscribed(Subscribed(json: ["clock": "e:1", "fresh": true, "snapshot": agent]))) {}
        return connect.contact(json["contactId"]?.string ?? "")
    }

    @Test(
        "each type of contact has legs of its own kind and medium",
        arguments: [
            ("voice", MediaType.softphone, "VoiceConnection"), ("queue_callback", .softphone, "VoiceConnection"),
            ("chat", .chat, "ChatConnection"), ("task", .task, "TaskConnection"),
            ("email", .email, "EmailConnection"),
        ])
    func kinds(type: String, medium: MediaType, kind: String) throws {
        let leg: JSON = ["connectionId": "l", "type": "agent", "state": ["type": "connected"]]
        let contact = try Self.contact(["contactId": "c", "type": .string(type), "connections": [leg]])
        let own = try #require(try contact.agentConnection)
        #expect(own.mediaType == medium && "\(Swift.type(of: own))" == kind)
        #expect(own.contactId == "c" && own.connectionId == "l")
        #expect(try own.isConnected && contact.connections.count == 1)
    }

    @Test("media, capabilities and quick connect of a call's legs; nil where the data have none")
    func voice() throws {
        let contact = try Self.contact([
            "contactId": "c", "type": "voice",
            "connections": [
                [
                    "connectionId": "own", "type": "agent", "state": ["type": "connected"],
                    "softphoneMediaInfo": ["callType": "audio_video"], "capabilities": ["Video": "SEND"],
                ],
                [
                    "connectionId": "third", "type": "outbound", "state": ["type": "connecting"],
                    "quickConnectName": "Front desk",
                    "endpoint": ["type": "phone_number", "phoneNumber": "+12065550100"],
                ],
            ],
        ])
        let own = try #require(try contact.agentConnection as? VoiceConnection)
        let third = try #require(try contact.thirdPartyConnections.first as? VoiceConnection)
        #expect(try own.mediaInfo?["callType"] == "audio_video" && third.mediaInfo == nil)
        #expect(try own.capabilities == JSONObject([("Video", "SEND")]) && own.canSendVideo)
        #expect(try third.capabilities == nil && !third.canSendVideo)
        #expect(try third.quickConnectName == "Front desk" && own.quickConnectName == nil)
        #expect(try third.endpoint?.phoneNumber == "+12065550100" && third.isConnecting && third.isActive)
    }

    @Test("what a chat client needs: ids and token; the names of both sides")
    func chat() throws {
        func contact(_ connectionData: JSON) throws -> Contact {
            try Self.contact([
                "contactId": "c", "type": "chat", "initialContactId": "first",
                "connections": [
                    [
                        "connectionId": "own", "type": "agent", "state": ["type": "connected"],
                        "chatMediaInfo": ["connectionData": connectionData],
                    ],
                    [
                        "connectionId": "customer", "type": "inbound", "initial": true,
                        "state": ["type": "connected"], "chatMediaInfo": ["customerName": "Kim"],
                    ],
                ],
            ])
        }
        let chat = try contact(#"{"ConnectionAuthenticationToken":"secret"}"#)
        let info = try #require(try (chat.agentConnection as? ChatConnection)?.mediaInfo)
        #expect(info.contactId == "c" && info.initialContactId == "first" && info.participantId == "own")
        #expect(info.participantToken == "secret")
        #expect(try chat.agentConnection?.participantName == "Robin")
        #expect(try chat.initialConnection?.participantName == "Kim")
        for text in ["{}", "no JSON"] as [JSON] {
            let other = try (contact(text).agentConnection as? ChatConnection)?.mediaInfo
            #expect(other != nil && other?.participantToken == nil)
        }
    }

    @Test(
        "what the customer has proved: only AUTHENTICATED counts; an agent has nothing to prove",
        arguments: [("AUTHENTICATED", "CONNECT", true), ("FAILED", "CUSTOM", false), ("TIMEOUT", "CONNECT", false)])
    func authentication(status: String, method: String, isAuthenticated: Bool) throws {
        let details = [
            "IdentityProvider": "idp", "ClientId": "client", "Status": status, "AssociatedCustomerId": "kim",
            "AuthenticationMethod": method,
        ]
        let values = JSON.object(
            JSONObject(details.map { ($0.key, ["ValueString": .string($0.value)]) }))
        let contact = try Self.contact([
            "contactId": "c", "type": "chat",
            "segmentAttributes": ["connect:CustomerAuthentication": ["ValueMap": values]],
            "connections": [
                ["connectionId": "own", "type": "agent"],
                ["connectionId": "customer", "type": "inbound", "initial": true],
            ],
        ])
        let customer = try #require(try contact.initialConnection as? ChatConnection)
        #expect(try customer.authenticationDetails() == details)
        #expect(try customer.isAuthenticated() == isAuthenticated)
        let own = try #require(try contact.agentConnection as? ChatConnection)
        #expect(throws: ValueError.self) { try own.authenticationDetails() }
    }

    @Test("a task's leg has the ids of the contact and of the one that it began with")
    func task() throws {
        let leg: JSON = ["connectionId": "l", "type": "agent", "state": ["type": "connected"]]
        for (initial, expected) in [(JSON.null, "c"), ("first", "first")] {
            let contact = try Self.contact([
                "contactId": "c", "type": "task", "initialContactId": initial, "connections": [leg],
            ])
            let info = try (contact.agentConnection as? TaskConnection)?.mediaInfo
            #expect(info == JSONObject([("contactId", "c"), ("initialContactId", .string(expected))]))
        }
    }

    @Test("a mode of monitoring that does not exist is refused before it is sent, with Streams' word")
    func monitoringMode() async throws {
        let contact = try Self.contact(["contactId": "c", "connections": []])
        let error = await #expect(throws: ValueError.self) {
            try await contact.updateMonitorParticipantState(MonitoringMode(rawValue: "WHISPER"))
        }
        #expect(error?.message.hasPrefix("invalid_target_state") == true)
    }

    @Test(
        "the type of an endpoint",
        arguments: [("phone_number", .phoneNumber), ("agent", .agent), ("queue", .queue)] as [(String, EndpointType)])
    func endpointType(word: String, expected: EndpointType) {
        #expect(Endpoint(EndpointData(json: JSONObject([("type", .string(word))]))).type == expected)
    }
}
