/// The instance as it was set up: what an administrator decides, and no agent or customer changes.
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
    var quickConnects: [Endpoint]
    var concurrency: [String: Int]
    var countries: [String]
    var permissions: [String]
    /// How many third parties a call may have at once.
    var maximumThirdParties: Int
    var timings: Timings
    var accessTokenSeconds: Double
    var transportSeconds: Int
    /// The same agent's instance in the other region; nil: there is none.
    var otherARN: String?
    /// Whether this instance is the active one of the two at first.
    var startsActive = true
    /// Whether a Voice ID domain is associated.
    var hasVoiceID = true
    /// Whether a knowledge base of quick responses is associated.
    var hasQuickResponses = true
    var taskTemplates: [TaskTemplate] = TaskTemplate.standard
    var quickResponses: [QuickResponse] = QuickResponse.standard

    /// Seconds, all of them.
    struct Timings: Sendable, Equatable {
        /// How long a contact rings at the agent until it is missed.
        var ring: Double
        /// After how long the customer answers an outbound call; nil: only when told to.
        var customerAnswers: Double?
        /// How long an outbound call rings until it fails.
        var customerRing: Double
        /// After how long a third party answers; nil: only when told to.
        var thirdPartyAnswers: Double?
        /// After how long a softphone with automatic acceptance accepts.
        var autoAccept: Double
    }

    /// The instance's own part of its ARN.
    var instanceId: String { Self.lastPart(of: instanceARN) }
    var account: String { Self.field(4, of: instanceARN) }
    var agentARN: String { "\(instanceARN)/agent/30000000-0000-4000-8000-000000000001" }
    var routingProfileARN: String { "\(instanceARN)/routing-profile/20000000-0000-4000-8000-000000000001" }

    static func lastPart(of arn: String) -> String { arn.split(separator: "/").last.map(String.init) ?? arn }

    /// A field of an ARN, from 0; empty if it is not there.
    static func field(_ number: Int, of arn: String) -> String {
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        return fields.indices.contains(number) ? String(fields[number]) : ""
    }
}
