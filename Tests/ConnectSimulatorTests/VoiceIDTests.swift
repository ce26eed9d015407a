// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectSimulator

@Suite("The agent-app service: Voice ID and contact data")
struct VoiceIDTests {
    private static let instanceId = "0f1e2d3c-4b5a-4697-8877-66554433aabb"

    @Test("the table has all 11 methods of the service")
    func tableIsComplete() { #expect(AgentAppMethod.all.count == 11) }

    @Test("the instance's Voice ID domain is listed; without one, Voice ID → 404")
    func theDomainIsFoundByTheInstance() throws {
        var bench = Bench()
        let list = SideCall.agentApp(
            "Acs.listIntegrationAssociations",
            ["InstanceId": .string(Self.instanceId), "IntegrationType": "VOICE_ID"])
        let first = try bench.ask(list)["IntegrationAssociationSummaryList"]?.array?.first
        let arn = try #require(first?["IntegrationArn"]?.string)
        #expect(arn == "arn:aws:voiceid:us-west-2:111122223333:domain/\(VoiceID.domainId)")
        var without = Bench { $0.hasVoiceID = false }
        #expect(try without.ask(list)["IntegrationAssociationSummaryList"] == [])
        #expect(without.refusal(.voiceID("describeSpeaker", JSON.speaker("kim")))?.status == 404)
        #expect(bench.refusal(.agentApp("Acs.listIntegrationAssociations", ["InstanceId": "x"]))?.status == 404)
    }

    @Test("contact data has the customer set by updateVoiceIdData or by the attribute")
    func contactDataNamesTheCustomer() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        let get = SideCall.agentApp("Lcms.getContact", .contact(id))
        #expect(try bench.ask(get)["contactData"]?["contactId"] == .string(id))
        #expect(try bench.ask(get)["contactData"]?["customerId"] == nil)
        let before = bench.instance.version
        try bench.ask(.agentApp("Lcms.updateVoiceIdData", ["ContactId": .string(id), "CustomerId": "kim"]))
        #expect(try bench.ask(get)["contactData"]?["customerId"] == "kim")
        #expect(bench.instance.version == before, "the snapshot does not contain it")
        let known = try Bench().knownCustomer()
        #expect(known == "lou", "from the contact's attribute")
    }

    @Test("an enrollment passes through its states as audio arrives")
    func enrollmentTakesItsTime() throws {
        var bench = Bench()
        let id = try bench.callOf("kim")
        #expect(bench.refusal(.voiceID("describeSpeaker", JSON.speaker("kim")))?.code == "ResourceNotFoundException")
        #expect(try bench.streaming(id) == "PENDING_CONFIGURATION")
        #expect(try bench.voiceID("evaluateSession", JSON.session(id))["AuthenticationResult"] == nil)
        bench.wait(2)
        #expect(try bench.streaming(id) == "ONGOING")
        #expect(try bench.decision(id) == "NOT_ENOUGH_SPEECH")
        #expect(try bench.voiceID("enrollBySession", JSON.session(id))["Status"] == "NOT_ENOUGH_SPEECH")
        #expect(bench.refusal(.voiceID("enrollBySession", JSON.session(id)))?.code == "ConflictException")
        #expect(try bench.status("kim") == "PENDING")
        bench.wait(10)
        #expect(try bench.decision(id) == "SPEAKER_NOT_ENROLLED")
        bench.wait(20)
        #expect(try bench.enrollment(id) == "IN_PROGRESS")
        bench.wait(5)
        #expect(try bench.enrollment(id) == "COMPLETED")
        #expect(try bench.status("kim") == "ENROLLED")
        #expect(try bench.decision(id) == "ACCEPT")
        let result = try bench.voiceID("evaluateSession", JSON.session(id))
        #expect(result["FraudDetectionResult"]?["Decision"] == "LOW_RISK")
        #expect(result["AuthenticationResult"]?["Score"]?.integer ?? 0 > 90)
    }

