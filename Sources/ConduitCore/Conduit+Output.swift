import AgentModel
import StreamsProtocol

extension Conduit {
    mutating func reply(_ id: PortID, _ event: String, _ data: JSON) { reply(id, ServerLine.encode(event, data)) }

    /// Keeps a line for one port. A port that lets its replies pile up is closed: nobody waits for it.
    mutating func reply(_ id: PortID, _ line: [UInt8], after: LogPosition? = nil) {
        guard let port = ports[id], !port.isLeaving else { return }
        switch port.account.charge(bytes: line.count) {
        case .failure(let refusal): dismiss(id, reason: "slow", message: refusal.message)
        case .success(let charge): keep(line, for: port, after: after ?? log.end, charge)
        }
    }

    private mutating func keep(_ line: [UInt8], for port: Port, after: LogPosition, _ charge: Charge) {
        let reply = ReplyID(number: nextReply)
        nextReply += 1
        port.replies.append(Port.Reply(content: .kept(reply, size: line.count, charge), after: after))
        actions.append(.reply(port.id, reply, line))
    }

    /// The port of that name, while it is on the line.
    public func port(_ id: PortID) -> Port? { ports[id] }

    /// What a port that can be written to is to be sent, in order: some `budget` bytes, or one item if that is longer.
    /// Its cursor moves on; what is returned counts as sent.
    ///
    /// - Parameter isLate: true for a port that did not take what it was sent before: it is spared what has been
    ///   superseded since.
    public mutating func next(for port: Port, budget: Int, isLate: Bool = false) -> Outgoing {
        var outgoing = Outgoing()
        var size = 0
        while size < budget {
            if let reply = port.replies.first, reply.after <= port.cursor {
                port.replies.removeFirst()
                size += take(reply.content, port, &outgoing)
            } else if port.cursor >= log.end {
                return outgoing
            } else if let lost = losses(of: port) {
                let lines = catchUp(port, lost)
                port.linesSent += lines.count
                for line in lines { outgoing.append(line) }
            } else {
                size += stretch(port, budget - size, isLate, &outgoing)
            }
        }
        outgoing.isAll = false
        return outgoing
    }

    /// The same for a port by its name; nothing where there is none.
    public mutating func next(for id: PortID, budget: Int, isLate: Bool = false) -> Outgoing {
        guard let port = ports[id] else { return Outgoing() }
        return next(for: port, budget: budget, isLate: isLate)
    }

    private mutating func take(_ content: Port.Reply.Content, _ port: Port, _ outgoing: inout Outgoing) -> Int {
        switch content {
        case .kept(let reply, let size, _):
            outgoing.append(.reply(reply))
            port.linesSent += 1
            return size
        case .agent:
            // A newer one that the port has before it anyway says all of it.
            guard let agentLine, agentLine.position < port.cursor, let line = line(ofAgentFor: port.interest) else {
                return 0
            }
            outgoing.append(.bytes(line))
            port.linesSent += 1
            return line.count
        }
    }

    /// True if the port has something to be sent.
    func hasOutput(for id: PortID) -> Bool {
        guard let port = ports[id] else { return false }
        return !port.replies.isEmpty || port.cursor < log.end
    }

    /// What a subscriber's line at that place has instead of its last brace and newline.
    public func ending(of position: LogPosition) -> [UInt8]? {
        log.entry(at: position).map { ServerLine.ending(clock: clock($0.clock), time: $0.time, from: $0.from) }
    }

    // MARK: Stretches of the log

    /// Takes the next lines of the log that the port wants; ports at the same place share the work.
    private mutating func stretch(
        _ port: Port, _ budget: Int, _ isLate: Bool, _ outgoing: inout Outgoing
    ) -> Int {
        let isReplay = port.cursor < port.replaysUntil
        let end = min(
            log.end, port.replies.first?.after ?? log.end, isReplay ? port.replaysUntil : log.end)
        let key = StretchKey(
            interest: port.interest.serial, from: port.cursor, end: end, budget: budget,
            isLate: isLate, isReplay: isReplay)
        let stretch = stretches.find(key) ?? makeStretch(key, port.interest)
        port.cursor = stretch.end
        port.linesSent += stretch.run?.positions.count ?? 0
        if let run = stretch.run { outgoing.append(.run(run)) }
        if stretch.bringsNarrowAgent, let line = narrowAgentLine(for: port.interest) {
            outgoing.append(.bytes(line))
            port.linesSent += 1
        }
        return stretch.size
    }

