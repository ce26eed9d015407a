import AgentModel
public import StreamsProtocol

/// The downstream half of the shared worker: ports, what they say, and the order of what they are told.
///
/// A pure machine like `Session`. Its parts are in the files beside this one: the lines of clients (`Conduit+Lines`),
/// requests of our own (`Conduit+Requests`), the order of output (`Conduit+Output`), and how many there are
/// (`ConnectedCCPs`).
public struct Conduit: Sendable {
    let settings: ConduitSettings
    var now = Moment(wall: 0, uptime: 0)
    var actions: [ConduitAction] = []
    var ports: [PortID: Port] = [:]
    var log: EventLog
    var nextReply: UInt64 = 1
    var agent: Agent?
    /// The newest `agent::update`, for those who join, and where it stands in the log.
    var agentLine: (bytes: [UInt8], sequence: LogPosition)?
    var connectedCCPs = ConnectedCCPs()
    var masters = Masters()
    var tabs = Tabs()
    /// True once every port has been told that the daemon goes down.
    var isShuttingDown = false
    /// The number of the last entry of the daemon's log that was told.
    var logLine = 0
    /// What happened, for `getStatus`.
    public internal(set) var counters = ConduitCounters()

    /// A conduit without ports.
    public init(settings: ConduitSettings) {
        self.settings = settings
        log = EventLog(limits: EventLog.Limits(bytes: settings.logBytes, lines: settings.logLines))
    }

    /// Takes an event and says what is to be done, in order.
    public mutating func handle(_ event: ConduitEvent, at now: Moment) -> [ConduitAction] {
        self.now = now
        actions = []
        switch event {
        case .opened(let id, let peer, let nonce): opened(id, peer, nonce)
        case .line(let id, let bytes): received(id, bytes)
        case .lineTooLong(let id): tooLong(id)
        case .closed(let id): closed(id)
        case .publish(let name, let data): append(name, ServerLine.encode(name, raw: data))
        case .agent(let agent): publish(agent)
        case .forgetAgent:
            agent = nil
            agentLine = nil
        case .answered(let id, let requestId, let data, let error): answer(id, requestId, data, error)
        case .responded(let id, let requestId, let response): respond(id, requestId, response)
        case .logged(let entry): tell(entry)
        case .timer(.connectedCCPs): tellConnectedCCPs(JSONObject())
        case .shutdown(let reason): shutDown(reason)
        }
        defer { actions = [] }
        return actions
    }

    // MARK: Coming and going

    private mutating func opened(_ id: PortID, _ peer: Peer, _ nonce: String) {
        if isShuttingDown { return actions.append(.close(id, last: nil)) }
        guard let role = settings.access.role(of: peer) else { return refuse(id, peer) }
        let name = "\(now.wall)-\(nonce)"
        ports[id] = Port(
            id: id, name: name, peer: peer, role: role, connectedAt: now.wall, cursor: log.end)
        counters.connections += 1
        actions.append(.log(.debug, "a port opened", describe(peer)))
        reply(id, EventName.acknowledge, ["id": .string(name), "partyline": greeting(role)])
        connectedCCPsChanged(JSONObject())
        if let agentLine { reply(id, agentLine.bytes, isGreeting: true) }
    }

    private func greeting(_ role: Role) -> JSON {
        [
            "protocol": .int(Partyline.protocolVersion), "version": .string(Partyline.version),
            "epoch": .string(settings.epoch), "role": .string(role.rawValue),
            "capabilities": .array(CommandTable.capabilities.map { .string($0) }),
        ]
    }

    private mutating func refuse(_ id: PortID, _ peer: Peer) {
        counters.refusedConnections += 1
        let error = ProtocolError(
            .notPermitted, "user \(peer.uid) may not use this daemon, which belongs to user \(settings.access.ownUid)",
            hint: "run the program as user \(settings.access.ownUid) (sudo -u '#\(settings.access.ownUid)' …), "
                + "or start a partylined of your own: systemctl --user start partyline")
        actions.append(.log(.warning, "a port was refused", describe(peer)))
        actions.append(.close(id, last: ServerLine.encode(EventName.error, error.json)))
    }

    mutating func closed(_ id: PortID) {
        leave(id)
        ports[id] = nil
    }

    /// A port counts no longer.
    mutating func leave(_ id: PortID) {
        guard let port = ports[id], !port.isLeaving, !isShuttingDown else { return }
        ports[id]?.isLeaving = true
        actions.append(.log(.debug, "a port closed", describe(port.peer)))
        masters.leave(id)
        let tab = tabs.leave(id)
        connectedCCPsChanged(tabCounts(tab))
    }

