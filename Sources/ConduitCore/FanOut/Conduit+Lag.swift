// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Ports that have fallen behind the log's tail.
extension Conduit {
    /// Returns the log messages of `next` as actions.
    public mutating func takeDeferredLogs() -> [ConduitAction] {
        defer { deferredLogs = [] }
        return deferredLogs
    }

    /// The newest line that the port missed, if `partyline::lagged` has not reported it yet.
    func lastMissed(by port: Port) -> LogPosition? {
        if log.lastDropped >= port.cursor { return log.lastDropped }
        guard !port.interest.isSubscriber, !port.interest.key.isNarrow, log.lastLost >= port.cursor,
            log.lastLost > port.reportedLoss
        else { return nil }
        return log.lastLost
    }

    /// The lines for a port that missed some: `partyline::lagged`, and the newest agent or sign-in.
    mutating func catchUp(_ port: Port, _ lost: LogPosition) -> [[UInt8]] {
        noteLag(port)
        port.isLagNoted = false
        port.reportedLoss = lost
        var data = JSONObject([("from", .string(clock(port.cursor))), ("to", .string(clock(lost)))])
        let isDropped = log.lastDropped >= port.cursor
        let missedAgent = log.agentUpdate.map { (port.cursor...lost).contains($0.position) } ?? false
        if isDropped { port.cursor = log.lastDropped + 1 }
        guard port.interest.isSubscriber else {
            let lagged = ServerLine.encode(EventName.lagged, .object(data))
            guard isDropped, missedAgent, let agent = agentLine(for: port.interest) else { return [lagged] }
            // This line is also the agent that a new port waits for.
            port.forgetAgentReply()
            return [lagged, agent]
        }
        // The snapshot is current, so it covers everything up to the end of the log.
        port.cursor = log.end
        data["to"] = .string(clock)
        data["fresh"] = true
        data["clock"] = .string(clock)
        data["snapshot"] = snapshot(for: port.role)
        let states = stateLines(for: port, clock: clock)
        let standing = standingLines(for: port, clock: clock)
        return [ServerLine.encode(EventName.lagged, .object(data))] + states + (standing.isEmpty ? [] : [standing])
    }

    /// Records every port that has fallen behind the log's tail, also a port that never reads its `partyline::lagged`.
    mutating func noteLags() {
        guard log.lastDropped > lagsNotedUpTo else { return }
        guard now.uptime >= nextLagCheck else {
            // Checking every port is expensive: do it at most once a second. The timer makes sure of the last check.
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
                .warning,
                "a port is too slow: lines were left out, and it receives partyline::lagged (limits.eventLogBytes)",
                fields))
    }
}
