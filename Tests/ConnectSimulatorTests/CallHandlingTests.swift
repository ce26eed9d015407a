// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

@Suite("Operations during a call")
struct CallHandlingTests {
    @Test("hold, resume, mute and digits; InvalidStateException in the wrong state")
    func holdMuteAndDigits() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.call("HoldConnection", bench.ids(id, .customer))
        #expect(bench.connection(.customer, of: id).state == .hold)
        #expect(bench.fault("HoldConnection", bench.ids(id, .customer))?.code == "InvalidStateException")
        #expect(
            bench.fault("SendDigits", bench.ids(id, .customer).merged(["digits": "1"]))?.code == "InvalidStateException"
        )
        try bench.call("ResumeConnection", bench.ids(id, .customer))
        try bench.call("SendDigits", bench.ids(id, .customer).merged(["digits": "12#*,a"]))
        #expect(
            bench.fault("SendDigits", bench.ids(id, .customer).merged(["digits": "x"]))?.code == "ValidationException")
        try bench.call("MuteParticipant", bench.ids(id, .agent))
        #expect(bench.connection(.agent, of: id).isMuted)
        try bench.call("UnmuteParticipant", bench.ids(id, .agent))
        #expect(!bench.connection(.agent, of: id).isMuted)
        #expect(bench.fault("HoldConnection", ["contactId": .string(id), "connectionId": "x"])?.status == 404)
    }

    @Test("a third party joins, is toggled, conferenced and leaves")
    func thirdPartyToggleConferenceAndLeaving() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        #expect(bench.fault("ToggleActiveConnections", bench.ids(id, .customer))?.code == "InvalidStateException")
        try bench.call("CreateAdditionalConnection", JSON.phone("+12065550100").merged(.contact(id)))
        #expect(bench.connection(.customer, of: id).state == .hold)
        #expect(bench.connection(.thirdParty, of: id).state == .connecting)
        bench.wait(3)
        #expect(bench.connection(.thirdParty, of: id).state == .connected)
        #expect(
            bench.fault("CreateAdditionalConnection", JSON.phone("+12065550100").merged(.contact(id)))?.code
                == "InvalidStateException")
        try bench.call("ToggleActiveConnections", bench.ids(id, .customer))
        #expect(bench.connection(.customer, of: id).state == .connected)
        #expect(bench.connection(.thirdParty, of: id).state == .hold)
        try bench.call("ConferenceConnections", .contact(id))
        #expect(bench.connection(.thirdParty, of: id).state == .connected)
        try bench.call("DestroyConnection", bench.ids(id, .customer))
        #expect(bench.instance.contacts[0].state == .connected)
        try bench.control("third-party-hangs-up", ["contact": .string(id)])
        #expect(bench.seen.last == "AfterCallWork/ended")
    }

    @Test func quickConnectsToQueuesAreConnectedAtOnce() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        let endpoint = bench.instance.settings.quickConnects[1].endpoint.json
        try bench.call("CreateAdditionalConnection", ["contactId": .string(id), "endpoint": endpoint])
        let third = bench.connection(.thirdParty, of: id)
        #expect(third.state == .connected && third.quickConnectName == "Sales queue")
    }

    @Test("an enqueued state is entered when the last contact is cleared")
    func enqueuedStateIsEnteredAfterTheLastContact() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        #expect(bench.fault("PutAgentState", .state("Lunch", "not_routable"))?.code == "InvalidStateException")
        try bench.call("PutAgentState", .state("Lunch", "not_routable", enqueue: true))
        #expect(bench.instance.snapshot["nextState"]?["name"] == "Lunch")
        try bench.control("incoming", ["type": "chat"])
        #expect(bench.instance.contacts.count == 1, "no contacts are routed while a next state is enqueued")
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("ClearContact", .contact(id))
        #expect(bench.instance.snapshot["nextState"] == nil)
        #expect(bench.seen == ["PendingBusy/connecting", "Busy/connected", "AfterCallWork/ended", "Lunch"])
    }

    @Test("choosing a state in AfterCallWork clears the call")
    func choosingAStateClearsAnEndedCall() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("PutAgentState", .state("Training", "not_routable"))
        #expect(bench.seen.last == "Training")
        #expect(!bench.instance.contacts.contains { $0.id == id })
    }

    @Test("invalid outbound calls are rejected: number, endpoint, queue, permission, agent state")
    func outboundCallsAreChecked() throws {
        var bench = Bench()
        for number in ["5550100", "+0123456789", "+12", "+1206555010O", "+33123456789", ""] {
            #expect(bench.fault("CreateOutboundContact", .phone(number))?.code == "BadEndpointException")
        }
        #expect(
            bench.fault("CreateOutboundContact", ["endpoint": ["type": "pigeon"]])?.code == "ValidationException")
        #expect(
            bench.fault("CreateOutboundContact", JSON.phone("+12065550100").merged(["queueARN": "x"]))?.code
                == "ValidationException")
        _ = try bench.connectedCall()
        #expect(bench.fault("CreateOutboundContact", .phone("+12065550100"))?.code == "InvalidStateException")
        var silent = Bench { $0.permissions = [] }
        #expect(silent.fault("CreateOutboundContact", .phone("+12065550100"))?.status == 403)
        var offline = Bench { $0.initialState = "Offline" }
        #expect(offline.fault("CreateOutboundContact", .phone("+12065550100"))?.code == "InvalidStateException")
    }

    @Test("UpdateMonitorParticipantState changes the monitor mode")
    func monitoringChangesItsMode() throws {
        var bench = Bench()
        let id = try bench.control("incoming", ["type": "voice", "monitor": true])
        try bench.call("AcceptContact", .contact(id))
        try bench.call(
            "UpdateMonitorParticipantState", ["contactId": .string(id), "targetMonitorMode": "BARGE"])
        #expect(bench.connection(.agent, of: id).monitorStatus == .barge)
    }
}

extension JSON {
    func merged(_ other: JSON) -> JSON {
        .object((object ?? [:]).merging(other.object ?? [:]) { $1 })
    }
}
