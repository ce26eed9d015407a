// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Glibc
import StreamsProtocol

/// Voice ID for one call, as Streams' VoiceConnection does it. It blocks.
struct VoiceIDClient {
    let connection: LineConnection
    let contact: ContactData
    let configuration: AgentConfiguration
    let deadline: ContinuousClock.Instant

    /// Throws if Voice ID cannot be used.
    init(
        _ connection: LineConnection, _ contact: ContactData, _ configuration: AgentConfiguration,
        deadline: ContinuousClock.Instant
    ) throws(CommandFailure) {
        guard configuration.permissions.contains("voiceId") else {
            throw CommandFailure(
                status: .denied, message: "the agent does not have the permission for Voice ID",
                next: ["partyline agent config   shows the permissions"])
        }
        guard contact.activeConnections.count <= 2 else {
            throw CommandFailure(
                status: .conflict,
                message: "\(ContactNarrator.name(contact)) is a conference, for which there is no Voice ID",
                next: ["partyline contact show \(CommandName.quoted(contact.contactId ?? ""))"])
        }
        (self.connection, self.contact, self.configuration) = (connection, contact, configuration)
        self.deadline = deadline
    }

    private var id: JSON { .string(contact.contactId ?? "") }
    private var sessionName: JSON { contact.json["initialContactId"].flatMap { $0.isNull ? nil : $0 } ?? id }
    private var instance: JSON { configuration.instanceId.map { .string($0) } ?? .null }
    private var account: JSON { configuration.awsAccountId.map { .string($0) } ?? .null }

    /// A plain request: its error has the status of the service's answer.
    private func call(_ operation: AgentAppOperation, _ params: JSON) throws -> JSON {
        try ServiceCall(method: operation.rawValue, params: params).plainAnswer(connection)
    }

    /// Nil if Voice ID does not know it: 400 or 404.
    private func known(_ body: () throws -> JSON) throws -> JSON? {
        do { return try body() } catch let failure as CallFailure {
            guard [400, 404].contains(failure.statusCode) else { throw failure }
            return nil
        }
    }

    func speakerId() throws -> String {
        let answer = try call(
            .getContact, ["contactId": id, "instanceId": instance, "awsAccountId": account])
        if let speaker = answer["contactData"]?["customerId"]?.string, !speaker.isEmpty { return speaker }
        throw CommandFailure(
            status: .failure, message: "\(ContactNarrator.name(contact)) has no speaker",
            next: ["partyline voice-id update ID   sets the speaker"])
    }

    func domainId() throws -> JSON {
        let answer = try call(
            .listIntegrationAssociations, ["InstanceId": instance, "IntegrationType": "VOICE_ID"])
        let arn = answer["IntegrationAssociationSummaryList"]?.array?.first?["IntegrationArn"]?.string
        if let arn, let start = arn.firstRange(of: "domain/") { return .string(String(arn[start.upperBound...])) }
        throw CommandFailure(
            status: .failure, message: "the instance has no Voice ID domain",
            next: ["partyline describe AgentAppService.Acs.listIntegrationAssociations"])
    }

    /// The speaker as Voice ID describes it; nil if it is not enrolled.
    func speaker() throws -> JSON? {
        let params: JSON = ["SpeakerId": .string(try speakerId()), "DomainId": try domainId()]
        return try known { try call(.describeSpeaker, params) }
    }

    func optOut() throws -> JSON {
        let speaker = try speakerId()
        let answer = try call(.optOutSpeaker, ["SpeakerId": .string(speaker), "DomainId": try domainId()])
        // As in Streams, this is not part of the result.
        _ = try? record(
            speaker, ["SpeakerOptedOut": true, "generatedSpeakerId": answer["generatedSpeakerId"] ?? .null])
        return answer
    }

    func delete() throws -> JSON {
        try call(.deleteSpeaker, ["SpeakerId": .string(try speakerId()), "DomainId": try domainId()])
    }

    func update(_ speaker: String) throws -> JSON {
        let domain = try domainId()
        let answer = try inSession {
            try call(
                .updateSession,
                ["SessionNameOrId": sessionName, "SpeakerId": .string(speaker), "DomainId": domain])
        }
        let generated = answer["Session"]?["GeneratedSpeakerId"] ?? .null
        _ = try record(speaker, ["generatedSpeakerId": generated])
        return answer
    }

    private func record(_ speaker: String, _ result: JSON) throws -> JSON {
        try call(
            .updateVoiceIdData,
            [
                "ContactId": id, "InstanceId": instance, "AWSAccountId": account, "CustomerId": .string(speaker),
                "VoiceIdResult": result,
            ])
    }

    private func startSession() throws {
        let token = "partyline-\(UInt64.random(in: 0...UInt64.max))-\(WallClock.milliseconds)"
        _ = try call(
            .startVoiceIdSession,
            [
                "contactId": id, "instanceId": instance, "customerAccountId": account,
                "clientToken": .string(token), "domainId": try domainId(),
            ])
    }

    private func inSession(_ body: () throws -> JSON) throws -> JSON {
        if let answer = try known(body) { return answer }
        throw CommandFailure(
            status: .failure, message: "there is no Voice ID session in \(ContactNarrator.name(contact))",
            next: ["partyline voice-id evaluate --new   begins one"])
    }

    /// - Parameter isNew: begins a new session first.
    func evaluate(isNew: Bool) throws -> JSON {
        if isNew { try startSession() }
        _ = try update(try speakerId())
        if isNew { try pause(10_000) }
        let params: JSON = ["SessionNameOrId": sessionName, "DomainId": try domainId()]
        return try poll(VoiceIDDecision.evaluation) { try inSession { try call(.evaluateSession, params) } }
    }

    /// - Parameter collected: called once, when the caller has spoken enough.
    func enroll(_ collected: () -> Void) throws -> JSON {
        _ = try update(try speakerId())
        if try speaker()?["Speaker"]?["Status"] == "OPTED_OUT" { _ = try delete() }
        let params: JSON = ["SessionNameOrId": sessionName, "DomainId": try domainId()]
        let begun = try call(.enrollBySession, params)
        if begun["Status"] == "COMPLETED" { return begun }
        var isCollected = false
        return try poll(VoiceIDDecision.enrollment) {
            let answer = try call(.describeSession, params)
            if !isCollected, VoiceIDDecision.isCollected(answer) {
                isCollected = true
                collected()
            }
            return answer
        }
    }

    private func poll(_ decide: (JSON, Int) -> VoiceIDDecision, _ ask: () throws -> JSON) throws -> JSON {
        var round = 1
        while true {
            switch decide(try ask(), round) {
            case .done(let answer): return answer
            case .again(let milliseconds): try pause(milliseconds)
            case .restart(let milliseconds):
                try pause(milliseconds)
                try startSession()
            case .failed(let reason):
                throw CommandFailure(
                    status: .failure, message: "Voice ID: \(reason)", next: ["partyline voice-id status"])
            case .timeout: throw late
            }
            round += 1
        }
    }

    private func pause(_ milliseconds: Int) throws(CommandFailure) {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        guard end < deadline else { throw late }
        usleep(UInt32(milliseconds) * 1000)
    }

    private var late: CommandFailure {
        CommandFailure(
            status: .timeout, message: "Voice ID has not decided in time; the caller may have to say more",
            next: ["partyline voice-id evaluate", "partyline voice-id status"])
    }
}
