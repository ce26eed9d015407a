// SPDX-License-Identifier: Apache-2.0

// What Streams' Agent derives from the configuration.

extension AgentConfiguration {
    public var agentARN: String? { json["agentARN"]?.string }

    /// The telephone number of the agent's desk phone.
    public var phoneExtension: String? { json["extension"]?.string }

    /// Calls come to the browser and not to the desk phone.
    public var isSoftphoneEnabled: Bool { json["softphoneEnabled"]?.bool ?? false }

    /// `VOICE_ISOLATION`, `NOISE_SUPPRESSION`, `NONE`; nil if the service does not say.
    public var voiceEnhancementMode: String? { json["voiceEnhancementMode"]?.string }

    public var queueARNs: [String] { (routingProfile?.queues ?? []).compactMap(\.queueARN) }

    /// How many contacts of each channel the agent can have at once. Without data: one call and one chat, as in Streams.
    public var channelConcurrency: [ChannelType: Int] {
        routingProfile?.channelConcurrency ?? [.voice: 1, .chat: 1]
    }

    /// The instance's id, from the routing profile's id; nil if it has another form.
    public var instanceId: String? { part(after: "instance/", until: "/") }

    /// The AWS account's id, from the routing profile's id; nil if it has another form.
    public var awsAccountId: String? {
        let id = routingProfile?.routingProfileARN ?? ""
        guard let end = id.firstRange(of: ":instance") else { return nil }
        let digits = id[..<end.lowerBound].reversed().prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : String(digits.reversed())
    }

    private func part(after start: String, until end: Character) -> String? {
        guard let id = routingProfile?.routingProfileARN, let begin = id.firstRange(of: start) else { return nil }
        let rest = id[begin.upperBound...].prefix { $0 != end }
        return rest.isEmpty ? nil : String(rest)
    }
}
