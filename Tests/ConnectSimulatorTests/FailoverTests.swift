// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

@Suite("Failover between two regions, agent discovery, media transports")
struct FailoverTests {
    private static let other = "arn:aws:connect:us-east-1:111122223333:instance/0f1e2d3c-4b5a-4697-8877-66554433aabb"

    private static func pair() -> Bench { Bench { $0.otherARN = other } }

    @Test("no contacts are routed while the other instance is active")
    func noContactsComeWhileTheOtherIsActive() throws {
        var bench = Self.pair()
        try bench.control("failover", ["active": "other"])
        let id = try bench.control("incoming", ["type": "voice"])
        bench.wait(60)
        #expect(bench.instance.contacts.isEmpty && Invariants.violations(of: bench.instance).isEmpty)
        try bench.control("failover", ["active": "this"])
        #expect(bench.instance.contacts.map(\.id) == [id])
    }

    @Test("a failover without termination → the call continues")
    func aSoftFailoverLetsTheCallGoOn() throws {
        var bench = Self.pair()
        let id = try bench.connectedCall()
        try bench.control("failover", ["activeInstanceArn": .string(Self.other)])
        #expect(bench.instance.contacts[0].state == .connected)
        #expect(bench.instance.failover.json == ["InstanceArn": .string(Self.other), "TerminateActiveContacts": false])
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("ClearContact", .contact(id))
        #expect(bench.seen == ["PendingBusy/connecting", "Busy/connected", "AfterCallWork/ended", "Available"])
    }

    @Test("a failover with termination ends all contacts of the inactive instance only")
    func aHardFailoverEndsEverything() throws {
        var bench = Self.pair()
        for kind in ["chat", "task"] {
            let id = try bench.control("incoming", ["type": .string(kind)])
            try bench.call("AcceptContact", .contact(id))
        }
        _ = try bench.connectedCall()
        try bench.control("incoming", ["type": "chat"])
        try bench.control("failover", ["active": "other", "terminateActiveContacts": true])
        #expect(bench.instance.contacts.count == 4 && bench.instance.contacts.allSatisfy { $0.state == .ended })
        #expect(Invariants.violations(of: bench.instance).isEmpty)
        #expect(Shape.snapshot.problem(withAnswer: bench.instance.snapshot) == nil)
        var active = Self.pair()
        _ = try active.connectedCall()
        try active.control("failover", ["active": "this", "terminateActiveContacts": true])
        #expect(active.instance.contacts[0].state == .connected, "contacts end on the inactive instance only")
    }

    @Test("invalid failovers are rejected; reset makes the instance active again")
    func wrongFailoversAreRefused() throws {
        var bench = Self.pair()
        let table: [([String: JSON], String?)] = [
            ([:], "active"), (["active": "both"], "active"), (["activeInstanceArn": "arn:x"], "activeInstanceArn"),
            (["active": "this", "activeInstanceArn": .string(Self.other)], "activeInstanceArn"),
            (["active": "this", "terminateActiveContacts": 1], "terminateActiveContacts"),
        ]
        for (members, member) in table {
            let error = #expect(throws: ControlError.self) { try bench.control("failover", members) }
            #expect(error?.member == member && error?.status == 400)
        }
        var alone = Bench()
        let error = #expect(throws: ControlError.self) { try alone.control("failover", ["active": "other"]) }
        #expect(error?.status == 409 && alone.instance.isActive)
        try bench.control("failover", ["active": "other"])
        try bench.control("reset")
        #expect(bench.instance.isActive)
    }

