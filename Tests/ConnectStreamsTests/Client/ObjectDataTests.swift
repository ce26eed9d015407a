// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConnectStreams

@Suite("What the objects derive")
struct ObjectDataTests {
    private static func contact(_ json: JSON) -> ContactData { ContactData(json: json.object ?? JSONObject()) }

    private static func line(
        _ type: String, _ state: String, initial: Bool = false, _ more: [(String, JSON)] = []
    ) -> JSON {
        .object(
            JSONObject(
                [
                    ("type", .string(type)), ("state", ["type": .string(state)]), ("initial", .bool(initial)),
                    ("connectionId", .string("\(type)-\(state)")),
                ] + more))
    }

    @Test(
        "active, connected, connecting and on hold, by the state of a leg",
        arguments: [
            ("init", false, false), ("connecting", true, false), ("connected", true, true), ("hold", true, false),
            ("silent_monitor", true, true), ("barge", true, true), ("disconnected", false, false),
            ("new", false, false),
        ])
    func legs(state: String, isActive: Bool, isConnected: Bool) {
        let leg = ConnectionData(json: JSONObject([("state", ["type": .string(state)])]))
        #expect(leg.isActive == isActive && leg.isConnected == isConnected)
        #expect(leg.isConnecting == (state == "connecting") && leg.isOnHold == (state == "hold"))
    }

    @Test(
        "inbound: by the customer's leg, for tasks, e-mails and previews by the initiation method",
        arguments: [
            ("voice", "inbound", "outbound", true), ("voice", "outbound", "inbound", false),
            ("queue_callback", "outbound", "callback", false), ("chat", "inbound", "api", true),
            ("task", "inbound", "outbound", false), ("task", "inbound", "api", true),
            ("email", "inbound", "outbound", false), ("voice", "outbound", "campaign_preview", true),
        ])
    func inbound(type: String, leg: String, method: String, isInbound: Bool) {
        let contact = Self.contact([
            "type": .string(type), "initiationMethod": .string(method),
            "connections": [Self.line(leg, "connected", initial: true)],
        ])
        #expect(contact.isInbound == isInbound)
        #expect(contact.isCampaignPreview == (method == "campaign_preview") && contact.initiationMethod == method)
    }

    @Test("without an initial leg a contact is not inbound; the library throws a TypeError there")
    func noInitialLeg() {
        let contact = Self.contact(["type": "voice", "connections": []])
        #expect(!contact.isInbound && contact.initialConnection == nil && !contact.hasTwoActiveParticipants)
    }

    @Test("a conference: third parties, active legs, the leg to toggle")
    func conference() {
        let contact = Self.contact([
            "type": "voice", "state": ["type": "connected"],
            "connections": [
                Self.line("agent", "connected"), Self.line("inbound", "hold", initial: true),
                Self.line("outbound", "disconnected"), Self.line("outbound", "connected"),
                Self.line("monitoring", "barge", [("monitorStatus", "BARGE")]),
            ],
        ])
        #expect(contact.thirdPartyConnections.count == 3)
        #expect(contact.singleActiveThirdPartyConnection?.connectionId == "outbound-connected")
        #expect(contact.activeConnections.count == 4)
        #expect(contact.activeInitialConnection?.connectionId == "inbound-hold")
        #expect(contact.agentConnection?.type == .agent)
        #expect(contact.connectionToToggle?.connectionId == "inbound-hold")
        #expect(contact.isUnderSupervision && contact.isConnected && !contact.isOver)
    }

