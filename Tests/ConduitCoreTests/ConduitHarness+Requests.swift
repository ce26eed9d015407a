import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

extension ConduitHarness {
    /// Sends a `partyline::request`.
    @discardableResult
    func ask(_ id: PortID, _ method: String, _ params: JSON? = nil, requestId: JSON = 1) -> [ConduitAction] {
        var data = JSONObject([("requestId", requestId), ("method", .string(method))])
        data["params"] = params
        return say(id, ServerLine.encode("partyline::request", .object(data)))
    }

    /// Asks for these events; the answer is still to be read.
    func subscribe(_ id: PortID, _ events: String..., since: String? = nil, mode: String? = nil) {
        var params = JSONObject([("events", .array(events.map { .string($0) }))])
        params["since"] = since.map { .string($0) }
        params["mode"] = mode.map { .string($0) }
        ask(id, "subscribe", .object(params))
    }

    private func say(_ id: PortID, _ line: [UInt8]) -> [ConduitAction] { handle(.line(id, line.dropLast())) }

    /// What a port is sent now, in few words each (`brief`).
    func briefly(_ id: PortID, budget: Int = .max, isLate: Bool = false) -> [String] {
        read(id, budget: budget, isLate: isLate).map(brief)
    }

    /// The session's newest agent, in the words of the derivation's tests.
    @discardableResult
    func sees(_ contacts: String = "", state: JSON? = DerivationSight.available) -> [ConduitAction] {
        handle(.agent(DerivationSight(contacts, state: state).agent))
    }

    func broadcast(_ id: PortID, _ event: String, _ data: JSON? = nil) {
        var object = JSONObject([("event", .string(event))])
        object["data"] = data
        _ = say(id, ServerLine.encode("broadcast", .object(object)))
    }

    /// The lines for the journal that say who did something, without who.
    var journal: [String] {
        recorded.compactMap { action in
            guard case .log(let level, let message, let fields) = action, level > .debug else { return nil }
            let rest = fields.filter { !["pid", "uid", "program", "port"].contains($0.key) }
            return ([message] + rest.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
    }
}

extension DerivationSight {
    static let available: JSON = ["name": "Available", "type": "routable"]
}

/// A line in few words: its event, its clock if it has one (`contact::connected e1:7`), and who broadcast it.
func brief(_ line: String) -> String {
    guard let json = try? JSON(parsing: line), let name = json["event"]?.string else { return "not a line: \(line)" }
    return ([name, json["clock"]?.string, json["from"]?.string.map { "from \($0)" }] as [String?]).compactMap { $0 }
        .joined(separator: " ")
}

/// A `partyline::response` that succeeded.
func answerLine(_ data: String, id: String = "1") -> String {
    #"{"event":"partyline::response","data":{"requestId":\#(id),"data":\#(data),"err":null}}"#
}

/// One that did not.
func refusalLine(_ error: ProtocolError, id: String = "1") -> String {
    #"{"event":"partyline::response","data":{"requestId":\#(id),"data":null,"err":\#(error.json.text)}}"#
}
