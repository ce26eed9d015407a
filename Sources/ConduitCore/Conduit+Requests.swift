public import AgentModel
import StreamsProtocol

extension Conduit {
    /// A `partyline::request`: exactly one `partyline::response`, as long as it says which request it is.
    mutating func request(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let members = data?.members("requestId", "method", "params")
        guard let requestId = members?["requestId"], requestId.isStringOrNumber else {
            throw ProtocolError(
                .invalidParams, "a partyline::request needs a requestId that is a string or a number",
                hint: #"{"event":"partyline::request","data":{"requestId":1,"method":"getStatus"}}"#)
        }
        let known = CommandTable.methods.keys.sorted().joined(separator: ", ")
        guard let method = members?["method"]?.string, let needed = CommandTable.methods[method] else {
            let name = members?["method"]?.string ?? "none"
            let error = ProtocolError(.unknownMethod, "no such method: \(name.prefix(64))", hint: "there are \(known)")
            return respond(port.id, requestId, .error(error))
        }
        guard port.role >= needed else {
            counters.refusedMessages += 1
            let text = "\(method) needs the role \(needed.rawValue); this port has \(port.role.rawValue)"
            return respond(port.id, requestId, .error(ProtocolError(.notPermitted, text)))
        }
        switch method {
        case "getAgent": getAgent(port, requestId)
        case "setLogs": setLogs(port, requestId, members?["params"]?.value)
        default: ask(port, .status(requestId: requestId))
        }
    }

    private mutating func getAgent(_ port: Port, _ requestId: RawJSON) {
        // Why there is no agent is the session's to say.
        guard let agent else { return ask(port, .agent(requestId: requestId)) }
        let asOf = agent.snapshot.json["localTimestamp"]?.int.map { Int64($0) } ?? now.wall
        respond(
            port.id, requestId,
            .data([
                "clock": .string(clock), "asOf": .string(Timestamp.text(milliseconds: asOf)),
                "ageMs": .int(Int(max(0, now.wall - asOf))), "agent": agent.json,
            ]))
    }

    /// Where the log is, as clients see it: opaque, and only good for being handed back.
    var clock: String { "\(settings.epoch):\(log.end - 1)" }

    mutating func respond(_ id: PortID, _ requestId: RawJSON, _ response: ConduitEvent.Response) {
        var data = JSONObject([("requestId", requestId.value)])
        switch response {
        case .data(let value):
            data["data"] = value
            data["err"] = .null
        case .error(let error):
            data["data"] = .null
            data["err"] = error.json
        }
        reply(id, EventName.response, .object(data))
    }

    mutating func answer(_ id: PortID, _ requestId: RawJSON?, _ data: JSON?, _ error: String?) {
        var object = JSONObject([("event", .string(EventName.apiResponse))])
        object["requestId"] = requestId?.value
        object["data"] = data
        object["err"] = error.map { .string($0) } ?? .null
        reply(id, EventName.apiResponse, .object(object))
    }

    /// The newest agent, aliases and all.
    public var currentAgent: Agent? { agent }

    /// What `getStatus` says of the downstream half.
    public var status: JSONObject {
        JSONObject([
            ("ports", ["count": .int(portCount), "list": .array(ports.keys.sorted().compactMap(portStatus))]),
            (
                "eventLog",
                [
                    "lines": .int(log.count), "bytes": .int(log.bytes), "first": .int(Int(log.first)),
                    "next": .int(Int(log.end)),
                ]
            ),
            (
                "counters",
                [
                    "connections": .int(counters.connections),
                    "refusedConnections": .int(counters.refusedConnections),
                    "badLines": .int(counters.badLines), "unknownEvents": .int(counters.unknownEvents),
                    "ignoredConfigures": .int(counters.ignoredConfigures),
                    "refusedMessages": .int(counters.refusedMessages), "lags": .int(counters.lags),
                ]
            ),
            (
                "limits",
                [
                    "lineBytes": .int(settings.lineLimit), "logBytes": .int(settings.logBytes),
                    "logLines": .int(settings.logLines), "replyBytes": .int(settings.replyBytes),
                    "badLines": .int(settings.badLineLimit),
                ]
            ),
        ])
    }

    private func portStatus(_ id: PortID) -> JSON? {
        guard let port = ports[id] else { return nil }
        return [
            "id": .string(port.name), "pid": .int(Int(port.peer.pid)), "uid": .int(Int(port.peer.uid)),
            "program": port.peer.program.map { .string($0) } ?? .null, "role": .string(port.role.rawValue),
            "connectedAt": .string(Timestamp.text(milliseconds: port.connectedAt)),
            "linesSent": .int(port.linesSent), "behind": .int(Int(log.end - min(port.cursor, log.end))),
            "replyBytes": .int(port.replyBytes),
        ]
    }
}

extension RawJSON {
    fileprivate var isStringOrNumber: Bool {
        guard let first = bytes.first else { return false }
        return first == UInt8(ascii: "\"") || first == UInt8(ascii: "-")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    }
}
