// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Inputs of the measured code.
enum Samples {
    /// An agent of about 100 KB with 30 contacts, the first of which is in the given state.
    static func agent(_ state: String) -> AgentData {
        let contacts = (0..<30).map { contact($0, $0 == 0 ? state : "connected") }
        let snapshot: JSON = [
            "state": ["name": "Available", "type": "routable", "startTimestamp": "2026-01-31T08:00:00.000Z"],
            "nextState": .null, "contacts": .array(contacts), "snapshotTimestamp": "2026-01-31T09:00:00.000Z",
        ]
        let json: JSON = ["snapshot": snapshot, "configuration": ["name": "Robin Example"]]
        guard let agent = AgentData(json: json) else { preconditionFailure("the sample is an agent") }
        return agent
    }

    private static func contact(_ number: Int, _ state: String) -> JSON {
        let attributes = (0..<40).map { index -> (String, JSON) in
            let (name, value) = ("attribute\(index)", "a value of some length, \(number)-\(index)")
            return (name, ["name": .string(name), "value": .string(value)])
        }
        return [
            "contactId": .string("00000000-0000-4000-8000-0000000000\(number + 10)"), "type": "chat",
            "state": ["type": .string(state), "timestamp": "2026-01-31T08:30:00.000Z"],
            "queue": ["name": "Support", "queueARN": "arn:aws:connect:us-west-2:111122223333:instance/x/queue/y"],
            "attributes": .object(JSONObject(attributes)),
            "connections": [
                ["connectionId": .string("c\(number)"), "type": "agent", "state": ["type": .string(state)]]
            ],
        ]
    }

    /// A client's broadcast with `size` bytes of text.
    static func broadcast(_ size: Int) -> [UInt8] {
        let text = String(repeating: "x", count: size)
        return Array(#"{"event":"broadcast","data":{"event":"bench::tick","data":"\#(text)"}}"#.utf8)
    }
}
