// SPDX-License-Identifier: Apache-2.0

/// The JSON that the agent-app service sends.
extension SimulatedInstance {
    func contactData(_ contact: Contact) -> JSON {
        [
            "contactId": .string(contact.id), "initialContactId": .string(contact.id),
            "instanceId": .string(settings.instanceId), "awsAccountId": .string(settings.account),
            "channel": .string(contact.kind.channel), "customerId": .optional(customerId(of: contact)),
            "queueArn": .optional(contact.queue?.arn), "initiationTimestamp": .timestamp(contact.queuedAt),
            "attributes": .object(contact.attributes.mapValues(JSON.string)),
        ]
    }

    func json(_ speaker: VoiceID.Speaker) -> JSON {
        [
            "CustomerSpeakerId": .string(speaker.id), "GeneratedSpeakerId": .string(speaker.generatedId),
            "DomainId": .string(VoiceID.domainId), "Status": .string(speaker.status.rawValue),
            "CreatedAt": wire(speaker.createdAt), "UpdatedAt": wire(speaker.updatedAt),
            "LastAccessedAt": wire(now),
        ]
    }

    func json(_ session: VoiceIDSession, _ name: String) -> JSON {
        let status = session.enrollment(at: now)
        let collects = status == .notEnoughSpeech
        return [
            "DomainId": .string(VoiceID.domainId), "SessionId": .string(session.id), "SessionName": .string(name),
            "StreamingStatus": .string(session.streaming(at: now).rawValue),
            "SpeakerId": .optional(session.speakerId), "GeneratedSpeakerId": .optional(generatedId(session)),
            "AuthenticationConfiguration": ["AcceptanceThreshold": .int(Self.acceptanceThreshold)],
            "FraudDetectionConfiguration": ["RiskThreshold": .int(Self.riskThreshold)],
            "StreamingConfiguration": [
                "AuthenticationMinimumSpeechInSeconds": .int(Int(VoiceIDSession.evaluationSpeech))
            ],
            "AuthenticationAudioProgress": [
                "AudioAggregationStatus": session.isEvaluable(at: now) ? "ENDED" : "IN_PROGRESS"
            ],
            "EnrollmentAudioProgress": status.map { _ in
                ["AudioAggregationStatus": collects ? "IN_PROGRESS" : "ENDED"]
            } ?? .null,
            "EnrollmentRequestDetails": status.map { ["Status": .string($0.rawValue)] } ?? .null,
        ]
    }

    /// The answer of evaluateSession. It has no results before the audio streams.
    func evaluation(_ session: VoiceIDSession, _ name: String) -> JSON {
        var members: [String: JSON] = [
            "DomainId": .string(VoiceID.domainId), "SessionId": .string(session.id), "SessionName": .string(name),
            "StreamingStatus": .string(session.streaming(at: now).rawValue),
        ]
        guard session.streaming(at: now) != .pending else { return .object(members) }
        let attributes = contacts.first { $0.id == name }?.attributes ?? [:]
        members["AuthenticationResult"] = authentication(session, wanted: attributes["voiceIdDecision"])
        members["FraudDetectionResult"] = fraudDetection(session, wanted: attributes["voiceIdRisk"])
        return .object(members)
    }

    /// - Parameter wanted: the decision that the contact's attributes request.
    private func authentication(_ session: VoiceIDSession, wanted: String?) -> JSON {
        let decision = session.isEvaluable(at: now) ? wanted ?? defaultDecision(session) : "NOT_ENOUGH_SPEECH"
        let scores = ["ACCEPT": 97, "REJECT": 12]
        return aggregated(session).adding([
            "AuthenticationResultId": .string("authentication-\(session.id)"), "Decision": .string(decision),
            "Score": scores[decision].map(JSON.int) ?? .null, "CustomerSpeakerId": .optional(session.speakerId),
            "GeneratedSpeakerId": .optional(generatedId(session)),
            "Configuration": ["AcceptanceThreshold": .int(Self.acceptanceThreshold)],
        ])
    }

    private func defaultDecision(_ session: VoiceIDSession) -> String {
        guard let id = session.speakerId else { return "SPEAKER_ID_NOT_PROVIDED" }
        return switch voiceID.speakers[id]?.status {
        case .enrolled: "ACCEPT"
        case .optedOut: "SPEAKER_OPTED_OUT"
        case .pending, nil: "SPEAKER_NOT_ENROLLED"
        }
    }

    /// - Parameter wanted: the decision that the contact's attributes request.
    private func fraudDetection(_ session: VoiceIDSession, wanted: String?) -> JSON {
        let decision = session.isEvaluable(at: now) ? wanted ?? "LOW_RISK" : "NOT_ENOUGH_SPEECH"
        let isRisky = decision == "HIGH_RISK"
        return aggregated(session).adding([
            "FraudDetectionResultId": .string("fraud-\(session.id)"), "Decision": .string(decision),
            "Reasons": isRisky ? ["KNOWN_FRAUDSTER"] : [],
            "Configuration": ["RiskThreshold": .int(Self.riskThreshold)],
            "RiskDetails": ["KnownFraudsterRisk": ["RiskScore": isRisky ? 92 : 3]],
        ])
    }

    private func aggregated(_ session: VoiceIDSession) -> JSON {
        [
            "AudioAggregationStartedAt": wire(session.streamingSince),
            "AudioAggregationEndedAt": session.isEvaluable(at: now) ? wire(session.evaluableAt) : .null,
        ]
    }

    private func generatedId(_ session: VoiceIDSession) -> String? {
        session.speakerId.flatMap { voiceID.speakers[$0]?.generatedId }
    }

    private func wire(_ time: Double) -> JSON { .timestamp(time + clockShift) }

    private static let acceptanceThreshold = 90
    private static let riskThreshold = 50
}
