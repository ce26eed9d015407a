import AgentModel

/// The few calls whose parameters the Streams library words otherwise than the service.
enum Translations {
    /// The parameters as the service wants them.
    static func translate(_ method: String, _ params: JSON) -> JSON {
        guard var object = params.object else { return params }
        switch method {
        case "updateAgentConfiguration":
            object["configuration"] = object["configuration"].map(configuration)
        case "sendSoftphoneCallMetrics":
            object["softphoneStreamStatistics"] = object["softphoneStreamStatistics"].map(statistics)
        case "sendSoftphoneCallReport":
            object["report"] = object["report"].map(report)
        default: break
        }
        if let related = object["relatedContactId"], related.isTruthy { object["previousContactId"] = nil }
        return .object(object)
    }

    /// Of a configuration only what an agent may change is sent back.
    private static func configuration(_ value: JSON) -> JSON {
        guard let object = value.object else { return value }
        var result = picked(
            object, "name", "softphoneEnabled", "softphoneAutoAccept", "extension", "routingProfile",
            "agentPreferences", "voiceEnhancementMode")
        if let profile = object["routingProfile"]?.object {
            var small = picked(profile, "name", "routingProfileARN", "defaultOutboundQueue")
            if let queue = profile["defaultOutboundQueue"]?.object {
                small["defaultOutboundQueue"] = .object(picked(queue, "queueARN", "name"))
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

    private static func picked(_ object: JSONObject, _ names: String...) -> JSONObject {
        JSONObject(names.compactMap { name in object[name].map { (name, $0) } })
    }

    private static func renamed(_ object: JSONObject, _ names: [String: String]) -> JSONObject {
        // Building an object anew walks it for each member; one of this size is no softphone's.
        guard object.members.count <= 1000, object.members.contains(where: { names[$0.name] != nil }) else {
            return object
        }
        return JSONObject(object.members.map { (names[$0.name] ?? $0.name, $0.value) })
    }
}
