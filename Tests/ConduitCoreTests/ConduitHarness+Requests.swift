// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

extension ConduitHarness {
    @discardableResult
    func ask(_ id: PortID, _ method: String, _ params: JSON? = nil, requestId: JSON = 1) -> [ConduitAction] {
        var data = JSONObject([("requestId", requestId), ("method", .string(method))])
        data["params"] = params
        return send(id, ServerLine.encode("partyline::request", .object(data)))
    }

    /// Subscribes to these events. The reply is left unread.
    func subscribe(_ id: PortID, _ events: String..., since: String? = nil, mode: String? = nil) {
        var params = JSONObject([("events", .array(events.map { .string($0) }))])
        params["since"] = since.map { .string($0) }
        params["mode"] = mode.map { .string($0) }
        ask(id, "subscribe", .object(params))
    }

    private func send(_ id: PortID, _ line: [UInt8]) -> [ConduitAction] { handle(.line(id, line.dropLast())) }

    /// What a port is sent now, abbreviated by `brief`.
    func briefly(_ id: PortID, budget: Int = .max, isLate: Bool = false) -> [String] {
        read(id, budget: budget, isLate: isLate).map(brief)
    }

    /// Handles a new agent, given as in `AgentSketch`.
    @discardableResult
    func updateAgent(_ contacts: String = "", state: JSON? = AgentSketch.available) -> [ConduitAction] {
        handle(.agent(AgentSketch(contacts, state: state).agent))
    }

    func broadcast(_ id: PortID, _ event: String, _ data: JSON? = nil) {
        var object = JSONObject([("event", .string(event))])
        object["data"] = data
        _ = send(id, ServerLine.encode("broadcast", .object(object)))
    }

    /// The log lines above debug, without the fields that identify the client.
    var journal: [String] {
        recorded.compactMap { action in
            guard case .log(let level, let message, let fields) = action, level > .debug else { return nil }
            let rest = fields.filter { !["pid", "uid", "program", "port"].contains($0.key) }
            return ([message] + rest.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
    }
}

extension AgentSketch {
    static let available: JSON = ["name": "Available", "type": "routable"]
}

/// Abbreviates a line to its event, its clock if any (`contact::connected e1:7`), and the sender of a broadcast.
func brief(_ line: String) -> String {
    guard let json = try? JSON(parsing: line), let name = json["event"]?.string else { return "not a line: \(line)" }
    return ([name, json["clock"]?.string, json["from"]?.string.map { "from \($0)" }] as [String?]).compactMap { $0 }
        .joined(separator: " ")
}

/// A successful `partyline::response`.
func answerLine(_ data: String, id: String = "1") -> String {
    #"{"event":"partyline::response","data":{"requestId":\#(id),"data":\#(data),"err":null}}"#
}

/// A failed `partyline::response`.
func refusalLine(_ error: ProtocolError, id: String = "1") -> String {
    #"{"event":"partyline::response","data":{"requestId":\#(id),"data":null,"err":\#(error.json.text)}}"#
}
