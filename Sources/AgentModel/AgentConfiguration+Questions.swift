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

    public var queueARNs: [String] { (routingProfile?["queues"]?.array ?? []).compactMap { $0["queueARN"]?.string } }

    /// The queue that outbound calls are made from unless they name one.
    public var defaultOutboundQueueARN: String? { routingProfile?["defaultOutboundQueue"]?["queueARN"]?.string }

    /// How many contacts of each channel (`VOICE`, `CHAT`, `TASK`, `EMAIL`) the agent can have at once. Without data: one call
    /// and one chat, as in Streams.
    public var channelConcurrency: [String: Int] {
        guard let map = routingProfile?["channelConcurrencyMap"]?.object else { return ["VOICE": 1, "CHAT": 1] }
        var result: [String: Int] = [:]
        for member in map.members { result[member.name] = member.value.int }
        return result
    }

    /// The instance's id, from the routing profile's id; nil if it has another form.
    public var instanceId: String? { part(after: "instance/", until: "/") }

    /// The AWS account's id, from the routing profile's id; nil if it has another form.
    public var awsAccountId: String? {
        let id = routingProfileId ?? ""
        guard let end = id.firstRange(of: ":instance") else { return nil }
        let digits = id[..<end.lowerBound].reversed().prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : String(digits.reversed())
    }

    private var routingProfileId: String? { routingProfile?["routingProfileId"]?.string ?? routingProfileARN }

    private func part(after start: String, until end: Character) -> String? {
        guard let id = routingProfileId, let begin = id.firstRange(of: start) else { return nil }
        let rest = id[begin.upperBound...].prefix { $0 != end }
        return rest.isEmpty ? nil : String(rest)
    }
}
