import AgentModel
import StreamsProtocol

extension Conduit {
    mutating func received(_ id: PortID, _ line: [UInt8]) {
        guard ports[id]?.isLeaving == false else { return }
        do throws(ProtocolError) {
            let message = try ClientMessage(line: line)
            ports[id]?.badLinesInARow = 0
            try dispatch(id, message)
        } catch {
            error.code == .invalidLine ? bad(id, error) : reply(id, EventName.error, error.json)
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

    private mutating func dispatch(_ id: PortID, _ message: ClientMessage) throws(ProtocolError) {
        guard let port = ports[id] else { return }
        guard let needed = CommandTable.events[message.event] else {
            counters.unknownEvents += 1
            return
        }
        guard port.role >= needed else { return try refuse(port, message, needed) }
        switch message.event {
        case EventName.synchronize: reply(id, ServerLine.encode(EventName.acknowledge))
        case EventName.close:
            actions.append(.close(id, last: nil))
            leave(id)
        case EventName.request: try request(port, message.data)
        case EventName.apiRequest: try apiRequest(port, message.data)
        case EventName.broadcast: try broadcast(port, message.data)
        case EventName.webSocketSend: if let frame = message.data?.value { ask(port, .sendFrame(frame)) }
        case EventName.webSocketSubscribe:
            ask(port, .subscribe((message.data?.value.array ?? []).compactMap(\.string)))
        case EventName.masterRequest: try masterRequest(port, message.data)
        case EventName.tabId: named(port, tab: message.data?.value["tabId"])
        case EventName.configure: configure(port, message.data)
        case EventName.reloadAgentConfiguration: ask(port, .reloadConfiguration)
        default: ask(port, message)
        }
    }

    /// What is the session's business alone.
    private mutating func ask(_ port: Port, _ message: ClientMessage) {
        let data = message.data?.value ?? .null
        switch message.event {
        case EventName.terminate: ask(port, .terminate)
        case EventName.suppress: ask(port, .suppress(data))
        case EventName.forceOffline: ask(port, .forceOffline(data))
        case EventName.initDRPolling: ask(port, .initDRPolling(data))
        case EventName.sendLogs:
            // Echoed to everybody, and collected for the service.
            // More than the log can take in one turn would push everything else out of it.
            let entries = (data.array ?? []).suffix(1000).filter { $0.object != nil }
            for entry in entries { append(EventName.log, ServerLine.encode(EventName.log, entry)) }
            if !entries.isEmpty { ask(port, .logs(entries)) }
        default: break
        }
    }

    mutating func ask(_ port: Port, _ request: ConduitRequest) { actions.append(.ask(port.id, request)) }

    private mutating func refuse(
        _ port: Port, _ message: ClientMessage, _ needed: Role
    ) throws(ProtocolError) {
        counters.refusedMessages += 1
        let text = "\(message.event) needs the role \(needed.rawValue); this port has \(port.role.rawValue)"
        guard message.event == EventName.apiRequest else { throw ProtocolError(.notPermitted, text) }
        let requestId = message.data?.members("requestId")?["requestId"]
        let error: JSON = ["type": "not_permitted", "message": .string(text)]
        answer(port.id, requestId, .null, error.text)
    }

    private mutating func configure(_ port: Port, _ data: RawJSON?) {
        guard settings.acceptsConfigure else {
            counters.ignoredConfigures += 1
            return
        }
        ask(port, .configure(data?.value ?? .null))
    }

    private mutating func apiRequest(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let members = data?.members("requestId", "method", "params") else {
            throw ProtocolError(
                .invalidParams, "the data of an api_request has to be an object {requestId, method, params}",
                hint: #"{"event":"api_request","data":{"requestId":"1","method":"getAgentStates","params":{}}}"#)
        }
        ask(
            port,
            .call(
                requestId: members["requestId"], method: members["method"]?.string,
                params: members["params"]?.value ?? .null))
    }

    /// `data.event` with `data.data`, to every port and as it came. Without an event's name it is dropped, as in Streams.
    private mutating func broadcast(_ port: Port, _ data: RawJSON?) throws(ProtocolError) {
        guard let members = data?.members("event", "data"), let name = members["event"]?.string, !name.isEmpty else {
            return
        }
        guard !EventName.isReserved(name) else {
            throw ProtocolError(.notPermitted, "\(name) cannot be broadcast: only the daemon says it")
        }
        append(name, ServerLine.encode(name, raw: members["data"]))
        if name == EventName.apiProxyRequest, let request = members["data"] { ask(port, .proxy(request.value)) }
    }
}