    @Test("a call that ends before there is enough audio → the enrollment fails")
    func earlyEndFailsTheEnrollment() throws {
        var bench = Bench()
        let id = try bench.callOf("kim")
        try bench.voiceID("enrollBySession", JSON.session(id))
        bench.wait(20)
        try bench.control("customer-hangs-up", ["contact": .string(id)])
        try bench.call("ClearContact", .contact(id))
        bench.wait(100)
        #expect(try bench.enrollment(id) == "FAILED")
        #expect(try bench.streaming(id) == "ENDED")
        #expect(try bench.status("kim") == "PENDING")
        #expect(try bench.decision(id) == "SPEAKER_NOT_ENROLLED", "12 s were enough for an evaluation")
    }

    @Test("startVoiceIdSession begins a session and replaces an existing one")
    func sessionsBeginWhenAskedForAndAnewEachTime() throws {
        var bench = Bench()
        let id = try bench.connectedCall()
        for operation in ["describeSession", "evaluateSession", "enrollBySession"] {
            #expect(bench.refusal(.voiceID(operation, JSON.session(id)))?.status == 404, "\(operation)")
        }
        let start = SideCall.agentApp("Nasa.startVoiceIdSession", .contact(id))
        let first = try #require(try bench.ask(start)["sessionId"]?.string)
        bench.wait(30)
        #expect(try bench.decision(id) == "SPEAKER_ID_NOT_PROVIDED")
        #expect(bench.refusal(.voiceID("enrollBySession", JSON.session(id)))?.code == "ValidationException")
        let named = try bench.voiceID("updateSession", JSON.session(first).merging(JSON.speaker("kim")) { $1 })
        #expect(named["Session"]?["SpeakerId"] == "kim" && named["Session"]?["GeneratedSpeakerId"] != nil)
        #expect(try bench.decision(id) == "SPEAKER_NOT_ENROLLED")
        #expect(try bench.ask(start)["sessionId"]?.string != first)
        #expect(try bench.streaming(id) == "PENDING_CONFIGURATION")
        let chat = try bench.control("incoming", ["type": "chat"])
        #expect(bench.refusal(.agentApp("Nasa.startVoiceIdSession", .contact(chat)))?.code == "InvalidStateException")
    }

    @Test("a session begins while an inbound call rings, but not before an outbound call is connected")
    func ringingCallsHaveAudio() throws {
        var bench = Bench()
        let inbound = try bench.control("incoming", ["type": "voice"])
        try bench.ask(.agentApp("Nasa.startVoiceIdSession", .contact(inbound)))
        #expect(try bench.streaming(inbound) == "PENDING_CONFIGURATION")
        try bench.call("RejectContact", .contact(inbound))
        try bench.call("ClearContact", .contact(inbound))
        try bench.call("CreateOutboundContact", .phone("+12065550100"))
        let outbound = try #require(bench.instance.contacts.last?.id)
        let start = SideCall.agentApp("Nasa.startVoiceIdSession", .contact(outbound))
        #expect(bench.refusal(start)?.code == "InvalidStateException")
        try bench.control("customer-accepts", ["contact": .string(outbound)])
        try bench.ask(start)
    }

    @Test("who is enrolled is enrolled again in the next call")
    func enrollmentsAreRenewed() throws {
        var bench = Bench()
        for _ in 1...2 {
            let id = try bench.callOf("kim")
            bench.wait(2)
            #expect(try bench.voiceID("enrollBySession", JSON.session(id))["Status"] == "NOT_ENOUGH_SPEECH")
            bench.wait(40)
            #expect(try bench.enrollment(id) == "COMPLETED")
            #expect(try bench.status("kim") == "ENROLLED")
            try bench.control("customer-hangs-up", ["contact": .string(id)])
            try bench.call("ClearContact", .contact(id))
        }
    }

