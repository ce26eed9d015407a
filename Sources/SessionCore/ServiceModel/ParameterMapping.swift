// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Converts an operation's parameters from the Streams library's format to the service's.
enum ParameterMapping: Sendable {
    case same
    /// Sends only those members of a configuration that an agent may change.
    case configuration
    /// Renames members of the audio stream samples.
    case softphoneMetrics
    /// Renames members of the softphone report and of its samples.
    case softphoneReport

    /// - Throws: the Streams library's own error for a parameter that it checks before the AWS client does.
    func apply(_ params: JSON) throws(ServiceError) -> JSON {
        if self == .configuration, params["configuration"]?.object == nil {
            throw ServiceError(
                type: ParameterFault.Kind.missing.rawValue, message: "Missing required key 'configuration' in params")
        }
        guard var object = params.object else { return params }
        switch self {
        case .same: break
        case .configuration: object["configuration"] = object["configuration"].map(Self.configuration)
        case .softphoneMetrics:
            object["softphoneStreamStatistics"] = object["softphoneStreamStatistics"].map(Self.statistics)
        case .softphoneReport: object["report"] = object["report"].map(Self.report)
        }
        return .object(Self.related(object))
    }

    /// A contact is related to only one other contact, so `relatedContactId` replaces `previousContactId`.
    static func related(_ params: JSONObject) -> JSONObject {
        guard params["relatedContactId"]?.isTruthy == true else { return params }
        var params = params
        params["previousContactId"] = nil
        return params
    }

    /// The members of a configuration that an agent may change.
    static let settings = [
        "name", "softphoneEnabled", "softphoneAutoAccept", "extension", "routingProfile", "agentPreferences",
        "voiceEnhancementMode",
    ]
    /// The members of its routing profile that are sent with it.
    static let profileMembers = ["name", "routingProfileARN", "defaultOutboundQueue"]
    static let queueMembers = ["queueARN", "name"]

    private static func configuration(_ value: JSON) -> JSON {
        guard let object = value.object else { return value }
        var result = picked(object, settings)
        if let profile = object["routingProfile"]?.object {
            var small = picked(profile, profileMembers)
            if let queue = profile["defaultOutboundQueue"]?.object {
                small["defaultOutboundQueue"] = .object(picked(queue, queueMembers))
            }
            result["routingProfile"] = .object(small)
        }
        return .object(result)
    }

    private static func report(_ value: JSON) -> JSON {
        guard let object = value.object else { return value }
        let names = [
            "handshakingTimeMillis": "handshakeTimeMillis", "preTalkingTimeMillis": "preTalkTimeMillis",
            "handshakingFailure": "handshakeFailure", "talkingTimeMillis": "talkTimeMillis",
        ]
        var result = renamed(object, names)
        result["softphoneStreamStatistics"] = result["softphoneStreamStatistics"].map(statistics)
        return .object(result)
    }

    private static func statistics(_ value: JSON) -> JSON {
        guard let samples = value.array else { return value }
        return .array(
            samples.map { sample in
                sample.object.map { .object(renamed($0, ["packetsCount": "packetCount"])) } ?? sample
            })
    }

    private static func picked(_ object: JSONObject, _ names: [String]) -> JSONObject {
        JSONObject(names.compactMap { name in object[name].map { (name, $0) } })
    }

    private static func renamed(_ object: JSONObject, _ names: [String: String]) -> JSONObject {
        // Building a `JSONObject` takes quadratic time. A report of this size does not come from a softphone.
        guard object.members.count <= 1000, object.members.contains(where: { names[$0.name] != nil }) else {
            return object
        }
        return JSONObject(object.members.map { (names[$0.name] ?? $0.name, $0.value) })
    }
}
