// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// A speaker, as Voice ID describes it.
public struct VoiceIDSpeaker: Equatable, Sendable {
    /// The service's answer: `{Speaker: {Status…}}`.
    public let json: JSON

    public var status: VoiceIDSpeakerStatus? {
        json["Speaker"]?["Status"]?.string.map(VoiceIDSpeakerStatus.init(rawValue:))
    }
}

/// What Voice ID has decided about a call.
public struct VoiceIDEvaluation: Equatable, Sendable {
    /// The service's answer, with Streams' words for both decisions.
    public let json: JSON

    /// Whether the caller is who they say.
    public var authentication: ContactFlowAuthenticationDecision? {
        decision("AuthenticationResult").map(ContactFlowAuthenticationDecision.init(rawValue:))
    }

    /// Whether the voice is a known fraudster's.
    public var fraudDetection: ContactFlowFraudDetectionDecision? {
        decision("FraudDetectionResult").map(ContactFlowFraudDetectionDecision.init(rawValue:))
    }

    private func decision(_ result: String) -> String? { json[result]?["Decision"]?.string }
}

/// How far a speaker is known (Streams' VoiceIdSpeakerStatus).
public struct VoiceIDSpeakerStatus: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let enrolled = VoiceIDSpeakerStatus(rawValue: "ENROLLED")
    /// Known by its id, and not yet enrolled.
    public static let pending = VoiceIDSpeakerStatus(rawValue: "PENDING")
    public static let optedOut = VoiceIDSpeakerStatus(rawValue: "OPTED_OUT")
}

/// Streams' words for the decision about the caller.
public struct ContactFlowAuthenticationDecision: OpenEnumeration {
    /// The word itself.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let authenticated = ContactFlowAuthenticationDecision(rawValue: "Authenticated")
    public static let notAuthenticated = ContactFlowAuthenticationDecision(rawValue: "NotAuthenticated")
    /// The caller hung up before enough was heard.
    public static let inconclusive = ContactFlowAuthenticationDecision(rawValue: "Inconclusive")
    public static let notEnrolled = ContactFlowAuthenticationDecision(rawValue: "NotEnrolled")
    public static let optedOut = ContactFlowAuthenticationDecision(rawValue: "OptedOut")
    /// The contact flow does not authenticate callers.
    public static let notEnabled = ContactFlowAuthenticationDecision(rawValue: "NotEnabled")
    public static let error = ContactFlowAuthenticationDecision(rawValue: "Error")
}

/// Streams' words for the decision about fraud.
public struct ContactFlowFraudDetectionDecision: OpenEnumeration {
    /// The word itself.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let highRisk = ContactFlowFraudDetectionDecision(rawValue: "HighRisk")
    public static let lowRisk = ContactFlowFraudDetectionDecision(rawValue: "LowRisk")
    /// The caller hung up before enough was heard.
    public static let inconclusive = ContactFlowFraudDetectionDecision(rawValue: "Inconclusive")
    /// The contact flow does not detect fraud.
    public static let notEnabled = ContactFlowFraudDetectionDecision(rawValue: "NotEnabled")
    public static let error = ContactFlowFraudDetectionDecision(rawValue: "Error")
}