    @Test("a leg that monitors: what it is, and what it may become; other legs have neither")
    func monitoring() {
        func leg(_ more: [(String, JSON)]) -> ConnectionData {
            ConnectionData(json: Self.line("monitoring", "silent_monitor", more).object ?? JSONObject())
        }
        let listener = leg([
            ("monitorStatus", "SILENT_MONITOR"), ("monitorCapabilities", ["SILENT_MONITOR", "BARGE"]),
            ("monitoringInfo", ["agent": ["agentName": "Kim"], "joinTimeStamp": "2026-11-30T10:00:00.000Z"]),
        ])
        #expect(listener.isSilentMonitor && !listener.isBarge && listener.monitorStatus == .silentMonitor)
        #expect(listener.isSilentMonitorEnabled && listener.isBargeEnabled)
        #expect(listener.monitorCapabilities == [.silentMonitor, .barge])
        #expect(listener.monitorInfo?["agent"]?["agentName"] == "Kim" && listener.isConnected)
        let limited = leg([("monitorStatus", "BARGE"), ("monitorCapabilities", ["BARGE"])])
        #expect(limited.isBarge && limited.isBargeEnabled && !limited.isSilentMonitorEnabled)
        let own = leg([("forcedMute", true), ("mute", true)])
        #expect(own.monitorStatus == nil && own.monitorCapabilities.isEmpty && own.monitorInfo == nil)
        #expect(!own.isSilentMonitorEnabled && !own.isBargeEnabled && !own.isSilentMonitor && !own.isBarge)
        #expect(own.isForcedMute && own.isMute == true)
        #expect(!leg([]).isForcedMute && leg([]).isMute == nil)
    }

    @Test(
        "offered to the agent: incoming, or connecting without the agent in it",
        arguments: [
            ("incoming", "connecting", true), ("connecting", "connecting", true), ("connecting", "connected", false),
            ("connecting", "hold", false),
            ("connected", "connected", false), ("pending", "connecting", false), ("missed", "disconnected", false),
            ("ended", "disconnected", false),
        ])
    func offered(state: String, own: String, isOffered: Bool) {
        let contact = Self.contact([
            "type": "voice", "state": ["type": .string(state)],
            "connections": [Self.line("agent", own), Self.line("inbound", "connected", initial: true)],
        ])
        #expect(contact.isOffered == isOffered)
    }

    @Test(
        "auto-accept: the contact's own setting, then the softphone's for voice only",
        arguments: [
            ("voice", nil, true, true), ("voice", nil, false, false), ("voice", false, true, false),
            ("queue_callback", nil, true, false), ("chat", nil, true, false), ("chat", true, false, true),
        ] as [(String, Bool?, Bool, Bool)])
    func autoAccept(type: String, own: Bool?, softphone: Bool, expected: Bool) {
        let leg = Self.line("agent", "connecting", [("softphoneMediaInfo", ["autoAccept": .bool(softphone)])])
        var json = JSONObject([("type", .string(type)), ("connections", [leg])])
        json["agentContactHandlingConfig"] = own.map { ["autoAccept": .bool($0)] }
        #expect(ContactData(json: json).isAutoAcceptEnabled == expected)
    }

    @Test("video and screen sharing, by the capabilities of the legs")
    func media() {
        let contact = Self.contact([
            "type": "voice",
            "segmentAttributes": ["connect:Subtype": ["ValueString": "connect:WebRTC"]],
            "connections": [
                Self.line("agent", "connected", [("capabilities", ["ScreenShare": "SEND"])]),
                Self.line("inbound", "connected", initial: true, [("capabilities", ["Video": "SEND"])]),
            ],
        ])
        #expect(contact.subtype == "connect:WebRTC")
        #expect(contact.hasVideoRTCCapabilities && !contact.canAgentSendVideo && contact.canAgentReceiveVideo)
        #expect(contact.hasScreenShareCapability && contact.canAgentSendScreenShare)
        #expect(!contact.canCustomerSendScreenShare)
    }

    @Test("the agent's video and the customer's screen, by the capabilities of their legs; the subtype of an SMS chat")
    func ownMedia() {
        let call = Self.contact([
            "type": "voice",
            "connections": [
                Self.line("agent", "connected", [("capabilities", ["Video": "SEND"])]),
                Self.line("inbound", "connected", initial: true, [("capabilities", ["ScreenShare": "SEND"])]),
            ],
        ])
        #expect(call.canAgentSendVideo && call.canCustomerSendScreenShare && !call.canAgentSendScreenShare)
        // Without a third party the customer's capability counts.
        #expect(call.hasVideoRTCCapabilities && !call.canAgentReceiveVideo)
        let chat = Self.contact([
            "type": "chat", "segmentAttributes": ["connect:Subtype": ["ValueString": "connect:SMS"]],
        ])
        #expect(chat.subtype == "connect:SMS" && !chat.isVoice && !chat.isSoftphoneCall)
    }

