// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Completes an agent as the Streams library expects it: sorts the contacts and adds the older names of renamed members.
enum AgentAliases {
    static func added(to agent: AgentData) -> AgentData {
        var snapshot = agent.snapshot.json
        let contacts = (snapshot["contacts"]?.array ?? []).map(contact)
        snapshot["contacts"] = .array(sorted(contacts))
        var configuration = agent.configuration.json
        if let profile = configuration["routingProfile"]?.object {
            configuration["routingProfile"] = .object(routingProfile(profile))
        }
        return AgentData(snapshot: SnapshotData(json: snapshot), configuration: AgentConfiguration(json: configuration))
    }

    /// Sorts by the time of the state, earliest first. All timestamps have the same RFC 3339 form, so they sort as text.
    /// Contacts with equal timestamps keep their order.
    private static func sorted(_ contacts: [JSON]) -> [JSON] {
        let keyed = contacts.enumerated().map {
            (index: $0, instant: $1["state"]?["timestamp"]?.string ?? "", contact: $1)
        }
        return keyed.sorted { ($0.instant, $0.index) < ($1.instant, $1.index) }.map(\.contact)
    }

    private static func contact(_ value: JSON) -> JSON {
        guard var object = value.object else { return value }
        object["status"] = object["state"]
        object["queue"] = object["queue"].map(queue)
        object["connections"] = object["connections"].map { connections in
            connections.array.map { .array($0.map(connection)) } ?? connections
        }
        return .object(object)
    }

    private static func connection(_ value: JSON) -> JSON {
        guard var object = value.object else { return value }
        object["address"] = object["endpoint"]
        return .object(object)
    }

    private static func routingProfile(_ object: JSONObject) -> JSONObject {
        var object = object
        object["routingProfileId"] = object["routingProfileARN"]
        object["defaultOutboundQueue"] = object["defaultOutboundQueue"].map(queue)
        object["queues"] = object["queues"].map { queues in queues.array.map { .array($0.map(queue)) } ?? queues }
        return object
    }

    private static func queue(_ value: JSON) -> JSON {
        guard var object = value.object else { return value }
        object["queueId"] = object["queueARN"]
        return .object(object)
    }
}
