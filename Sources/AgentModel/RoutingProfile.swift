// SPDX-License-Identifier: Apache-2.0

/// Which contacts reach the agent (Streams' RoutingProfile).
public struct RoutingProfile: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var name: String? { json["name"]?.string }
    /// Contains the ids of the instance and the account. The library calls it `routingProfileId`, too.
    public var routingProfileARN: String? { json["routingProfileARN"]?.string ?? json["routingProfileId"]?.string }
    public var queues: [Queue] { (json["queues"]?.array ?? []).compactMap { $0.object.map(Queue.init(json:)) } }
    /// The queue that outbound calls are made from unless they name one.
    public var defaultOutboundQueue: Queue? { json["defaultOutboundQueue"]?.object.map(Queue.init(json:)) }
    /// How many contacts of each channel the agent can have at once; nil without data.
    public var channelConcurrency: [ChannelType: Int]? {
        guard let map = json["channelConcurrencyMap"]?.object else { return nil }
        var result: [ChannelType: Int] = [:]
        for member in map.members { result[ChannelType(rawValue: member.name)] = member.value.int }
        return result
    }
}

/// A channel, as a key of the concurrency map (Streams' ChannelType).
public struct ChannelType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let voice = ChannelType(rawValue: "VOICE")
    public static let chat = ChannelType(rawValue: "CHAT")
    public static let task = ChannelType(rawValue: "TASK")
    public static let email = ChannelType(rawValue: "EMAIL")
}