    @Test("an initial leg that is gone is no active one")
    func goneInitial() {
        let contact = Self.contact([
            "type": "voice",
            "connections": [
                Self.line("agent", "connected"), Self.line("inbound", "disconnected", initial: true),
                Self.line("outbound", "connected"),
            ],
        ])
        #expect(contact.activeInitialConnection == nil && contact.initialConnection?.type == .inbound)
        #expect(contact.hasTwoActiveParticipants)
    }

    @Test("durations of the contact's and a leg's state grow; the contact's whole duration is the service's")
    func durations() throws {
        let then = Timestamp.text(milliseconds: WallClock.milliseconds - 10_000)
        let data = try #require(AgentData(json: ["snapshot": ["skew": 5000]]))
        let contact = Self.contact([
            "state": ["type": "connected", "timestamp": .string(then)], "contactDuration": "61000",
            "connections": [["state": ["type": "hold", "timestamp": .string(then)]]],
        ])
        let snapshot = ContactSnapshot(data: contact, agent: data)
        #expect(snapshot.stateTimestamp == then && snapshot.contactDuration == .seconds(61))
        for duration in [snapshot.stateDuration, snapshot.connections.first?.stateDuration] {
            let duration = try #require(duration)
            #expect(duration >= .seconds(15) && duration < .seconds(600))
        }
    }

    @Test("ids from the routing profile; concurrency without data is one call and one chat")
    func configuration() {
        let arn = "arn:aws:connect:eu-central-1:123456789012:instance/abcd-12|3/routing-profile/x"
        let configuration = AgentConfiguration(
            json: JSONObject([("routingProfile", ["routingProfileARN": .string(arn)])]))
        #expect(configuration.instanceId == "abcd-12|3" && configuration.awsAccountId == "123456789012")
        #expect(configuration.channelConcurrency == [.voice: 1, .chat: 1])
        let nothing = AgentConfiguration(json: JSONObject())
        #expect(nothing.instanceId == nil && nothing.awsAccountId == nil && nothing.queueARNs.isEmpty)
    }

