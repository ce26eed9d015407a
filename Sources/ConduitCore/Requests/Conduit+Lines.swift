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
            error.code == .invalidLine ? bad(port.id, error) : reply(port.id, EventName.error, error.json)
        }
    }

    mutating func tooLong(_ id: PortID) {
        guard ports[id]?.isLeaving == false else { return }
        bad(
            id,
            ProtocolError(
                .lineTooLong, "the line is longer than \(settings.lineLimit) bytes; it is skipped up to its end",
                hint: "the limit is limits.lineBytes in the daemon's configuration"))
    }

    private mutating func bad(_ id: PortID, _ error: ProtocolError) {
        counters.badLines += 1
        reply(id, EventName.error, error.json)
        ports[id]?.badLinesInARow += 1
        guard let port = ports[id], port.badLinesInARow >= settings.badLineLimit else { return }
        dismiss(id, reason: "bad_lines", message: "\(port.badLinesInARow) bad lines in a row")
    }

    private mutating func dispatch(_ port: Port, _ message: ClientMessage) throws(ProtocolError) {
        guard let entry = CommandTable.events[message.event] else {
            counters.unknownEvents += 1
            // Ignored as in Streams, also beyond the pace; who goes on and on is closed.
            _ = admit(port)
            return
        }
        guard port.role >= entry.role else {
            // Every page of Streams sends it, whatever its role.
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

    static let roleHint = "roles are given by access.rules in the daemon's configuration; then: partyline reload"

    // MARK: What each event does

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
        if let error = admit(port) ?? open(port) {
            return answer(port.id, members["requestId"], .null, Self.text(of: error))
        }
        let method = members["method"]?.string
        record(port, "an API request", ["method": String((method ?? "none").prefix(64))])
        ask(
            port,
            .call(
                .request(port.id, requestId: members["requestId"]), method: method,
                params: members["params"]?.value ?? .null))
    }

    /// An error of ours in the form of Streams.
    private static func text(of error: ProtocolError) -> String {
        var object = JSONObject([("type", .string(error.code.rawValue)), ("message", .string(error.message))])
        object["hint"] = error.hint.map { .string($0) }
        object["retryAfterMs"] = error.retryAfterMs.map { .int($0) }
        return JSON.object(object).text
    }

    mutating func sendFrame(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let frame = data?.value else { return }
        record(port, EventName.webSocketSend, ["topic": String((frame["topic"]?.string ?? "none").prefix(64))])
        ask(port, .sendFrame(frame))
    }

    mutating func subscribeTopics(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        let topics = (data?.value.array ?? []).compactMap(\.string)
        if !topics.isEmpty {
            record(port, EventName.webSocketSubscribe, ["topics": String(topics.joined(separator: " ").prefix(256))])
        }
        ask(port, .subscribe(topics))
    }

    mutating func nameTab(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        named(port, tab: data?.value["tabId"])
    }

    mutating func sendLogs(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        // Echoed to everybody, and collected for the service.
        // More than the log can take in one turn would push everything else out of it.
        let entries = (data?.value.array ?? []).suffix(1000).filter { $0.object != nil }
        for entry in entries { append(EventName.log, ServerLine.encode(EventName.log, entry)) }
        if !entries.isEmpty { ask(port, .logs(entries)) }
    }

    mutating func suppress(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        record(port, EventName.suppress)
        ask(port, .suppress(data?.value ?? .null))
    }

    mutating func forceOffline(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        record(port, EventName.forceOffline)
        ask(port, .forceOffline(data?.value ?? .null))
    }

    mutating func initDRPolling(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        record(port, EventName.initDRPolling)
        ask(port, .initDRPolling(data?.value ?? .null))
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

    // MARK: Broadcasts

    /// `data.event` with `data.data`, to every port and as it came. Without an event's name it is dropped, as in Streams.
    mutating func broadcast(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let message = data?.message, let name = message.name, !name.isEmpty else { return }
        guard !EventName.isReserved(name) else {
            throw ProtocolError(.notPermitted, "\(name) cannot be broadcast: only the daemon says it")
        }
        let isView = name == EventName.contactView
        append(
            EventLog.Entry(
                name, message.passedOn(as: name),
                audience: isView || Derivation.claims(name) ? .streams : .everyone, from: port.name, time: now.wall))
        if isView { view(port, message.content?.value) }
        if name == EventName.apiProxyRequest, let request = message.content { try proxy(port, request.value) }
    }

    /// A broadcast that the daemon serves is a call of the service like any other: paced, and in the journal.
    private mutating func proxy(_ port: Port, _ request: JSON) throws(ProtocolError) {
        if let error = admit(port) { throw error }
        record(port, "a request for another page", ["method": String((request["method"]?.string ?? "none").prefix(64))])
        ask(port, .proxy(request))
    }

    /// A page shows a contact. Subscribers are told it like every contact's event: with the contact.
    private mutating func view(_ port: Port, _ data: JSON?) {
        let contactId = data?["contactId"]?.string
        var object = data?.object ?? JSONObject()
        let contacts = derivation.agent?.snapshot.contacts ?? []
        object["contact"] = contacts.first { $0.contactId == contactId }.map { .object($0.json) } ?? .null
        let line = ServerLine.encode(EventName.contactView, .object(object))
        append(
            EventLog.Entry(
                EventName.contactView, LineBody(of: line), audience: .subscribers, contactId: contactId,
                from: port.name, time: now.wall))
    }

    // MARK: Handing on

    mutating func ask(_ port: Port, _ request: ConduitRequest) { actions.append(.ask(port.id, request)) }

    /// A line in the journal for what a client does upstream or to the daemon, with who did it.
    mutating func record(_ port: Port, _ what: String, _ fields: [String: String] = [:]) {
        actions.append(.log(.info, what, describe(port.peer).merging(fields) { $1 }))
    }

    /// Nil if the port may ask now. One that goes on and on asking although it is refused is closed.
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

    /// Nil if there is room for one more request under way; it is charged until it is answered.
    mutating func open(_ port: Port) -> ProtocolError? {
        switch port.account.chargeRequest() {
        case .success(let charge):
            openRequests[port.id, default: []].append(charge)
            return nil
        case .failure(let refusal):
            counters.limitedRequests += 1
            return refusal.error
        }
    }

    /// A request of that port has been answered.
    mutating func settle(_ id: PortID) {
        guard openRequests[id]?.popLast() != nil, openRequests[id]?.isEmpty == true else { return }
        openRequests[id] = nil
    }
}
