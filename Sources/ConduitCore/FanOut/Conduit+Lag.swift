import AgentModel
import StreamsProtocol

/// Ports that the log has left behind.
extension Conduit {
    /// What `next` had to say to the journal.
    public mutating func takeDeferredLogs() -> [ConduitAction] {
        defer { deferredLogs = [] }
        return deferredLogs
    }

    /// The newest line that the port missed, if it missed any.
    func losses(of port: Port) -> LogPosition? {
        if log.lastDropped >= port.cursor { return log.lastDropped }
        guard !port.interest.isSubscriber, !port.interest.key.isNarrow, log.lastLost >= port.cursor,
            log.lastLost > port.toldLost
        else { return nil }
        return log.lastLost
    }

    /// The lines for a port that missed something: it is told so, and gets the newest agent.
    mutating func catchUp(_ port: Port, _ lost: LogPosition) -> [[UInt8]] {
        noteLag(port)
        port.isLagNoted = false
        port.toldLost = lost
        var data = JSONObject([("from", .string(clock(port.cursor))), ("to", .string(clock(lost)))])
        let isDropped = log.lastDropped >= port.cursor
        let missedAgent = log.agentUpdate.map { (port.cursor...lost).contains($0.position) } ?? false
        if isDropped { port.cursor = log.lastDropped + 1 }
        guard port.interest.isSubscriber else {
            let lagged = ServerLine.encode(EventName.lagged, .object(data))
            guard isDropped, missedAgent, let agent = agentLine(for: port.interest) else { return [lagged] }
            // A newcomer that is still owed the agent has it with this.
            port.forgetAgentReply()
            return [lagged, agent]
        }
        // The snapshot is of now, so everything up to now is in it.
        port.cursor = log.end
        data["to"] = .string(clock)
        data["fresh"] = true
        data["clock"] = .string(clock)
        data["snapshot"] = snapshot(for: port.role)
        return [ServerLine.encode(EventName.lagged, .object(data))]
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