    @Test("queues, the default queue and the concurrency of the routing profile; an empty map has no channel")
    func routing() throws {
        let json: JSON = [
            "routingProfile": [
                "name": "Basic", "routingProfileId": "arn:rp", "channelConcurrencyMap": ["VOICE": 2, "TASK": 5],
                "defaultOutboundQueue": ["name": "Out", "queueId": "arn:out"],
                "queues": [["name": "Sales", "queueARN": "arn:sales"], "text", ["name": "Own"]],
            ]
        ]
        let configuration = AgentConfiguration(json: try #require(json.object))
        let profile = try #require(configuration.routingProfile)
        #expect(profile.name == "Basic" && profile.routingProfileARN == "arn:rp")
        #expect(profile.queues.map(\.name) == ["Sales", "Own"] && configuration.queueARNs == ["arn:sales"])
        #expect(profile.defaultOutboundQueue?.queueARN == "arn:out" && profile.defaultOutboundQueue?.name == "Out")
        #expect(configuration.channelConcurrency == [.voice: 2, .task: 5])
        #expect(configuration.voiceEnhancementMode == nil)
        let enhanced = AgentConfiguration(json: JSONObject([("voiceEnhancementMode", "VOICE_ISOLATION")]))
        #expect(enhanced.voiceEnhancementMode == "VOICE_ISOLATION")
        let none = RoutingProfile(json: JSONObject([("channelConcurrencyMap", [:])]))
        #expect(none.channelConcurrency == [:] && none.queues.isEmpty && none.defaultOutboundQueue == nil)
    }

    @Test("what the service tells of a contact beyond state and legs")
    func details() {
        let contact = Self.contact([
            "contactId": "c", "type": "task", "name": "Refund", "description": "12 Euro", "initialContactId": "first",
            "relatedContactId": "call", "contactAssociationId": "thread", "queueTimestamp": "2026-11-30T10:00:00.000Z",
            "queue": ["name": "Sales", "queueARN": "arn:sales"],
            "references": ["order": ["type": "URL", "value": "https://example.com/1"], "broken": 1],
            "channelContext": ["scheduledTime": 1, "taskTemplateId": "t", "taskTemplateVersion": 2],
            "customerEndpoint": ["type": "phone_number", "phoneNumber": "+12065550100"],
            "connectSystemEndpoint": ["type": "phone_number", "phoneNumber": "+12065550199"],
            "contactFeatures": ["multiPartyConferenceEnabled": true],
            "segmentAttributes": ["connect:Direction": ["ValueString": "INBOUND"]],
        ])
        #expect(contact.name == "Refund" && contact.description == "12 Euro")
        #expect(contact.initialContactId == "first" && contact.relatedContactId == "call")
        #expect(contact.contactAssociationId == "thread")
        #expect(contact.queue?.name == "Sales" && contact.queue?.queueARN == "arn:sales")
        #expect(contact.queueTimestamp == "2026-11-30T10:00:00.000Z")
        #expect(Array(contact.references.keys) == ["order"])
        #expect(contact.references["order"]?.type == "URL")
        #expect(contact.references["order"]?.value == "https://example.com/1")
        #expect(contact.channelContext?["taskTemplateId"] == "t")
        #expect(contact.customerEndpoint?.phoneNumber == "+12065550100")
        #expect(contact.connectSystemEndpoint?.phoneNumber == "+12065550199")
        #expect(contact.contactFeatures?["multiPartyConferenceEnabled"] == true)
        #expect(contact.isMultiPartyConferenceEnabled)
        #expect(contact.segmentAttribute("connect:Direction") == "INBOUND")
        #expect(contact.segmentAttributes?["connect:Direction"] == ["ValueString": "INBOUND"])
    }

    @Test("nothing of it is there → nil, and no reference")
    func noDetails() {
        let contact = Self.contact(["contactId": "c", "queue": .null, "references": []])
        #expect(contact.queue == nil && contact.queueName == nil && contact.references.isEmpty)
        #expect(contact.name == nil && contact.customerEndpoint == nil && contact.segmentAttributes == nil)
    }

    @Test("the pattern of an event of one contact; the time of the chosen state has two spellings")
    func eventNames() throws {
        let contact = Contact(contactId: "abc", connect: try Connect(path: "/nonexistent"))
        #expect(contact.eventName("contact::connected") == "contact::connected::abc")
        for name in ["timeStamp", "timestamp"] {
            let state = JSON.object(JSONObject([("state", "Lunch"), (name, "2026-11-30T10:00:00.000Z")]))
            let data = try #require(AgentData(json: ["snapshot": ["agentAvailabilityState": state]]))
            #expect(data.snapshot.availabilityStateTimestamp == "2026-11-30T10:00:00.000Z")
            #expect(data.snapshot.availabilityState == "Lunch")
        }
    }

    @Test("a duration is counted on the service's clock, and may be negative")
    func duration() throws {
        let data = try #require(AgentData(json: ["snapshot": ["skew": 5000]]))
        let now = try #require(Timestamp.milliseconds("2026-11-30T10:00:10.000Z"))
        let skew = Skew(data)
        #expect(skew.duration(since: "2026-11-30T10:00:00.000Z", now: now) == .seconds(15))
        #expect(skew.duration(since: "2026-11-30T10:00:20.000Z", now: now) == .seconds(-5))
        #expect(skew.duration(since: "today", now: now) == nil && skew.duration(since: nil, now: now) == nil)
    }

    @Test("an endpoint as a parameter has endpointARN, not the library's endpointId; a SIP address is stripped")
    func endpoint() {
        let endpoint = Endpoint(EndpointData(json: JSONObject([("endpointId", "arn"), ("type", "queue")])))
        #expect(endpoint.parameter == ["endpointARN": "arn", "type": "queue"] && endpoint.endpointARN == "arn")
        #expect(Endpoint.phoneNumber("sip:+12065550100@lb.example.com").strippedPhoneNumber == "+12065550100")
        #expect(Endpoint.phoneNumber("+12065550100", name: "Kim").strippedPhoneNumber == "+12065550100")
    }

    @Test("the locale: LANGUAGE stands for a missing one, and an unknown one is refused")
    func locale() throws {
        let written = try Locales.checked(JSONObject([("agentPreferences", ["LANGUAGE": "de_DE"])]))
        #expect(written["agentPreferences"]?["locale"] == "de_DE")
        #expect(try Locales.checked(JSONObject([("extension", "1")])) == JSONObject([("extension", "1")]))
        #expect(throws: ValueError.self) {
            try Locales.checked(JSONObject([("agentPreferences", ["locale": "tlh"])]))
        }
    }
}
