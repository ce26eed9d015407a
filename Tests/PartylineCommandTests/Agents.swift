// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Builds agents and contacts for tests.
enum Agents {
    static let states: JSON = [
        ["name": "Available", "type": "routable", "agentStateARN": "arn:available"],
        ["name": "Lunch", "type": "not_routable", "agentStateARN": "arn:lunch"],
    ]

    static func agent(
        _ state: String = "Available", _ type: String = "routable", next: String? = nil, _ contacts: JSON...
    ) -> AgentData {
        var snapshot: JSONObject = .init([
            ("state", ["name": .string(state), "type": .string(type)]), ("contacts", .array(contacts)),
        ])
        snapshot["nextState"] = next.map { ["name": .string($0)] }
        let configuration = JSONObject([("name", "Ada"), ("agentStates", states)])
        return AgentData(snapshot: SnapshotData(json: snapshot), configuration: AgentConfiguration(json: configuration))
    }

    static func with(_ contacts: JSON...) -> AgentData {
        var agent = agent()
        agent.snapshot.json["contacts"] = .array(contacts)
        return agent
    }

    static func call(_ state: String, customer: String = "connected", _ others: JSON...) -> JSON {
        let legs: [JSON] = [
            ["connectionId": "a", "type": "agent", "state": ["type": "connected"]],
            [
                "connectionId": "c", "type": "inbound", "initial": true, "state": ["type": .string(customer)],
                "endpoint": ["phoneNumber": "+15550100"],
            ],
        ]
        return [
            "contactId": "call-1", "type": "voice", "state": ["type": .string(state)], "queue": ["name": "Support"],
            "connections": .array(legs + others),
        ]
    }

    static func dialled(_ state: String) -> JSON {
        let legs: [JSON] = [
            ["connectionId": "c", "type": "outbound", "initial": true, "state": ["type": "connecting"]]
        ]
        return [
            "contactId": "call-2", "type": "voice", "state": ["type": .string(state)], "connections": .array(legs),
        ]
    }

    static func leg(_ id: String, _ state: String) -> JSON {
        [
            "connectionId": .string(id), "type": "outbound", "state": ["type": .string(state)],
            "endpoint": ["name": "Bob"],
        ]
    }

    static func chat(_ state: String) -> JSON {
        [
            "contactId": "chat-1", "type": "chat", "state": ["type": .string(state)],
            "connections": [
                [
                    "connectionId": "c", "type": "inbound", "initial": true, "state": ["type": "connected"],
                    "chatMediaInfo": ["customerName": "Mary"],
                ]
            ],
        ]
    }
}
