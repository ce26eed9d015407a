// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol

/// The agent that the backend serves, in the service's encoding: timestamps in epoch seconds.
struct AgentData {
    /// 2025-01-01T12:00:00Z. Fixed, because scenes compare it.
    static let start = 1_735_732_800

    var snapshot = JSONObject([
        ("state", state(1, "routable", "Available")), ("nextState", .null),
        ("agentAvailabilityState", ["state": "Available", "timeStamp": 1_735_732_861.5]), ("contacts", []),
        ("snapshotTimestamp", "now"),
    ])
    var configuration = JSONObject([
        ("name", "Robin Example"), ("username", "robin"), ("softphoneEnabled", true), ("softphoneAutoAccept", false),
        ("extension", ""),
        (
            "routingProfile",
            [
                "name": "Everything", "routingProfileARN": arn("routing-profile/1"),
                "defaultOutboundQueue": queue(1, "Basic"),
                "channelConcurrencyMap": ["VOICE": 1, "CHAT": 3, "TASK": 5],
            ]
        ),
        ("agentPreferences", ["locale": "en_US"]), ("agentARN", arn("agent/1")),
    ])
    /// The lists, by their members' names in the service's answers.
    var lists: [String: [JSON]] = [
        "states": [
            state(1, "routable", "Available"), state(2, "not_routable", "Lunch"), state(3, "offline", "Offline"),
        ],
        "permissions": ["outboundCall", "videoContact", "agentStates"],
        "countryCodes": ["us", "ca", "gb"],
        "queues": [queue(1, "Basic"), queue(2, "Sales"), queue(3, "Support")],
        "endpoints": [
            [
                "endpointARN": arn("transfer-destination/1"), "type": "phone_number", "name": "Front desk",
                "phoneNumber": "+12065550100", "agentLogin": .null, "queue": .null,
            ]
        ],
    ]

    /// Replaces every "now" with the current time.
    static func served(_ value: JSON) -> JSON {
        switch value {
        case "now": .double((Date.now.timeIntervalSince1970 * 1000).rounded() / 1000)
        case .array(let elements): .array(elements.map(served))
        case .object(let object): .object(object.compactMapValues { served($1) })
        default: value
        }
    }

    private static func arn(_ end: String) -> JSON { .string("\(Names.instance)/\(end)") }

    private static func queue(_ number: Int, _ name: String) -> JSON {
        ["queueARN": arn("queue/\(number)"), "name": .string(name)]
    }

    private static func state(_ number: Int, _ type: String, _ name: String) -> JSON {
        [
            "agentStateARN": arn("agent-state/\(number)"), "type": .string(type), "name": .string(name),
            "startTimestamp": .int(start),
        ]
    }
}
