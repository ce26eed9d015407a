// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// A port as its client sees it: pending requests and received lines.
struct FuzzPort {
    let slot: UInt8
    /// Nil for a port that the rules refuse.
    let role: Role?
    /// Pending requests by the text of their requestId.
    private var responses: [String: Int] = [:]
    private var apiResponses: [String: Int] = [:]
    /// The lines of the log that it received since its last subscribe or unsubscribe.
    private(set) var received: [LogPosition] = []
    /// The port subscribed to everything, and has received every event up to this one.
    var receivedUpTo: LogPosition?
    /// The port awaits the reply to a subscription to everything.
    var isResuming = false

    init(slot: UInt8, role: Role?) {
        self.slot = slot
        self.role = role
    }

    /// The pending requests.
    var open: [String] { (Array(responses.keys) + Array(apiResponses.keys)).sorted() }

    // MARK: Requests

    mutating func sent(_ message: ClientMessage) {
        let members = message.data?.members("requestId", "method")
        let id = members?["requestId"]?.value
        switch message.event {
        case EventName.request:
            guard let id, id.string != nil || id.double != nil else { return }
            responses[id.text, default: 0] += 1
            if ["subscribe", "unsubscribe"].contains(members?["method"]?.string) {
                (received, receivedUpTo, isResuming) = ([], nil, false)
            }
        case EventName.apiRequest:
            guard members != nil || (role ?? .presence) < .operator else { return }
            apiResponses[id?.text ?? "", default: 0] += 1
        default: break
        }
    }

    // MARK: Received lines

    mutating func read(_ position: LogPosition) throws(FuzzFault) {
        try FuzzFault.unless(position > received.last ?? 0, "line \(position) comes after \(received.last ?? 0)")
        received.append(position)
    }

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
                try FuzzFault.unless(received.isEmpty, "lines came before the reply to subscribe: \(received)")
            }
            if isResuming, data?["requestId"] == "resume" { receivedUpTo = FuzzLine.position(data?["data"]?["clock"]) }
        case EventName.apiResponse: try settle(&apiResponses, data?["requestId"], event)
        case EventName.error: try Self.checkError(data)
        case EventName.acknowledge, EventName.masterResponse, EventName.log: break
        case EventName.ports: try FuzzFault.unless(data?["count"]?.int != nil, "partyline::ports without a count")
        default: throw FuzzFault("a reply with the event \(event)")
        }
    }

    private func settle(_ due: inout [String: Int], _ id: JSON?, _ event: String) throws(FuzzFault) {
        let key = id?.text ?? ""
        guard let count = due[key] else { throw FuzzFault("the \(event) \(key) answers no request") }
        due[key] = count > 1 ? count - 1 : nil
    }

    private static func checkError(_ error: JSON?) throws(FuzzFault) {
        guard let error, !error.isNull else { return }
        let code = error["code"]?.string.flatMap { ProtocolError.Code(rawValue: $0) }
        try FuzzFault.unless(
            code != nil && error["message"]?.string?.isEmpty == false && error["retryable"]?.bool != nil,
            "an invalid error: \(error.text)")
    }

    // MARK: Restrictions of roles

    /// The role presence sees the agent's name and states, and nothing about customers.
    func checkVisibility(of line: JSON) throws(FuzzFault) {
        guard role == .presence, let event = line["event"]?.string else { return }
        try FuzzFault.unless(line["from"] == nil, "presence received the broadcast \(event)")
        let isOfAgent = event.hasPrefix("agent::") || event.hasPrefix("partyline::")
        try FuzzFault.unless(
            isOfAgent || Self.plain.contains(event) || Self.refusals.contains(event), "presence received \(event)")
        let answer = line["data"]?["data"]
        let agent = event == EventName.agentUpdate ? line["data"] : answer?["snapshot"]
        for agent in [agent, line["data"]?["snapshot"], answer?["agent"]] {
            let names = (agent?["snapshot"]?.object?.names ?? []) + (agent?["configuration"]?.object?.names ?? [])
            let tooMuch = names.filter { !["state", "nextState", "name", "skew"].contains($0) }
            try FuzzFault.unless(tooMuch.isEmpty, "presence received \(tooMuch) in \(event)")
        }
    }

    private static let plain: Set<String> = [EventName.acknowledge, EventName.updateConnectedCCPs]
    private static let refusals: Set<String> = [EventName.apiResponse]
}