    private mutating func makeStretch(_ key: StretchKey, _ interest: Interest) -> Stretch {
        nextStretch += 1
        let stretch = StretchBuilder(
            log: log, interest: interest, key: key, newestUpdate: agentLine?.position ?? 0, serial: nextStretch
        ).build()
        stretches.remember(stretch, as: key)
        return stretch
    }

    // MARK: Those that lag

    /// What `next` had to say to the journal.
    public mutating func takeDeferredLogs() -> [ConduitAction] {
        defer { deferredLogs = [] }
        return deferredLogs
    }

    /// The newest line that the port missed, if it missed any.
    private func losses(of port: Port) -> LogPosition? {
        if log.lastDropped >= port.cursor { return log.lastDropped }
        guard !port.interest.isSubscriber, !port.interest.key.isNarrow, log.lastLost >= port.cursor,
            log.lastLost > port.toldLost
        else { return nil }
        return log.lastLost
    }

    /// A port that missed something is told so, and gets the newest agent.
    private mutating func catchUp(_ port: Port, _ lost: LogPosition) -> [OutgoingItem] {
        noteLag(port)
        port.isLagNoted = false
        port.toldLost = lost
        var data = JSONObject([("from", .string(clock(port.cursor))), ("to", .string(clock(lost)))])
        let isDropped = log.lastDropped >= port.cursor
        let missedAgent = (agentLine?.position ?? 0) >= port.cursor && (agentLine?.position ?? 0) <= lost
        if isDropped { port.cursor = log.lastDropped + 1 }
        guard port.interest.isSubscriber else {
            let lagged = OutgoingItem.bytes(ServerLine.encode(EventName.lagged, .object(data)))
            guard isDropped, missedAgent, let line = line(ofAgentFor: port.interest) else { return [lagged] }
            // A newcomer that is still owed the agent has it with this.
            port.replies.removeAll { if case .agent = $0.content { true } else { false } }
            return [lagged, .bytes(line)]
        }
        // The snapshot is of now, so everything up to now is in it.
        port.cursor = log.end
        data["to"] = .string(clock)
        data["fresh"] = true
        data["clock"] = .string(clock)
        data["snapshot"] = snapshot(for: port.role)
        return [.bytes(ServerLine.encode(EventName.lagged, .object(data)))]
    }

    /// Ports that the log has left behind get their verdict in the journal, also those that never read it.
    mutating func noteLags() {
        guard log.lastDropped > lagsNotedUpTo else { return }
        guard now.uptime >= nextLagCheck else {
            // Looking at every port costs: not more than once a second, and then for the last time too.
            if !isLagCheckDue { actions.append(.schedule(.lags, after: nextLagCheck - now.uptime)) }
            isLagCheckDue = true
            return
        }
        isLagCheckDue = false
        nextLagCheck = now.uptime + 1000
        lagsNotedUpTo = log.lastDropped
        for id in ports.keys.sorted() {
            if let port = ports[id], port.cursor <= log.lastDropped { noteLag(port) }
        }
    }

    private mutating func noteLag(_ port: Port) {
        guard !port.isLagNoted else { return }
        port.isLagNoted = true
        counters.lags += 1
        var fields = describe(port.peer)
        fields["port"] = port.name
        deferredLogs.append(
            .log(
                .warning, "a port is too slow: lines were left out, and it is told so (limits.eventLogBytes)", fields))
    }
}

extension EventLog.Entry {
    /// True for the agent as a whole, of which only the newest counts.
    var isUpdate: Bool { name == EventName.agentUpdate && from == nil }
}
