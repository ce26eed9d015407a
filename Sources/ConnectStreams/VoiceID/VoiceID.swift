// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// How `VoiceID` reaches the service, and how it waits.
public protocol VoiceIDCaller {
    /// Calls an operation of the agent app (`AgentAppService.VoiceId.describeSpeaker`).
    func call(_ operation: String, _ params: JSON) async throws -> JSON
    /// True if the error means that the service does not know what it was asked for: status 400 or 404.
    func isUnknown(_ error: any Error) -> Bool
    func pause(_ duration: Duration) async throws
}

/// Amazon Connect Voice ID for one call (Streams' VoiceId). The contact's id alone counts, not the leg.
public struct VoiceID<Caller: VoiceIDCaller> {
    let contact: ContactData
    let configuration: AgentConfiguration
    let caller: Caller

    /// Throws a ``VoiceIDError`` if the agent may not use Voice ID, or the call is a conference.
    public init(
        _ contact: ContactData, _ configuration: AgentConfiguration, _ caller: Caller
    ) throws(VoiceIDError) {
        guard configuration.permissions.contains("voiceId") else {
            throw VoiceIDError(.notPermitted, "Agent doesn't have the permission for Voice ID")
        }
        guard contact.activeConnections.count <= 2 else {
            throw VoiceIDError(.notSupportedOnConferenceCalls, "VoiceId is not supported for conference calls")
        }
        (self.contact, self.configuration, self.caller) = (contact, configuration, caller)
    }

    private var contactId: JSON { .string(contact.contactId ?? "") }
    /// The session has the name of the contact that the conversation began with.
    private var sessionName: JSON { contact.initialContactId.map(JSON.string) ?? contactId }
    private var instance: JSON { configuration.instanceId.map { .string($0) } ?? .null }
    private var account: JSON { configuration.awsAccountId.map { .string($0) } ?? .null }

    private func call(
        _ operation: AgentAppOperation, _ params: JSON, orThrow type: VoiceIDError.Kind, _ message: String
    ) async throws -> JSON {
        do { return try await caller.call(operation.rawValue, params) } catch {
            throw Task.isCancelled ? error : VoiceIDError(type, message, cause: error)
        }
    }

    /// The same, for operations on the session: 400 and 404 mean that there is none.
    private func callInSession(
        _ operation: AgentAppOperation, _ params: JSON, orThrow type: VoiceIDError.Kind, _ message: String
    ) async throws -> JSON {
        do { return try await caller.call(operation.rawValue, params) } catch {
            guard caller.isUnknown(error) else {
                throw Task.isCancelled ? error : VoiceIDError(type, message, cause: error)
            }
            throw VoiceIDError(.sessionNotExists, "there is no Voice ID session for this contact", cause: error)
        }
    }

    // MARK: Speaker and domain

    /// The caller's speaker id, from the contact's data.
    public func speakerId() async throws -> String {
        let answer = try await call(
            .getContact, ["contactId": contactId, "instanceId": instance, "awsAccountId": account],
            orThrow: .getSpeakerIdFailed, "the contact's data cannot be read")
        if let speaker = answer["contactData"]?["customerId"]?.string, !speaker.isEmpty { return speaker }
        throw VoiceIDError(.noSpeakerIdFound, "the contact has no speaker id")
    }

    /// The id of the instance's Voice ID domain.
    public func domainId() async throws -> String {
        let answer = try await call(
            .listIntegrationAssociations, ["InstanceId": instance, "IntegrationType": "VOICE_ID"],
            orThrow: .getDomainIdFailed, "the instance's Voice ID domain cannot be read")
        let arn = answer["IntegrationAssociationSummaryList"]?.array?.first?["IntegrationArn"]?.string
        if let arn, let start = arn.firstRange(of: "domain/") { return String(arn[start.upperBound...]) }
        throw VoiceIDError(.noDomainIdFound, "the instance has no Voice ID domain")
    }

    private func speakerAndDomain() async throws -> JSON {
        ["SpeakerId": .string(try await speakerId()), "DomainId": .string(try await domainId())]
    }

    /// The speaker as Voice ID describes it; nil if Voice ID does not know it.
    public func speaker() async throws -> VoiceIDSpeaker? {
        let params = try await speakerAndDomain()
        do {
            return VoiceIDSpeaker(json: try await caller.call(AgentAppOperation.describeSpeaker.rawValue, params))
        } catch {
            guard !caller.isUnknown(error) else { return nil }
            throw VoiceIDError(.getSpeakerStatusFailed, "the speaker's status cannot be read", cause: error)
        }
    }

    /// Whether the speaker is enrolled (Streams' `getVoiceIdSpeakerStatus`); nil if Voice ID does not know it, for which
    /// Streams answers with an error object.
    public func speakerStatus() async throws -> VoiceIDSpeakerStatus? { try await speaker()?.status }

