// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Agents encoded in a few bytes, so that most changes of a byte change the agent: a byte for the state, one for the
/// next state, and one per contact, 0 for none.
enum FuzzAgent {
    static func agent(_ codes: [UInt8]) -> AgentData {
        var snapshot = JSONObject()
        snapshot["state"] = state(codes.first ?? 0)
        snapshot["nextState"] = codes.count > 1 && codes[1] & 7 > 0 ? state(codes[1]) : nil
        let contacts = codes.dropFirst(2).prefix(4).enumerated().filter { $1 & 15 > 0 }.map { contact($0, $1) }
        snapshot["contacts"] = .array(contacts)
        return AgentData(
            snapshot: SnapshotData(json: snapshot),
            configuration: AgentConfiguration(json: JSONObject([("name", "Robin")])))
    }

    private static func state(_ code: UInt8) -> JSON {
        let states = [
            ("Offline", "offline"), ("Available", "routable"), ("Lunch", "not_routable"), ("Busy", "agent"),
            ("AfterCallWork", "agent"), ("Error", "error"), ("MissedCallAgent", "error"), ("Init", "init"),
        ]
        let (name, type) = states[Int(code & 7)]
        return ["name": .string(name), "type": .string(type), "agentStateARN": .string("arn:\(name)")]
    }

    private static func contact(_ index: Int, _ code: UInt8) -> JSON {
        let types: [JSON] = [
            "init", "incoming", "pending", "connecting", "connected", "paused", "missed", "error", "ended", "rejected",
            "unheard_of", 7, .null,
        ]
        let type = types[Int(code & 15) % types.count]
        var contact = JSONObject([("contactId", .string("c\(index)")), ("state", ["type": type])])
        // A digit makes a contact without connections: most scripts need none, and they slow the fuzzer down.
        if code >> 4 != 3 { contact["connections"] = .array(connections(code)) }
        return .object(contact)
    }

    private static func connections(_ code: UInt8) -> [JSON] {
        let legs = ["connected", "hold", "disconnected", "connecting"]
        return [
            connection("a", "agent", legs[Int(code >> 4 & 3)]),
            connection("b", code & 128 > 0 ? "outbound" : "inbound", legs[Int(code >> 6 & 1)]),
        ]
    }

    private static func connection(_ id: String, _ type: String, _ state: String) -> JSON {
        ["connectionId": .string(id), "type": .string(type), "state": ["type": .string(state)]]
    }
}
