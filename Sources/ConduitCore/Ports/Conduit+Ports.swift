// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Conduit {
    // MARK: Opening

    mutating func opened(_ id: PortID, _ peer: Peer, _ nonce: String) {
        if isShuttingDown { return actions.append(.close(id, last: nil)) }
        let verdict = churn.opened(uid: peer.uid, pid: peer.pid, at: now.uptime)
        if case .refused(let error, let shouldLog, let count) = verdict {
            return refuse(id, peer, error, loggedCount: shouldLog ? count : nil)
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
        let interest = interest(.init(patterns: nil, isLatest: false, role: role))
        ports[id] = Port(
            id: id, name: name, peer: peer, role: role, connectedAt: now, account: account, interest: interest,
            cursor: log.end,
            pace: pace(of: peer))
        counters.connections += 1
        actions.append(.log(.debug, "a port opened", describe(peer)))
        reply(id, EventName.acknowledge, ["id": .string(name), "partyline": greeting(role)])
        connectedCCPsChanged(JSONObject())
        portsChanged(joined: ports[id])
        if let port = ports[id] { replyAgent(to: port) }
    }

    private mutating func pace(of peer: Peer) -> RequestPace {
        guard var pace = formerPaces.opened(uid: peer.uid, pid: peer.pid, at: now.uptime) else {
            return RequestPace(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
        }
        // A reload may have changed the limits since.
        pace.change(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
        return pace
    }

    private func greeting(_ role: Role) -> JSON {
        [
            "protocol": .int(Partyline.protocolVersion), "version": .string(Partyline.version),
            "epoch": .string(settings.epoch), "role": .string(role.rawValue), "lineBytes": .int(settings.lineLimit),
            "capabilities": .array(CommandTable.capabilities.map { .string($0) }),
        ]
    }

    /// Refuses a connection that the access rules or a limit forbid. It counts towards the limit of short connections,
    /// like an accepted one.
    private mutating func refuse(_ id: PortID, _ peer: Peer, _ error: ProtocolError) {
        churn.closed(uid: peer.uid, pid: peer.pid, openedAt: now.uptime, at: now.uptime)
        let count = pacedLog.note(uid: peer.uid, "refused", at: now.uptime)
        refuse(id, peer, error, loggedCount: count.map { $0 > 1 ? $0 : 0 })
    }

    /// Sends the error and closes. Repeated refusals are logged at most once a second, with their count. `loggedCount`
    /// is nil for a refusal that is not logged, and 0 for one that stands alone.
    private mutating func refuse(_ id: PortID, _ peer: Peer, _ error: ProtocolError, loggedCount: Int?) {
        counters.refusedConnections += 1
        if let loggedCount {
            var fields = describe(peer)
            if loggedCount > 0 { fields["refusedSince"] = String(loggedCount) }
            actions.append(.log(.warning, "a port was refused: \(error.message)", fields))
        }
        actions.append(.close(id, last: ServerLine.encode(EventName.error, error.json)))
    }

    // MARK: Closing

    mutating func closed(_ id: PortID) {
        halfClosed.remove(id)
        finishing.remove(id)
        leave(id)
        ports[id] = nil
    }

    /// Releases what a port holds and stops counting it. Its pending output can still be sent.
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
        endView(of: port)
        if port.hasBegunSignIn { actions.append(.ask(id, .portClosed)) }
        masters.leave(id)
        let tab = tabs.leave(id)
        connectedCCPsChanged(tabCounts(tab))
        portsChanged(left: port)
    }

    /// Closes the half-closed ports that wait for nothing: all their requests are answered, and they have not subscribed.
    mutating func finishAnsweredPorts() {
        guard !halfClosed.isEmpty, !isShuttingDown else { return }
        for id in halfClosed.filter({ openRequests[$0] == nil }).sorted() {
            halfClosed.remove(id)
            guard ports[id]?.isLeaving == false else { continue }
            leave(id)
            finishing.insert(id)
            actions.append(.finish(id))
        }
    }

    /// Closes a port with `partyline::bye`. One action does both, so neither can be forgotten.
    mutating func dismiss(_ id: PortID, reason: String, message: String) {
        guard let port = ports[id], !port.isLeaving else { return }
        if let count = pacedLog.note(uid: port.peer.uid, reason, at: now.uptime) {
            var fields = describe(port.peer)
            fields["port"] = port.name
            if count > 1 { fields["closedSince"] = String(count) }
            actions.append(.log(.warning, "a port was closed: \(message)", fields))
        }
        let data: JSON = ["reason": .string(reason), "message": .string(message)]
        actions.append(.close(id, last: ServerLine.encode(EventName.bye, data)))
        leave(id)
    }

    mutating func shutDown(_ reason: String) {
        guard !isShuttingDown else { return }
        forwardToCalls(.stopping)
        isShuttingDown = true
        for id in ports.keys.sorted() {
            // A port that only drains must not delay the end.
            if finishing.contains(id) { actions.append(.close(id, last: nil)) }
            guard ports[id]?.isLeaving == false else { continue }
            let data: JSON = ["reason": "shutdown", "message": .string(reason)]
            actions.append(.close(id, last: ServerLine.encode(EventName.bye, data)))
        }
    }

    /// The number of ports that are not closing.
    var portCount: Int { ports.values.count { !$0.isLeaving } }

    func describe(_ peer: Peer) -> [String: String] {
        ["pid": String(peer.pid), "uid": String(peer.uid), "program": peer.program ?? "?"]
    }

    // MARK: Buffered bytes

    /// Charges the bytes that the server buffers for a port, instead of those charged before.
    mutating func buffered(_ id: PortID, _ bytes: Int) {
        guard let port = ports[id], !port.isLeaving else { return }
        port.held = nil
        port.heldAgent = nil
        guard bytes > 0 else { return port.firstAgentBytes = 0 }
        let agent = min(bytes, port.firstAgentBytes)
        port.heldAgent = port.account.chargeFirstAgent(bytes: agent)
        switch port.account.charge(bytes: port.heldAgent == nil ? bytes : bytes - agent) {
        case .success(let charge): port.held = charge
        case .failure(let refusal): dismiss(id, reason: "slow", message: refusal.message)
        }
    }

    // MARK: Interests

    /// Returns the shared interest with this key, and adds a user to it.
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

    // MARK: The number of ports and tabs

    mutating func joinTab(_ port: Port, _ tab: JSON?) {
        guard let tab = tab?.string, !tab.isEmpty, tab.utf8.count <= 256, tabs.join(port.id, tab) else { return }
        connectedCCPsChanged(tabCounts(tab))
    }

    /// The members of `updateConnectedCCPs` beside the number of ports.
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
        case .publish: publishConnectedCCPs(counts)
        case .publishLater: actions.append(.schedule(.connectedCCPs, after: settings.connectedCCPsInterval))
        case .nothing: break
        }
    }

    mutating func publishConnectedCCPs(_ counts: JSONObject) {
        connectedCCPs.published()
        var data = JSONObject([("length", .int(portCount))])
        for member in counts.members { data[member.name] = member.value }
        append(
            EventName.updateConnectedCCPs, ServerLine.encode(EventName.updateConnectedCCPs, .object(data)))
    }
}

/// Limits the rate of `updateConnectedCCPs`: every change is published, unless changes come too fast.
struct ConnectedCCPs: Equatable {
    enum Verdict { case publish, publishLater, nothing }

    private var recent: [Int64] = []
    private var isWaiting = false

    mutating func changed(at uptime: Int64, _ settings: ConduitSettings) -> Verdict {
        recent.removeAll { $0 <= uptime - 1000 }
        recent.append(uptime)
        if isWaiting { return .nothing }
        guard recent.count > settings.connectedCCPsPerSecond else { return .publish }
        recent.removeFirst(recent.count - settings.connectedCCPsPerSecond - 1)
        isWaiting = true
        return .publishLater
    }

    mutating func published() { isWaiting = false }
}