    /// A port says which tab it belongs to.
    mutating func named(_ port: Port, tab: JSON?) {
        guard let tab = tab?.string, !tab.isEmpty, tab.utf8.count <= 256, tabs.join(port.id, tab) else { return }
        connectedCCPsChanged(tabCounts(tab))
    }

    /// What is told of tabs beside the number of ports.
    private func tabCounts(_ tab: String?) -> JSONObject {
        var object = JSONObject()
        if let tab {
            object["tabId"] = .string(tab)
            object[tab] = ["length": .int(tabs.count(in: tab))]
        }
        object["streamsTabsAcrossBrowser"] = .int(tabs.count)
        return object
    }

    /// Closes a port for a reason that it is told. One action does both, so that neither is forgotten.
    mutating func dismiss(_ id: PortID, reason: String, message: String) {
        guard let port = ports[id], !port.isLeaving else { return }
        actions.append(.log(.warning, "a port was closed: \(message)", describe(port.peer)))
        let data: JSON = ["reason": .string(reason), "message": .string(message)]
        actions.append(.close(id, last: ServerLine.encode(EventName.bye, data)))
        leave(id)
    }

    private mutating func shutDown(_ reason: String) {
        guard !isShuttingDown else { return }
        isShuttingDown = true
        for id in ports.keys.sorted() {
            let data: JSON = ["reason": "shutdown", "message": .string(reason)]
            actions.append(.close(id, last: ServerLine.encode(EventName.bye, data)))
        }
    }

    /// The ports that count.
    var portCount: Int { ports.values.count { !$0.isLeaving } }

    func describe(_ peer: Peer) -> [String: String] {
        ["pid": String(peer.pid), "uid": String(peer.uid), "program": peer.program ?? "?"]
    }

    // MARK: What everybody is told

    mutating func append(_ name: String, _ line: [UInt8]) {
        let before = log.first
        let sequence = log.append(name, size: line.count)
        actions.append(.append(sequence, line))
        if log.first > before { actions.append(.discard(before: log.first)) }
    }

    private mutating func publish(_ agent: Agent) {
        let complete = AgentAliases.added(to: agent)
        self.agent = complete
        let line = ServerLine.encode(EventName.agentUpdate, complete.json)
        append(EventName.agentUpdate, line)
        agentLine = (line, log.end - 1)
    }

    private mutating func connectedCCPsChanged(_ counts: JSONObject) {
        switch connectedCCPs.changed(at: now.uptime, settings) {
        case .tell: tellConnectedCCPs(counts)
        case .tellLater: actions.append(.schedule(.connectedCCPs, after: settings.connectedCCPsInterval))
        case .nothing: break
        }
    }

    private mutating func tellConnectedCCPs(_ counts: JSONObject) {
        connectedCCPs.told()
        var data = JSONObject([("length", .int(portCount))])
        for member in counts.members { data[member.name] = member.value }
        append(
            EventName.updateConnectedCCPs, ServerLine.encode(EventName.updateConnectedCCPs, .object(data)))
    }
}

/// Decides how often the number of ports is told: every change, unless they come too fast.
struct ConnectedCCPs: Equatable {
    enum Verdict { case tell, tellLater, nothing }

    private var recent: [Int64] = []
    private var isWaiting = false

    mutating func changed(at uptime: Int64, _ settings: ConduitSettings) -> Verdict {
        recent.removeAll { $0 <= uptime - 1000 }
        recent.append(uptime)
        if isWaiting { return .nothing }
        guard recent.count > settings.connectedCCPsPerSecond else { return .tell }
        recent.removeFirst(recent.count - settings.connectedCCPsPerSecond - 1)
        isWaiting = true
        return .tellLater
    }

    mutating func told() { isWaiting = false }
}

/// What happened since the daemon started.
public struct ConduitCounters: Equatable, Sendable {
    /// Connections that were let in.
    public var connections = 0
    /// Connections that the rules refused.
    public var refusedConnections = 0
    /// Lines that were not a message.
    public var badLines = 0
    /// Messages whose event nobody knows.
    public var unknownEvents = 0
    /// `configure` where the daemon authorizes by itself.
    public var ignoredConfigures = 0
    /// Messages that the port's role does not allow.
    public var refusedMessages = 0
    /// Times that a port was too slow for the log.
    public var lags = 0
}