    /// Notes that the caller does not want Voice ID.
    @discardableResult public func optOutSpeaker() async throws -> JSON {
        let speaker = try await speakerId()
        let answer = try await call(
            .optOutSpeaker, ["SpeakerId": .string(speaker), "DomainId": .string(try await domainId())],
            orThrow: .optOutSpeakerFailed, "the speaker could not be opted out")
        // As in Streams, this is not part of the result.
        _ = try? await record(
            speaker, ["SpeakerOptedOut": true, "generatedSpeakerId": answer["generatedSpeakerId"] ?? .null])
        return answer
    }

    /// Deletes the speaker and its enrollment.
    @discardableResult public func deleteSpeaker() async throws -> JSON {
        try await call(
            .deleteSpeaker, try await speakerAndDomain(), orThrow: .deleteSpeakerFailed,
            "the speaker could not be deleted")
    }

    /// Sets the call's speaker id, in its Voice ID session and in the contact's data.
    @discardableResult public func updateSpeakerId(_ speaker: String) async throws -> JSON {
        let params: JSON = [
            "SessionNameOrId": sessionName, "SpeakerId": .string(speaker), "DomainId": .string(try await domainId()),
        ]
        let answer = try await callInSession(
            .updateSession, params, orThrow: .updateSpeakerIdFailed, "the session's speaker could not be set")
        _ = try await record(speaker, ["generatedSpeakerId": answer["Session"]?["GeneratedSpeakerId"] ?? .null])
        return answer
    }

    private func record(_ speaker: String, _ result: JSON) async throws -> JSON {
        try await call(
            .updateVoiceIdData,
            [
                "ContactId": contactId, "InstanceId": instance, "AWSAccountId": account,
                "CustomerId": .string(speaker), "VoiceIdResult": result,
            ], orThrow: .updateSpeakerIdInLcmsFailed, "the contact's speaker could not be set")
    }

    private func syncSpeakerId() async throws { try await updateSpeakerId(try await speakerId()) }

    // MARK: Sessions

    private func startSession() async throws {
        let params: JSON = [
            "contactId": contactId, "instanceId": instance, "customerAccountId": account,
            "clientToken": .string(Self.clientToken()), "domainId": .string(try await domainId()),
        ]
        let answer = try await call(
            .startVoiceIdSession, params, orThrow: .startSessionFailed, "the Voice ID session could not be started")
        guard answer["sessionId"]?.string != nil else {
            throw VoiceIDError(.startSessionFailed, "the service has started no Voice ID session")
        }
    }

    private static func clientToken() -> String {
        (0..<2).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined(separator: "-")
    }

    /// Waits until Voice ID has decided who speaks, at most two minutes.
    ///
    /// - Parameter startNew: true to begin a new session first.
    public func evaluateSpeaker(startNew: Bool = false) async throws -> VoiceIDEvaluation {
        if startNew { try await startSession() }
        try await syncSpeakerId()
        if startNew { try await caller.pause(.seconds(10)) }
        let params: JSON = ["SessionNameOrId": sessionName, "DomainId": .string(try await domainId())]
        let answer = try await poll(.evaluateSpeakerFailed, .evaluateSpeakerTimeout, VoiceIDDecision.evaluation) {
            try await callInSession(
                .evaluateSession, params, orThrow: .evaluateSpeakerFailed, "the session could not be evaluated")
        }
        return VoiceIDEvaluation(json: answer)
    }

    /// Enrolls the caller's voice, and waits until that is done, at most ten minutes. An opt-out is withdrawn.
    ///
    /// - Parameter onAudioCollected: called once, when the caller has spoken enough, with the session.
    public func enrollSpeaker(onAudioCollected: (JSON) -> Void = { _ in }) async throws -> JSON {
        try await syncSpeakerId()
        if try await speakerStatus() == .optedOut { try await deleteSpeaker() }
        let params: JSON = ["SessionNameOrId": sessionName, "DomainId": .string(try await domainId())]
        let begun = try await call(
            .enrollBySession, params, orThrow: .enrollSpeakerFailed, "the enrollment could not be started")
        if begun["Status"] == "COMPLETED" { return begun }
        var isCollected = false
        return try await poll(.enrollSpeakerFailed, .enrollSpeakerTimeout, VoiceIDDecision.enrollment) {
            let session = try await call(
                .describeSession, params, orThrow: .describeSessionFailed, "the session cannot be read")
            if !isCollected, VoiceIDDecision.isCollected(session) {
                isCollected = true
                onAudioCollected(session)
            }
            return session
        }
    }

    private func poll(
        _ failure: VoiceIDError.Kind, _ timeout: VoiceIDError.Kind, _ decide: (JSON, Int) -> VoiceIDDecision,
        _ ask: () async throws -> JSON
    ) async throws -> JSON {
        var round = 1
        while true {
            switch decide(try await ask(), round) {
            case .done(let answer): return answer
            case .again(let milliseconds): try await caller.pause(.milliseconds(milliseconds))
            case .restart(let milliseconds):
                try await caller.pause(.milliseconds(milliseconds))
                try await startSession()
            case .failed(let reason): throw VoiceIDError(failure, "Voice ID: \(reason)")
            case .timeout: throw VoiceIDError(timeout, "Voice ID has not decided in time")
            }
            round += 1
        }
    }
}

extension VoiceID: Sendable where Caller: Sendable {}
