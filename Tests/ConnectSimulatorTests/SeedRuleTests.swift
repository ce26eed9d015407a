// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

/// What the documentation of Streams says of the service's data and checks.
@Suite("Rules of the service that Streams documents")
struct SeedRuleTests {
    private func snapshot(_ bench: Bench, _ contact: String) -> JSON {
        bench.instance.snapshot["contacts"]?.array?.first { $0["contactId"]?.string == contact } ?? .null
    }

    private func lines(_ bench: Bench, _ contact: String) -> [JSON] {
        snapshot(bench, contact)["connections"]?.array ?? []
    }

    @Test("the availability state is the state that the agent chose, since it was chosen")
    func availability() throws {
        var bench = Bench()
        bench.wait(5)
        try bench.call("PutAgentState", .state("Lunch", "not_routable"))
        bench.wait(5)
        try bench.call("CreateOutboundContact", .phone("+12065550100"))
        let state = bench.instance.snapshot["agentAvailabilityState"]
        #expect(bench.instance.snapshot["state"]?["name"]?.string == "CallingCustomer")
        #expect(state?["state"]?.string == "Lunch")
        #expect(state?["timeStamp"] == .timestamp(Bench.start + 5))
    }

    @Test("the availability state follows the next state when it comes into force")
    func nextState() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.call("PutAgentState", .state("Lunch", "not_routable", enqueue: true))
        #expect(bench.instance.snapshot["agentAvailabilityState"]?["state"]?.string == "Available")
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        bench.wait(3)
        try bench.call("ClearContact", .contact(id))
        #expect(bench.instance.snapshot["agentAvailabilityState"]?["state"]?.string == "Lunch")
        #expect(bench.instance.snapshot["agentAvailabilityState"]?["timeStamp"] == .timestamp(bench.now))
    }

    @Test("initialContactId is only there after a transfer")
    func initialContact() throws {
        var bench = Bench()
        let own = try bench.control("incoming", ["type": "chat"])
        let transferred = try bench.control("incoming", ["type": "chat", "initialContactId": "first"])
        #expect(snapshot(bench, own)["initialContactId"] == nil)
        #expect(snapshot(bench, transferred)["initialContactId"]?.string == "first")
    }

    @Test(
        "a listener has a connection of the type monitoring with states of its own, and no attributes; barging in gives both"
    )
    func monitoring() throws {
        var bench = Bench()
        let id = try bench.control(
            "incoming", ["type": "voice", "monitor": true, "attributes": ["plan": "gold"], "queue": "Sales"])
        try bench.call("AcceptContact", .contact(id))
        let own = try #require(lines(bench, id).first)
        #expect(own["type"]?.string == "monitoring" && own["state"]?["type"]?.string == "silent_monitor")
        #expect(own["monitorCapabilities"] == ["SILENT_MONITOR", "BARGE"])
        #expect(own["monitoringInfo"]?["agent"]?["agentName"]?.string == "Sam Example")
        #expect(lines(bench, id).map { $0["type"]?.string } == ["monitoring", "agent", "inbound"])
        #expect(snapshot(bench, id)["attributes"] == nil && snapshot(bench, id)["queue"] == nil)

        try bench.call("UpdateMonitorParticipantState", ["contactId": .string(id), "targetMonitorMode": "BARGE"])
        #expect(lines(bench, id).first?["state"]?["type"]?.string == "barge")
        #expect(snapshot(bench, id)["attributes"]?["plan"]?["value"]?.string == "gold")
        try bench.call(
            "UpdateMonitorParticipantState", ["contactId": .string(id), "targetMonitorMode": "SILENT_MONITOR"])
        #expect(lines(bench, id).first?["state"]?["type"]?.string == "silent_monitor")
    }

    @Test("a supervisor who only listens cannot mute; one who has barged in mutes and unmutes the agent")
    func supervisorMutes() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "monitor": true])
        try bench.call("AcceptContact", .contact(id))
        let agent: JSON = ["contactId": .string(id), "connectionId": lines(bench, id)[1]["connectionId"] ?? .null]
        #expect(bench.fault("MuteParticipant", agent)?.code == "InvalidStateException")
        try bench.call("UpdateMonitorParticipantState", ["contactId": .string(id), "targetMonitorMode": "BARGE"])
        try bench.call("MuteParticipant", agent)
        #expect(lines(bench, id)[1]["mute"] == true && lines(bench, id)[1]["forcedMute"] == true)
        try bench.call("UnmuteParticipant", agent)
        #expect(lines(bench, id)[1]["mute"] == false && lines(bench, id)[1]["forcedMute"] == false)
        try bench.call("DestroyConnection", agent)
        #expect(lines(bench, id)[1]["state"]?["type"]?.string == "disconnected")
        #expect(snapshot(bench, id)["state"]?["type"]?.string == "connected")
        // Without the other agent the customer would be alone.
        let listen: JSON = ["contactId": .string(id), "targetMonitorMode": "SILENT_MONITOR"]
        #expect(bench.fault("UpdateMonitorParticipantState", listen)?.code == "InvalidStateException")
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        #expect(bench.fault("CompleteContact", .contact(id))?.code == "InvalidStateException", "only cleared")
        try bench.call("ClearContact", .contact(id))
    }

    @Test("a supervisor who only listens controls nothing: it can barge in or leave")
    func listenerControlsNothing() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "monitor": true])
        try bench.call("AcceptContact", .contact(id))
        for operation in ["HoldConnection", "DestroyConnection", "MuteParticipant"] {
            #expect(bench.fault(operation, bench.ids(id, .customer))?.code == "InvalidStateException", "\(operation)")
        }
        #expect(bench.fault("HoldConnection", bench.ids(id, .agent))?.code == "InvalidStateException")
        try bench.call("UpdateMonitorParticipantState", ["contactId": .string(id), "targetMonitorMode": "BARGE"])
        try bench.call("HoldConnection", bench.ids(id, .customer))
        #expect(bench.fault("HoldConnection", bench.ids(id, .agent))?.code == "InvalidStateException")
        let joined = lines(bench, id).first?["monitoringInfo"]?["joinTimeStamp"]
        try bench.call("DestroyConnection", bench.ids(id, .agent))
        bench.wait(1)
        #expect(lines(bench, id).first?["monitoringInfo"]?["joinTimeStamp"] == joined)
    }

    @Test("while a supervisor has barged in, the agent can only mute itself and leave")
    func agentLosesControl() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.control("supervisor-listens", ["contact": .string(id)])
        try bench.call("HoldConnection", bench.ids(id, .customer))
        try bench.call("ResumeConnection", bench.ids(id, .customer))
        try bench.control("supervisor-barges", ["contact": .string(id)])
        #expect(lines(bench, id).last?["monitorStatus"]?.string == "BARGE")
        let supervisor: JSON = [
            "contactId": .string(id), "connectionId": lines(bench, id).last?["connectionId"] ?? .null,
        ]
        for line in [bench.ids(id, .customer), supervisor] {
            for operation in ["HoldConnection", "DestroyConnection", "MuteParticipant"] {
                #expect(bench.fault(operation, line)?.code == "InvalidStateException", "\(operation)")
            }
        }
        let sam: JSON = ["endpoint": ["type": "agent", "agentLogin": "sam"]]
        #expect(bench.fault("AddNewConnection", JSON.contact(id).merged(sam))?.code == "InvalidStateException")
        try bench.call("MuteParticipant", bench.ids(id, .agent))
        try bench.call("DestroyConnection", bench.ids(id, .agent))
        #expect(bench.fault("MuteParticipant", bench.ids(id, .customer)) != nil)
        bench.wait(1)
        #expect(snapshot(bench, id)["state"]?["type"]?.string == "ended")
    }

    @Test("a call that the agent has left is not changed any more")
    func left() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.call("DestroyConnection", bench.ids(id, .agent))
        #expect(bench.fault("HoldConnection", bench.ids(id, .customer))?.code == "InvalidStateException")
        #expect(throws: ControlError.self) { try bench.control("supervisor-listens", ["contact": .string(id)]) }
    }

    @Test(
        "a supervisor who listens is not in the agent's snapshot, one who has barged in is; mute by the supervisor holds"
    )
    func supervised() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        let version = bench.instance.version
        try bench.control("supervisor-listens", ["contact": .string(id)])
        #expect(lines(bench, id).count == 2 && bench.instance.version == version)
        #expect(throws: ControlError.self) { try bench.control("supervisor-mutes", ["contact": .string(id)]) }
        try bench.control("supervisor-barges", ["contact": .string(id)])
        #expect(lines(bench, id).last?["type"]?.string == "monitoring")
        #expect(lines(bench, id).last?["state"]?["type"]?.string == "barge")
        try bench.control("supervisor-mutes", ["contact": .string(id)])
        #expect(lines(bench, id).first?["forcedMute"] == true)
        #expect(bench.fault("UnmuteParticipant", bench.ids(id, .agent))?.code == "InvalidStateException")
        try bench.control("supervisor-unmutes", ["contact": .string(id)])
        try bench.call("MuteParticipant", bench.ids(id, .agent))
        try bench.call("UnmuteParticipant", bench.ids(id, .agent))
        try bench.control("supervisor-mutes", ["contact": .string(id)])
        try bench.control("supervisor-leaves", ["contact": .string(id)])
        #expect(lines(bench, id).first?["mute"] == true && lines(bench, id).first?["forcedMute"] == false)
        try bench.call("UnmuteParticipant", bench.ids(id, .agent))
        #expect(throws: ControlError.self) { try bench.control("supervisor-barges", ["contact": .string(id)]) }
    }

    @Test("an agent who monitors a call gets no second one, and a call to monitor does not come during another")
    func monitoringAlone() throws {
        var bench = Bench { $0.concurrency["VOICE"] = 2 }
        let monitored = try bench.control("incoming", ["type": "voice", "monitor": true])
        try bench.call("AcceptContact", .contact(monitored))
        try bench.control("incoming", ["type": "voice"])
        #expect(bench.instance.contacts.map(\.id) == [monitored] && bench.instance.waiting.count == 1)
        try bench.call("DestroyConnection", bench.ids(monitored, .agent))
        bench.wait(1)
        try bench.call("ClearContact", .contact(monitored))
        #expect(bench.instance.contacts.count == 1 && bench.instance.waiting.isEmpty)
        try bench.control("incoming", ["type": "voice", "monitor": true])
        #expect(bench.instance.contacts.count == 1 && bench.instance.waiting.count == 1)
    }

    @Test("the hold of a second call can be undone while a supervisor has barged in; another hold cannot")
    func resumeUnderSupervision() throws {
        var bench = Bench { $0.concurrency["VOICE"] = 2 }
        let first = try bench.connectedCall()
        try bench.control("supervisor-listens", ["contact": .string(first)])
        try bench.control("supervisor-barges", ["contact": .string(first)])
        _ = try bench.connectedCall()
        #expect(bench.connection(.agent, of: first).state == .hold)
        try bench.call("ResumeConnection", bench.ids(first, .agent))
        #expect(bench.connection(.agent, of: first).state == .connected)
        #expect(bench.fault("HoldConnection", bench.ids(first, .customer))?.code == "InvalidStateException")
    }

    @Test("the agent's own connection is put on hold in calls of three or more, not in calls of two")
    func ownHold() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        #expect(bench.fault("HoldConnection", bench.ids(id, .agent))?.code == "InvalidStateException")
        try bench.call("HoldConnection", bench.ids(id, .customer))
        try bench.call("ResumeConnection", bench.ids(id, .customer))
        try bench.call("CreateAdditionalConnection", JSON.contact(id).merged(.phone("+12065550100")))
        try bench.control("third-party-answers", ["contact": .string(id)])
        try bench.call("ConferenceConnections", .contact(id))
        try bench.call("HoldConnection", bench.ids(id, .agent))
        #expect(bench.connection(.agent, of: id).state == .hold)
        try bench.call("ResumeConnection", bench.ids(id, .agent))
    }

    @Test("digits are sent from a softphone only, and only to a call")
    func digits() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.call("SendDigits", bench.ids(id, .customer).merged(["digits": "12#"]))
        let chat = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(chat))
        let words = bench.ids(chat, .customer).merged(["digits": "1"])
        #expect(bench.fault("SendDigits", words)?.code == "InvalidStateException")
        var desk = Bench { ($0.softphoneEnabled, $0.deskPhone) = (false, "+12065550199") }
        let call = try desk.control("incoming", ["type": "voice"])
        try desk.control("agent-answers", ["contact": .string(call)])
        let keys = desk.ids(call, .customer).merged(["digits": "1"])
        #expect(desk.fault("SendDigits", keys)?.code == "InvalidStateException")
    }

    @Test("an agent mutes another agent of the call; only the muted agent can undo it")
    func muteOthers() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        let sam: JSON = ["endpoint": ["type": "agent", "agentLogin": "sam"]]
        try bench.call("AddNewConnection", JSON.contact(id).merged(sam))
        let other: JSON = ["contactId": .string(id), "connectionId": lines(bench, id).last?["connectionId"] ?? .null]
        try bench.call("MuteParticipant", other)
        #expect(lines(bench, id).last?["mute"] == true && lines(bench, id).last?["forcedMute"] == false)
        #expect(bench.fault("UnmuteParticipant", other)?.code == "InvalidStateException")
    }

    @Test("an agent can unmute only itself")
    func unmute() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.call("MuteParticipant", bench.ids(id, .customer))
        #expect(bench.fault("UnmuteParticipant", bench.ids(id, .customer))?.code == "InvalidStateException")
        try bench.call("MuteParticipant", bench.ids(id, .agent))
        try bench.call("UnmuteParticipant", bench.ids(id, .agent))
    }

    @Test("screen sharing needs a WebRTC contact")
    func screenSharing() throws {
        var bench = Bench()
        for (subtype, isPossible) in [("connect:Telephony", false), ("connect:WebRTC", true)] {
            let id = try bench.control("incoming", ["type": "voice", "subtype": .string(subtype)])
            try bench.call("AcceptContact", .contact(id))
            #expect(
                snapshot(bench, id)["segmentAttributes"]?["connect:Subtype"]?["ValueString"]?.string == subtype)
            let answer = bench.instance.handle(.startScreenSharing(["ContactId": .string(id)]), now: bench.now)
            switch answer {
            case .success: #expect(isPossible)
            case .failure(let fault): #expect(!isPossible && fault.code == "InvalidStateException")
            }
            try bench.control("customer-hangs-up", ["contact": .string(id)])
            try bench.call("ClearContact", .contact(id))
        }
        #expect(throws: ControlError.self) {
            try bench.control("incoming", ["type": "chat", "subtype": "connect:WebRTC"])
        }
    }

    @Test("destroying the agent's connection ends the after-contact work of a chat, not of a call")
    func chatWork() throws {
        var bench = Bench()
        for (kind, isCleared) in [("chat", true), ("voice", false)] {
            let id = try bench.control("incoming", ["type": .string(kind)])
            try bench.call("AcceptContact", .contact(id))
            let line = bench.ids(id, .agent)
            try bench.control("customer-hangs-up", ["contact": .string(id)])
            #expect((bench.fault("DestroyConnection", line) == nil) == isCleared)
            #expect(bench.instance.contacts.isEmpty == isCleared)
        }
    }

    @Test(
        "right after the agent hangs up, the contact is still connected and cannot be cleared",
        arguments: ["DestroyConnection", "DestroyContact"])
    func tooEarly(operation: String) throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.call(operation, bench.ids(id, .agent))
        try bench.call(operation, bench.ids(id, .agent))
        #expect(snapshot(bench, id)["state"]?["type"]?.string == "connected")
        #expect(bench.fault("ClearContact", .contact(id))?.code == "InvalidStateException")
        bench.wait(0.2)
        #expect(snapshot(bench, id)["state"]?["type"]?.string == "ended")
        try bench.call("ClearContact", .contact(id))
    }

    @Test("GetEndpoints has the quick connects of the named queues, each once")
    func endpoints() throws {
        var bench = Bench()
        let queues = bench.instance.settings.queues.map(\.arn)
        func names(_ queues: [String]) throws -> [String?] {
            let answer = try bench.call("GetEndpoints", ["queueARNs": .array(queues.map { .string($0) })])
            return answer["endpoints"]?.array?.map { $0["name"]?.string } ?? []
        }
        #expect(try names([queues[0]]) == ["Front desk", "Sales queue", "Sam"])
        #expect(try names([queues[1]]) == ["Front desk"])
        #expect(try names([queues[1], queues[2]]) == ["Front desk", "Sales queue"])
        #expect(try names([]) == [])
        #expect(try names(["arn:none"]) == [])
    }

    @Test("a second enrollment in the same contact is refused, also in another session; the next contact may have one")
    func enrollments() throws {
        var bench = Bench()
        let id = try bench.callOf("kim")
        bench.wait(2)
        try bench.voiceID("enrollBySession", JSON.session(id))
        try bench.ask(.agentApp("Nasa.startVoiceIdSession", .contact(id)))
        #expect(bench.refusal(.voiceID("enrollBySession", JSON.session(id)))?.code == "ConflictException")
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("ClearContact", .contact(id))
        let next = try bench.callOf("kim")
        try bench.voiceID("enrollBySession", JSON.session(next))
    }

    @Test("a video connection needs no participantId: it is the agent's")
    func video() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "subtype": "connect:WebRTC"])
        try bench.call("AcceptContact", .contact(id))
        let answer = try bench.call("CreateTransport", ["transportType": "web_rtc", "contactId": .string(id)])
        let attendee = answer["webRTCTransport"]?["attendee"]?["attendeeId"]?.string
        #expect(attendee == bench.connection(.agent, of: id).id)
    }

    @Test("AddNewConnection holds the others of a call, and adds a participant to a chat; not to a task")
    func participants() throws {
        var bench = Bench { $0.maximumThirdParties = 2 }
        let call = try bench.connectedCall()
        let sam: JSON = ["endpoint": ["type": "agent", "agentLogin": "sam"]]
        try bench.call("AddNewConnection", JSON.contact(call).merged(sam))
        #expect(bench.connection(.customer, of: call).state == .hold)
        #expect(bench.connection(.thirdParty, of: call).state == .connected)
        try bench.call("ConferenceConnections", .contact(call))
        let chat = try bench.control("incoming", ["type": "chat"])
        try bench.call("AcceptContact", .contact(chat))
        try bench.call("AddNewConnection", JSON.contact(chat).merged(sam))
        #expect(bench.connection(.customer, of: chat).state == .connected)
        #expect(bench.connection(.thirdParty, of: chat).state == .connected)
        #expect(
            bench.fault("AddNewConnection", JSON.contact(chat).merged(.phone("+12065550100")))?.code
                == "BadEndpointException")
        let oneself: JSON = ["endpoint": ["type": "agent", "agentLogin": "robin"]]
        for operation in ["AddNewConnection", "TransferContact"] {
            #expect(bench.fault(operation, JSON.contact(chat).merged(oneself))?.code == "BadEndpointException")
        }
        let task = try bench.control("incoming", ["type": "task"])
        try bench.call("AcceptContact", .contact(task))
        #expect(bench.fault("AddNewConnection", JSON.contact(task).merged(sam))?.code == "InvalidStateException")
        #expect(bench.fault("AddNewConnection", .contact(task))?.code == "ValidationException")
    }

    @Test("TransferContact sends chats and tasks to an agent or a queue; not calls, not to a telephone")
    func transfers() throws {
        var bench = Bench()
        let queue: JSON = ["endpoint": bench.instance.settings.quickConnects[1].endpoint.json]
        let call = try bench.connectedCall()
        #expect(bench.fault("TransferContact", JSON.contact(call).merged(queue))?.code == "InvalidStateException")
        for kind in ["chat", "task"] {
            let id = try bench.control("incoming", ["type": .string(kind)])
            #expect(bench.fault("TransferContact", JSON.contact(id).merged(queue))?.code == "InvalidStateException")
            try bench.call("AcceptContact", .contact(id))
            #expect(
                bench.fault("TransferContact", JSON.contact(id).merged(.phone("+12065550100")))?.code
                    == "BadEndpointException")
            try bench.call("TransferContact", JSON.contact(id).merged(queue))
            #expect(snapshot(bench, id)["state"]?["type"]?.string == "ended")
        }
    }

    @Test("two readings are settings: where chats and tasks ring, and whether a live chat binds the agent's state")
    func readings() throws {
        var bench = Bench { ($0.ringsInIncoming, $0.liveChatsBindState) = (true, true) }
        for kind in ["chat", "task"] {
            let id = try bench.control("incoming", ["type": .string(kind)])
            #expect(snapshot(bench, id)["state"]?["type"]?.string == "incoming")
            try bench.call("AcceptContact", .contact(id))
            #expect(snapshot(bench, id)["state"]?["type"]?.string == "connected")
        }
        #expect(bench.fault("PutAgentState", .state("Lunch", "not_routable"))?.code == "InvalidStateException")
        var other = Bench()
        let id = try other.control("incoming", ["type": "chat"])
        #expect(other.instance.contacts.first?.state == .connecting)
        try other.call("AcceptContact", .contact(id))
        try other.call("PutAgentState", .state("Lunch", "not_routable"))
    }
}
