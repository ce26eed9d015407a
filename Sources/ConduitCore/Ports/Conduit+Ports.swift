import AgentModel
import StreamsProtocol

extension Conduit {
    // MARK: Coming

    mutating func opened(_ id: PortID, _ peer: Peer, _ nonce: String) {
        if isShuttingDown { return actions.append(.close(id, last: nil)) }
        if case .refused(let error, let isNews, let count) = churn.opened(uid: peer.uid, pid: peer.pid, at: now.uptime)
        {
            return refuse(id, peer, error, isNews: isNews, count: count)
        }
        guard let role = settings.access.role(of: peer) else {
            return refuse(id, peer, settings.access.refusal(of: peer))
        }
        switch ledger.open(uid: peer.uid, pid: peer.pid) {
        case .failure(let refusal): refuse(id, peer, refusal.error)
        case .success(let account): welcome(id, peer, role, account, nonce)
        }
    }

    private mutating func welcome(_ id: PortID, _ peer: Peer, _ role: Role, _ account: PortAccount, _ nonce: String) {
        let name = "\(now.wall)-\(nonce)"
        let interest = interest(.init(patterns: nil, isLatest: false, isNarrow: role == .presence))
        ports[id] = Port(
            id: id, name: name, peer: peer, role: role, connectedAt: now, account: account, interest: interest,
            cursor: log.end,
            pace: pace(of: peer))
        counters.connections += 1
        actions.append(.log(.debug, "a port opened", describe(peer)))
        reply(id, EventName.acknowledge, ["id": .string(name), "partyline": greeting(role)])
        connectedCCPsChanged(JSONObject())
        if let port = ports[id] { replyAgent(to: port) }
    }

    private mutating func pace(of peer: Peer) -> RequestPace {
        guard var pace = formerPaces.opened(uid: peer.uid, pid: peer.pid, at: now.uptime) else {
            return RequestPace(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
        }
        // The limits may be others by now.
        pace.change(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
        return pace
    }

    private func greeting(_ role: Role) -> JSON {
        [
            "protocol": .int(Partyline.protocolVersion), "version": .string(Partyline.version),
            "epoch": .string(settings.epoch), "role": .string(role.rawValue),
            "capabilities": .array(CommandTable.capabilities.map { .string($0) }),
        ]
    }

    /// Refuses whom a rule or a limit refuses. Who tries again and again costs no less than who comes and goes.
    private mutating func refuse(_ id: PortID, _ peer: Peer, _ error: ProtocolError) {
        churn.closed(uid: peer.uid, pid: peer.pid, openedAt: now.uptime, at: now.uptime)
        var former = refusals[peer.uid] ?? (told: now.uptime - 1000, since: 0)
        former.since += 1
        let isNews = now.uptime - former.told >= 1000
        if refusals.count >= 256 { refusals = [:] }
        refusals[peer.uid] = isNews ? (told: now.uptime, since: 0) : former
        refuse(id, peer, error, isNews: isNews, count: former.since > 1 ? former.since : 0)
    }

    /// Says why not, and closes. Of those who try again and again the journal has one line a second, with their number.
    private mutating func refuse(
        _ id: PortID, _ peer: Peer, _ error: ProtocolError, isNews: Bool, count: Int
    ) {
        counters.refusedConnections += 1
        if isNews {
            var fields = describe(peer)
            if count > 0 { fields["refusedSince"] = String(count) }
            actions.append(.log(.warning, "a port was refused: \(error.message)", fields))
        }
        actions.append(.close(id, last: ServerLine.encode(EventName.error, error.json)))
    }

    // MARK: Going

    mutating func closed(_ id: PortID) {
        leave(id)
        ports[id] = nil
    }

    /// A port counts no longer.
    mutating func leave(_ id: PortID) {
        guard let port = ports[id], !port.isLeaving, !isShuttingDown else { return }
        port.leftAt = log.end
        actions.append(.log(.debug, "a port closed", describe(port.peer)))
        churn.closed(uid: port.peer.uid, pid: port.peer.pid, openedAt: port.connectedAt.uptime, at: now.uptime)
        formerPaces.closed(uid: port.peer.uid, pid: port.peer.pid, port.pace, at: now.uptime)
        release(port.interest)
        for number in syncs.filter({ $0.value.port == id }).keys.sorted() {
            syncs[number] = nil
            actions.append(.unschedule(.sync(number)))
            settle(id)
        }
        abandonCalls(of: id)
        masters.leave(id)
        let tab = tabs.leave(id)
        connectedCCPsChanged(tabCounts(tab))
    }

    /// Closes a port for a reason that it is told. One action does both, so that neither is forgotten.
    mutating func dismiss(_ id: PortID, reason: String, message: String) {
        guard let port = ports[id], !port.isLeaving else { return }
        var fields = describe(port.peer)
        fields["port"] = port.name
        actions.append(.log(.warning, "a port was closed: \(message)", fields))
        let data: JSON = ["reason": .string(reason), "message": .string(message)]
        actions.append(.close(id, last: ServerLine.encode(EventName.bye, data)))
        leave(id)
    }

    mutating func shutDown(_ reason: String) {
        guard !isShuttingDown else { return }
        isShuttingDown = true
        for id in ports.keys.sorted() where ports[id]?.isLeaving == false {
            let data: JSON = ["reason": "shutdown", "message": .string(reason)]
            actions.append(.close(id, last: ServerLine.encode(EventName.bye, data)))
        }
    }

    /// The ports that count.
    var portCount: Int { ports.values.count { !$0.isLeaving } }

    func describe(_ peer: Peer) -> [String: String] {
        ["pid": String(peer.pid), "uid": String(peer.uid), "program": peer.program ?? "?"]
    }

    // MARK: What is held for them

    /// The hand holds so many bytes for a port: an unfinished line, or writes that its client does not take.
    mutating func holding(_ id: PortID, _ bytes: Int) {
        guard let port = ports[id], !port.isLeaving else { return }
        port.held = nil
        guard bytes > 0 else { return }
        switch port.account.charge(bytes: bytes) {
        case .success(let charge): port.held = charge
        case .failure(let refusal): dismiss(id, reason: "slow", message: refusal.message)
        }
    }

    // MARK: Interests

    /// The interest of that kind; those who have the same share it.
    mutating func interest(_ key: Interest.Key) -> Interest {
        let interest = interests[key] ?? Interest(key, serial: nextInterest)
        if interests.updateValue(interest, forKey: key) == nil { nextInterest += 1 }
        interest.users += 1
        return interest
    }

    mutating func release(_ interest: Interest) {
        interest.users -= 1
        if interest.users == 0 { interests[interest.key] = nil }
    }

    // MARK: How many there are

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

    private mutating func connectedCCPsChanged(_ counts: JSONObject) {
        switch connectedCCPs.changed(at: now.uptime, settings) {
        case .tell: tellConnectedCCPs(counts)
        case .tellLater: actions.append(.schedule(.connectedCCPs, after: settings.connectedCCPsInterval))
        case .nothing: break
        }
    }

    mutating func tellConnectedCCPs(_ counts: JSONObject) {
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