    @Test("the discovery URL is valid for 60 s, repeatedly")
    func theDiscoveryURLIsGoodForAMinute() throws {
        var bench = Self.pair()
        let answer = try bench.call("CreateTransport", ["transportType": "agent_discovery"])
        let url = try #require(answer["agentDiscoveryTransport"]?["presignedUrl"]?.string)
        #expect(url.hasPrefix("http://127.0.0.1:0/agent-discovery?"))
        let signature = try #require(url.split(separator: "X-Amz-Signature=").last.map(String.init))
        let credentials = bench.instance.credentials
        #expect(credentials.isValid(signature: signature, at: bench.now))
        #expect(credentials.isValid(signature: signature, at: bench.now + 60), "it may be used repeatedly")
        #expect(!credentials.isValid(signature: signature, at: bench.now + 60.001))
        #expect(!credentials.isValid(signature: nil, at: bench.now))
        #expect(!credentials.isValid(signature: "x", at: bench.now))
    }

    @Test("a chat token stands for its participant for 24 h")
    func chatTokensAreRemembered() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(id))
        let line = bench.connection(.agent, of: id).id
        let answer = try bench.call(
            "CreateTransport",
            ["transportType": "chat_token", "contactId": .string(id), "participantId": .string(line)])
        let token = try #require(answer["chatTokenTransport"]?["participantToken"]?.string)
        #expect(answer["chatTokenTransport"]?["expiry"] == .string(isoTime(Bench.start + 86_400)))
        let credentials = bench.instance.credentials
        #expect(
            credentials.participant(token: token, at: bench.now) == Participant(contactId: id, connectionId: line))
        #expect(credentials.participant(token: token, at: bench.now + 86_401) == nil)
        #expect(credentials.participant(token: "x", at: bench.now) == nil)
    }

    @Test("softphone and WebRTC transports have all members; participants share a meeting")
    func mediaTransportsHaveAllTheirParts() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        let softphone = try bench.call("CreateTransport", ["transportType": "softphone"])["softphoneTransport"]
        let connections = softphone?["softphoneMediaConnections"]?.array ?? []
        #expect(connections.count == 2 && connections[0]["credential"] != connections[1]["credential"])
        let rtc: JSON = ["transportType": "web_rtc", "contactId": .string(id)]
        let agent = bench.connection(.agent, of: id).id
        let customer = bench.connection(.customer, of: id).id
        let first = try bench.call("CreateTransport", rtc.adding(["participantId": .string(agent)]))
        let second = try bench.call("CreateTransport", rtc.adding(["participantId": .string(customer)]))
        let transports = [first, second].map { $0["webRTCTransport"] }
        #expect(transports[0]?["meeting"] == transports[1]?["meeting"], "participants of a contact share a meeting")
        #expect(transports[0]?["attendee"]?["attendeeId"] == .string(agent))
        #expect(transports[0]?["attendee"]?["joinToken"] != transports[1]?["attendee"]?["joinToken"])
    }

    @Test("regions given as options override the file")
    func optionsOverrideTheFile() throws {
        let yaml = "instance: {arn: \(InstanceSettings.standardARN), otherArn: \(Self.other), active: other}"
        let file = try SimulatorConfiguration(yaml: yaml, file: "pair.yaml").settings
        #expect(file.otherARN == Self.other && !file.startsActive && file.region == "us-west-2")
        #expect(!SimulatedInstance(settings: file, seed: 1, now: 0).isActive)
        var regions = RegionPair()
        regions.arn = Self.other
        regions.otherARN = InstanceSettings.standardARN
        regions.isActive = true
        let flags = try SimulatorConfiguration(yaml: yaml, file: "pair.yaml", regions: regions).settings
        #expect(flags.instanceARN == Self.other && flags.otherARN == InstanceSettings.standardARN)
        #expect(flags.region == "us-east-1" && flags.queues[0].arn.hasPrefix(Self.other) && flags.startsActive)
        #expect(try SimulatorConfiguration(yaml: "", file: "x", regions: regions).settings.instanceARN == Self.other)
        for yaml in ["instance: {otherArn: x}", "instance: {active: other}", "instance: {active: both}"] {
            #expect(throws: ConfigurationError.self) { try SimulatorConfiguration(yaml: yaml, file: "wrong.yaml") }
        }
        regions.otherARN = regions.arn
        #expect(throws: ConfigurationError.self) {
            try SimulatorConfiguration(yaml: "", file: "x", regions: regions)
        }
    }
}
