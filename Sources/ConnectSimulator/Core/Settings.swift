// SPDX-License-Identifier: Apache-2.0

/// The instance's configuration. Agents and customers do not change it.
struct InstanceSettings: Sendable, Equatable {
    var instanceARN: String
    var region: String
    var agentName: String
    var username: String
    var softphoneEnabled: Bool
    var softphoneAutoAccept: Bool
    var deskPhone: String
    var preferences: [String: String]
    var initialState: String
    var states: [AgentState]
    var routingProfileName: String
    var queues: [Queue]
    var quickConnects: [QuickConnect]
    var concurrency: [String: Int]
    var countries: [String]
    var permissions: [String]
    /// Limit of concurrent third parties on a call.
    var maximumThirdParties: Int
    var timings: Timings
    var accessTokenSeconds: Double
    var transportSeconds: Int
    /// The account is locked after this many wrong passwords in a row; 0: only by a control step.
    var lockAfter = 5
    /// The ARN of the same agent's instance in the other region; nil: there is none.
    var otherARN: String?
    /// Whether this instance is the active one at the start.
    var startsActive = true
    /// Whether a Voice ID domain is associated.
    var hasVoiceID = true
    /// Whether a knowledge base of quick responses is associated.
    var hasQuickResponses = true
    var taskTemplates: [TaskTemplate] = TaskTemplate.standard
    var quickResponses: [QuickResponse] = QuickResponse.standard

    /// VOICE_ISOLATION, NOISE_SUPPRESSION or NONE.
    var voiceEnhancementMode = "NONE"
    /// Another agent of the instance, whose calls this agent can listen to.
    var otherAgent = OtherAgent(login: "sam", name: "Sam Example")
    /// Chats and tasks ring in the state incoming, as one of Streams' documents has it; otherwise in connecting, as another has it.
    var ringsInIncoming = false
    /// The agent's state cannot be set during a live chat or task either.
    var liveChatsBindState = false

    struct OtherAgent: Sendable, Equatable {
        /// The user name.
        var login: String
        var name: String
    }

    /// A transfer destination of some queues.
    struct QuickConnect: Sendable, Equatable {
        var endpoint: Endpoint
        var queueARNs: [String]
    }

    /// Durations in seconds.
    struct Timings: Sendable, Equatable {
        /// Until a contact that rings at the agent is missed.
        var ring: Double
        /// Until the customer answers an outbound call; nil: only by a control step.
        var customerAnswers: Double?
        /// Until an outbound call fails without an answer.
        var customerRing: Double
        /// Until a third party answers; nil: only by a control step.
        var thirdPartyAnswers: Double?
        /// Until a softphone with auto-accept accepts.
        var autoAccept: Double
        /// From the agent's hanging up until the contact has ended; 0: at once.
        var disconnect: Double
    }

    /// The last part of the instance's ARN.
    var instanceId: String { Self.lastPart(of: instanceARN) }
    var account: String { Self.field(4, of: instanceARN) }
    var agentARN: String { "\(instanceARN)/agent/30000000-0000-4000-8000-000000000001" }
    var routingProfileARN: String { "\(instanceARN)/routing-profile/20000000-0000-4000-8000-000000000001" }

    static func lastPart(of arn: String) -> String { arn.split(separator: "/").last.map(String.init) ?? arn }

    /// A colon-separated field of an ARN, counted from 0; empty if the ARN has fewer fields.
    static func field(_ number: Int, of arn: String) -> String {
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        return fields.indices.contains(number) ? String(fields[number]) : ""
    }
}
