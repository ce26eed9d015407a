// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Clients' lines encoded in a few bytes: the kind, the id, and a choice or two. `FuzzScript` can send any line; these
/// are the ones that have an effect.
enum FuzzRequest {
    static func line(_ codes: [UInt8]) -> [UInt8] {
        var codes = FuzzInput(codes)
        let kind = Int(codes.byte() & 15)
        let id: JSON = .int(Int(codes.byte() & 3))
        let choice = codes.byte()
        let other = codes.byte()
        if kind < methods.count {
            let params = params(methods[kind], choice, other)
            let data: JSON = ["requestId": id, "method": .string(methods[kind]), "params": params]
            return Array(ServerLine.encode(EventName.request, data).dropLast())
        }
        let (event, data) = event(kind - methods.count, id, choice)
        return Array(ServerLine.encode(event, data).dropLast())
    }

    private static let methods = [
        "subscribe", "unsubscribe", "getAgent", "getStatus", "sync", "describe", "call", "setLogs", "setLogLevel",
        "reload", "terminate",
    ]

    private static func params(_ method: String, _ choice: UInt8, _ other: UInt8) -> JSON {
        switch method {
        case "subscribe":
            let patterns: [JSON] = [
                ["*"], ["agent::*"], ["contact::*"], ["contact::*::c0", "x"], ["a::b"], [], ["::"],
            ]
            var params = JSONObject([("events", patterns[Int(choice & 15) % patterns.count])])
            if choice & 16 > 0 { params["mode"] = "latest" }
            if choice & 32 > 0 { params["since"] = .string("e\(other >> 6):\(other & 63)") }
            return .object(params)
        case "sync": return ["deadlineMs": .int(1 + Int(choice) * 10)]
        case "call": return call(choice, other)
        case "setLogs": return ["level": choice & 1 == 0 ? "info" : .null]
        case "setLogLevel": return ["level": choice & 1 == 0 ? "debug" : "loud"]
        default: return choice & 1 == 0 ? [:] : .null
        }
    }

    private static func call(_ choice: UInt8, _ other: UInt8) -> JSON {
        let contact: JSON = .string("c\(other & 3)")
        let leg: JSON = ["contactId": contact, "connectionId": other & 4 > 0 ? "a" : "b"]
        let calls: [(String, JSON)] = [
            ("acceptContact", ["contactId": contact]), ("clearContact", ["contactId": contact]),
            ("rejectContact", ["contactId": contact]), ("holdConnection", leg), ("resumeConnection", leg),
            ("destroyConnection", leg), ("toggleActiveConnections", ["contactId": contact]),
            ("conferenceConnections", ["contactId": contact]), ("createOutboundContact", [:]),
            ("createAdditionalConnection", ["contactId": contact]), ("muteParticipant", leg),
            ("putAgentState", ["state": ["agentStateARN": "arn:Available"]]),
            ("updateAgentConfiguration", ["configuration": ["name": "Robin"]]), ("getAgentStates", [:]),
        ]
        let (method, params) = calls[Int(choice & 15) % calls.count]
        var object = JSONObject([("method", .string(method)), ("params", params)])
        if choice & 16 > 0 { object["confirm"] = true }
        if choice & 32 > 0 { object["idempotencyKey"] = .string("k\(other >> 4 & 1)") }
        if choice & 64 > 0 { object["deadlineMs"] = .int(1 + Int(other)) }
        return .object(object)
    }

    private static func event(_ kind: Int, _ id: JSON, _ choice: UInt8) -> (String, JSON?) {
        let names = ["x::y", EventName.contactView, "contact::accepted::c0", EventName.response, EventName.log]
        switch kind {
        case 0: return (EventName.apiRequest, ["requestId": id, "method": "getAgentStates", "params": [:]])
        case 1: return (choice & 1 == 0 ? EventName.synchronize : EventName.close, nil)
        case 2:
            let name = names[Int(choice & 7) % names.count]
            return (EventName.broadcast, ["event": .string(name), "data": ["contactId": "c0"]])
        case 3:
            let method = choice & 1 == 0 ? "becomeMaster" : "checkMaster"
            return (EventName.masterRequest, ["requestId": id, "method": .string(method), "params": ["topic": "t"]])
        default: return (EventName.sendLogs, [["text": "popped"]])
        }
    }
}
