// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Conduit {
    mutating func received(_ id: PortID, _ lines: some Collection<[UInt8]>) {
        guard let port = ports[id] else { return }
        for line in lines where !port.isLeaving { received(port, line) }
    }

    private mutating func received(_ port: Port, _ line: [UInt8]) {
        do throws(ProtocolError) {
            let message = try ClientMessage(line: line)
            port.badLinesInARow = 0
            try dispatch(port, message)
        } catch {
            error.code == .invalidLine ? rejectLine(of: port.id, error) : reply(port.id, EventName.error, error.json)
        }
    }

    mutating func tooLong(_ id: PortID) {
        guard ports[id]?.isLeaving == false else { return }
        rejectLine(
            of: id,
            ProtocolError(
                .lineTooLong, "the line is longer than \(settings.lineLimit) bytes; it is skipped up to its end",
                hint: "the limit is limits.lineBytes in the daemon's configuration"))
    }

    private mutating func rejectLine(of id: PortID, _ error: ProtocolError) {
        counters.badLines += 1
        reply(id, EventName.error, error.json)
        ports[id]?.badLinesInARow += 1
        guard let port = ports[id], port.badLinesInARow >= settings.badLineLimit else { return }
        dismiss(id, reason: "bad_lines", message: "\(port.badLinesInARow) bad lines in a row")
    }

    private mutating func dispatch(_ port: Port, _ message: ClientMessage) throws(ProtocolError) {
        guard let entry = CommandTable.events[message.event] else {
            counters.unknownEvents += 1
            // Ignored as in Streams, without an error even beyond the rate limit. It counts towards the flood limit.
            _ = admit(port)
            return
        }
        guard port.role >= entry.role else {
            // Every page of Streams sends `configure`, so a daemon that ignores it must not answer with an error.
            guard message.event == EventName.configure, !settings.acceptsConfigure else {
                return try refuse(port, message, entry.role)
            }
            counters.ignoredConfigures += 1
            return
        }
        if entry.isPaced, let error = admit(port) { throw error }
        try entry.handle(&self, port, message.data)
    }

    private mutating func refuse(
        _ port: Port, _ message: ClientMessage, _ needed: Role
    ) throws(ProtocolError) {
        counters.refusedMessages += 1
        let requestId = message.data?.members("requestId")?["requestId"]
        if let error = admit(port) {
            guard message.event == EventName.apiRequest else { throw error }
            return answer(port.id, requestId, .null, Self.text(of: error))
        }
        let text = "\(message.event) needs the role \(needed.rawValue); this port has \(port.role.rawValue)"
        guard message.event == EventName.apiRequest else {
            throw ProtocolError(.notPermitted, text, hint: Self.roleHint)
        }
        let error: JSON = ["type": "not_permitted", "message": .string(text)]
        answer(port.id, requestId, .null, error.text)
    }

    static let roleHint = "edit access.rules in the daemon's configuration, then run: partyline reload"

    // MARK: Handlers of the client events

    mutating func synchronize(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        reply(port.id, ServerLine.encode(EventName.acknowledge))
    }

    mutating func close(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        actions.append(.close(port.id, last: nil))
        leave(port.id)
    }

    mutating func apiRequest(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let members = data?.members("requestId", "method", "params") else {
            throw ProtocolError(
                .invalidParams, "the data of an api_request has to be an object {requestId, method, params}",
                hint: #"{"event":"api_request","data":{"requestId":"1","method":"getAgentStates","params":{}}}"#)
        }
        if let error = admit(port) ?? chargeRequest(of: port) {
            return answer(port.id, members["requestId"], .null, Self.text(of: error))
        }
        let method = members["method"]?.string
        record(port, "an API request", ["method": String((method ?? "none").prefix(64))])
        let ticket = RequestTicket.request(port.id, requestId: members["requestId"])
        let params = members["params"]?.value ?? .null
        causes.asked(ticket, method, params, by: Author(port), before: derivation.agent)
        ask(port, .call(ticket, method: method, params: params))
    }

    /// The daemon's error as JSON text, like an error in an `api_response` of Streams.
    private static func text(of error: ProtocolError) -> String {
        var object = JSONObject([("type", .string(error.code.rawValue)), ("message", .string(error.message))])
        object["hint"] = error.hint.map { .string($0) }
        object["retryAfterMs"] = error.retryAfterMs.map { .int($0) }
        return JSON.object(object).text
    }

    mutating func sendFrame(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        // A frame without a topic is dropped without an error, as in Streams.
        guard let frame = data?.value else { return }
        record(port, EventName.webSocketSend, ["topic": String((frame["topic"]?.string ?? "none").prefix(64))])
        ask(port, .sendFrame(frame))
    }

    mutating func subscribeTopics(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let topics = try list(data, of: EventName.webSocketSubscribe).compactMap(\.string)
        if !topics.isEmpty {
            record(port, EventName.webSocketSubscribe, ["topics": String(topics.joined(separator: " ").prefix(256))])
        }
        ask(port, .subscribe(topics))
    }

    mutating func nameTab(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        joinTab(port, try object(data, of: EventName.tabId)["tabId"])
    }

    mutating func sendLogs(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        // Only the newest thousand: more would push all other superseded lines out of the log.
        let entries = try list(data, of: EventName.sendLogs).suffix(1000).filter { $0.object != nil }
        for entry in entries { append(EventName.log, ServerLine.encode(EventName.log, entry)) }
        if !entries.isEmpty { ask(port, .logs(entries)) }
    }

    mutating func suppress(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let data = try object(data, of: EventName.suppress)
        record(port, EventName.suppress)
        ask(port, .suppress(data))
    }

    mutating func forceOffline(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let data = try object(data, of: EventName.forceOffline)
        record(port, EventName.forceOffline)
        ask(port, .forceOffline(data))
    }

    mutating func initDRPolling(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let data = try object(data, of: EventName.initDRPolling)
        record(port, EventName.initDRPolling)
        ask(port, .initDRPolling(data))
    }

    mutating func configure(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard settings.acceptsConfigure else {
            counters.ignoredConfigures += 1
            return
        }
        record(port, EventName.configure)
        ask(port, .configure(data?.value ?? .null))
    }

    mutating func terminate(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        record(port, EventName.terminate)
        ask(port, .terminate)
    }

    mutating func reloadConfiguration(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        record(port, EventName.reloadAgentConfiguration)
        ask(port, .reloadConfiguration)
    }

    // MARK: Data of events

    private func object(_ data: RawJSON?, of event: String) throws(ProtocolError) -> JSON {
        guard let value = data?.value, value.object != nil else {
            throw ProtocolError(.invalidParams, "the data of \(event) has to be an object")
        }
        return value
    }

    private func list(_ data: RawJSON?, of event: String) throws(ProtocolError) -> [JSON] {
        guard let list = data?.value.array else {
            throw ProtocolError(.invalidParams, "the data of \(event) has to be a list")
        }
        return list
    }

    // MARK: Forwarding, limits and the journal

    mutating func ask(_ port: Port, _ request: ConduitRequest) { actions.append(.ask(port.id, request)) }

    /// Logs an action of a client upstream or on the daemon, with the client's process and user.
    mutating func record(_ port: Port, _ what: String, _ fields: [String: String] = [:]) {
        actions.append(.log(.info, what, describe(port.peer).merging(fields) { $1 }))
    }

    /// Returns nil if the port is within its rate limit, else the error. A port that continues in spite of refusals is
    /// closed.
    mutating func admit(_ port: Port) -> ProtocolError? {
        switch port.pace.take(at: now.uptime) {
        case .granted: return nil
        case .refused(let wait):
            counters.limitedRequests += 1
            return port.pace.error(retryAfter: wait)
        case .flooding:
            let error = port.pace.error(retryAfter: 1000)
            dismiss(port.id, reason: "flood", message: error.message)
            return error
        }
    }

    /// Charges one more request in progress until `settle`. Returns nil, or the error if a limit is reached.
    mutating func chargeRequest(of port: Port) -> ProtocolError? {
        switch port.account.chargeRequest() {
        case .success(let charge):
            openRequests[port.id, default: []].append(charge)
            return nil
        case .failure(let refusal):
            counters.limitedRequests += 1
            return refusal.error
        }
    }

    /// Releases the charge of a request that has been answered.
    mutating func settle(_ id: PortID) {
        guard openRequests[id]?.popLast() != nil, openRequests[id]?.isEmpty == true else { return }
        openRequests[id] = nil
    }
}