    @Test("a speaker opts out and is deleted")
    func speakersOptOutAndAreForgotten() throws {
        var bench = Bench()
        let id = try bench.callOf("kim", ["voiceIdRisk": "HIGH_RISK"])
        let out = try bench.voiceID("optOutSpeaker", JSON.speaker("kim"))
        #expect(out["Speaker"]?["Status"] == "OPTED_OUT" && out["generatedSpeakerId"] != nil)
        #expect(bench.refusal(.voiceID("enrollBySession", JSON.session(id)))?.code == "ConflictException")
        bench.wait(12)
        #expect(try bench.decision(id) == "SPEAKER_OPTED_OUT")
        let fraud = try bench.voiceID("evaluateSession", JSON.session(id))["FraudDetectionResult"]
        #expect(fraud?["Decision"] == "HIGH_RISK", "the contact's attribute asks for it")
        try bench.voiceID("deleteSpeaker", JSON.speaker("kim"))
        #expect(bench.refusal(.voiceID("deleteSpeaker", JSON.speaker("kim")))?.status == 404)
        #expect(try bench.voiceID("enrollBySession", JSON.session(id))["Status"] == "NOT_ENOUGH_SPEECH")
    }

    @Test("invalid agent-app calls are rejected")
    func wrongCallsAreRefused() throws {
        var bench = Bench()
        let table: [(SideCall, Int, String)] = [
            (.agentApp("Lcms.getContact", .contact("nobody")), 404, "ContactNotFoundException"),
            (.agentApp("Lcms.getContact", [:]), 400, "ValidationException"),
            (.agentApp("Lcms.updateVoiceIdData", ["ContactId": "nobody"]), 404, "ContactNotFoundException"),
            (.agentApp("Nasa.startVoiceIdSession", .contact("nobody")), 404, "ContactNotFoundException"),
            (.agentApp("VoiceId.describeSpeaker", ["SpeakerId": "kim"]), 400, "ValidationException"),
            (
                .agentApp("VoiceId.describeSpeaker", ["SpeakerId": "kim", "DomainId": "x"]), 404,
                "ResourceNotFoundException"
            ),
            (.agentApp("VoiceId.sing", [:]), 400, "UnknownOperationException"),
            (.agentApp(method: "", input: [:]), 400, "UnknownOperationException"),
        ]
        for (call, status, code) in table {
            let fault = bench.refusal(call)
            #expect(fault?.status == status && fault?.code == code, "\(call)")
        }
    }

    @Test("Voice ID does not change contact identifiers; reset removes speakers and sessions")
    func voiceIDDoesNotChangeContactIdentifiers() throws {
        var first = Bench(seed: 5)
        var second = Bench(seed: 5)
        try second.voiceID("optOutSpeaker", JSON.speaker("kim"))
        #expect(try first.callOf("lou") == (try second.callOf("lou")))
        try second.control("reset")
        #expect(second.instance.voiceID.speakers.isEmpty && second.instance.voiceID.sessions.isEmpty)
    }
}

extension Bench {
    fileprivate mutating func streaming(_ contact: String) throws -> String? {
        try voiceID("describeSession", JSON.session(contact))["Session"]?["StreamingStatus"]?.string
    }

    fileprivate mutating func enrollment(_ contact: String) throws -> String? {
        try voiceID("describeSession", JSON.session(contact))["Session"]?["EnrollmentRequestDetails"]?["Status"]?
            .string
    }

    fileprivate mutating func decision(_ contact: String) throws -> String? {
        try voiceID("evaluateSession", JSON.session(contact))["AuthenticationResult"]?["Decision"]?.string
    }

    fileprivate mutating func status(_ speaker: String) throws -> String? {
        try voiceID("describeSpeaker", JSON.speaker(speaker))["Speaker"]?["Status"]?.string
    }

    fileprivate func knownCustomer() throws -> String? {
        var bench = self
        let id = try bench.callOf("lou")
        return try bench.ask(.agentApp("Lcms.getContact", .contact(id)))["contactData"]?["customerId"]?.string
    }
}
