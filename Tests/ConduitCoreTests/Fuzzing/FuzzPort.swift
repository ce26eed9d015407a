import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// A port as its client knows it: what it asked and what it was told.
struct FuzzPort {
    let slot: UInt8
    /// Nil for one that the rules refuse.
    let role: Role?
    /// Answers that are due, by the text of their requestId.
    private var responses: [String: Int] = [:]
    private var apiResponses: [String: Int] = [:]
    /// The lines of the log that it was told since it subscribed or unsubscribed last.
    private(set) var told: [LogPosition] = []
    /// It has asked for everything, and knows every event up to this one.
    var sight: LogPosition?
    /// It waits for the answer that says from where on it is told everything.
    var isResuming = false

    init(slot: UInt8, role: Role?) {
        self.slot = slot
        self.role = role
    }

    /// The requests that were not answered yet.
    var open: [String] { (Array(responses.keys) + Array(apiResponses.keys)).sorted() }

    // MARK: What it says

    mutating func said(_ message: ClientMessage) {
        let members = message.data?.members("requestId", "method")
        let id = members?["requestId"]?.value
        switch message.event {
        case EventName.request:
            guard let id, id.string != nil || id.double != nil else { return }
            responses[id.text, default: 0] += 1
            if ["subscribe", "unsubscribe"].contains(members?["method"]?.string) {
                (told, sight, isResuming) = ([], nil, false)
            }
        case EventName.apiRequest:
            guard members != nil || (role ?? .presence) < .operator else { return }
            apiResponses[id?.text ?? "", default: 0] += 1
        default: break
        }
    }

    // MARK: What it is told

    /// A line of the log.
    mutating func read(_ position: LogPosition) throws(FuzzFault) {
        try FuzzFault.unless(position > told.last ?? 0, "line \(position) comes after \(told.last ?? 0)")
        told.append(position)
    }

    /// A reply.
    mutating func read(_ line: JSON) throws(FuzzFault) {
        let event = line["event"]?.string ?? ""
        let data = line["data"]
        switch event {
        case EventName.response:
            let members = data?.object?.names ?? []
            try FuzzFault.unless(members == ["requestId", "data", "err"], "a response has the members \(members)")
            try Self.checkError(data?["err"])
            try settle(&responses, data?["requestId"], event)
            if data?["data"]?["fresh"] != nil {
                try FuzzFault.unless(told.isEmpty, "lines came before the answer that they are relative to: \(told)")
            }
            if isResuming, data?["requestId"] == "resume" { sight = FuzzLine.position(data?["data"]?["clock"]) }
        case EventName.apiResponse: try settle(&apiResponses, data?["requestId"], event)
        case EventName.error: try Self.checkError(data)
        case EventName.acknowledge, EventName.masterResponse, EventName.log: break
        default: throw FuzzFault("a reply that is \(event)")
        }
    }

    private func settle(_ due: inout [String: Int], _ id: JSON?, _ event: String) throws(FuzzFault) {
        let key = id?.text ?? ""
        guard let count = due[key] else { throw FuzzFault("nobody here asked for the \(event) \(key)") }
        due[key] = count > 1 ? count - 1 : nil
    }

    private static func checkError(_ error: JSON?) throws(FuzzFault) {
        guard let error, !error.isNull else { return }
        let code = error["code"]?.string.flatMap { ProtocolError.Code(rawValue: $0) }
        try FuzzFault.unless(
            code != nil && error["message"]?.string?.isEmpty == false && error["retryable"]?.bool != nil,
            "an error that says \(error.text)")
    }

    // MARK: What it must not be told

    /// The role presence knows names and states, and nothing about customers.
    func checkSight(of line: JSON) throws(FuzzFault) {
        guard role == .presence, let event = line["event"]?.string else { return }
        try FuzzFault.unless(line["from"] == nil, "presence was told the broadcast \(event)")
        let isOfAgent = event.hasPrefix("agent::") || event.hasPrefix("partyline::")
        try FuzzFault.unless(
            isOfAgent || Self.plain.contains(event) || Self.refusals.contains(event), "presence was told \(event)")
        let agent = event == EventName.agentUpdate ? line["data"] : line["data"]?["data"]?["snapshot"]
        for agent in [agent, line["data"]?["snapshot"]] {
            let names = (agent?["snapshot"]?.object?.names ?? []) + (agent?["configuration"]?.object?.names ?? [])
            let tooMuch = names.filter { !["state", "nextState", "name"].contains($0) }
            try FuzzFault.unless(tooMuch.isEmpty, "presence was told \(tooMuch) by \(event)")
        }
    }

    private static let plain: Set<String> = [EventName.acknowledge, EventName.updateConnectedCCPs]
    private static let refusals: Set<String> = [EventName.apiResponse]
}
