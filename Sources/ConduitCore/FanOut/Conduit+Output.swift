// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// The ports that may have output.
public enum DuePorts: Equatable, Sendable {
    /// The log has grown: any port may have output.
    case all
    /// These have replies. A port may be named more than once.
    case some([PortID])

    /// True if no port has output.
    var isEmpty: Bool { self == .some([]) }

    mutating func add(_ id: PortID) {
        guard case .some(var ids) = self else { return }
        // Drops the other reference to the list, or `append` would copy it.
        self = .all
        ids.append(id)
        self = .some(ids)
    }
}

extension Conduit {
    // MARK: Replies

    mutating func reply(_ id: PortID, _ event: String, _ data: JSON) { reply(id, ServerLine.encode(event, data)) }

    /// Queues a line for one port. A port whose unread replies exceed its limit is closed, because they use up memory.
    ///
    /// - Parameter isFirstAgent: true for the first snapshot that the port subscribes to.
    mutating func reply(_ id: PortID, _ line: [UInt8], after: LogPosition? = nil, isFirstAgent: Bool = false) {
        guard let port = ports[id], !port.isLeaving else { return }
        if isFirstAgent, let charge = port.account.chargeFirstAgent(bytes: line.count) {
            port.firstAgentBytes = line.count
            return add(Port.Reply(content: .line(line, charge), after: after ?? log.end), to: port)
        }
        switch port.account.charge(bytes: line.count) {
        case .failure(let refusal): dismiss(id, reason: "slow", message: refusal.message)
        case .success(let charge): add(Port.Reply(content: .line(line, charge), after: after ?? log.end), to: port)
        }
    }

    /// Queues the newest agent for a port that has none.
    mutating func replyAgent(to port: Port) {
        if agent != nil { add(Port.Reply(content: .agent, after: log.end), to: port) }
    }

    private mutating func add(_ reply: Port.Reply, to port: Port) {
        port.replies.append(reply)
        duePorts.add(port.id)
        // Replies count towards the port's limit until they are sent: many of them must not wait for the turn's end.
        if port.replies.count % Self.repliesPerWrite == 0 { actions.append(.write(port.id)) }
    }

    private static let repliesPerWrite = 16

    // MARK: The end of a turn: first persist, then write

    /// True if there is anything to persist or to write.
    public var hasOutput: Bool { !draft.isEmpty || !duePorts.isEmpty }

    /// Persists the changes that a restart must find. Until then `next` returns nothing: otherwise a client could
    /// receive an event that a restarted daemon does not have.
    ///
    /// - Parameter write: writes the draft; returns false if no state can be kept any more. Not called if there are no
    ///   changes.
    public mutating func persist(_ write: (inout StateDraft) -> Bool) {
        guard !draft.isEmpty else { return }
        let isKept = write(&draft)
        draft.clear()
        if !isKept { settings.keepsState = false }
    }

    /// Returns the ports that may have output, and clears them. `next` returns the output.
    public mutating func takeDuePorts() -> DuePorts {
        defer { duePorts = .some([]) }
        return duePorts
    }

    /// The next output of a port: whole lines, about `budget` bytes of them, or one line if that is longer. Fewer bytes
    /// mean that there is no more. Nil means no output, or that `persist` must be called first. The returned bytes
    /// count as sent: the port's cursor moves past them.
    ///
    /// - Parameter isLate: true for a port whose earlier output is still unread: agents that have been superseded since
    ///   are skipped.
    public mutating func next(for id: PortID, budget: Int, isLate: Bool = false) -> [UInt8]? {
        guard draft.isEmpty, let port = ports[id] else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < budget {
            if let reply = port.replies.first, reply.after <= port.cursor {
                port.replies.removeFirst()
                add(line(of: reply, to: port), &bytes, port)
            } else if port.cursor >= port.leftAt ?? log.end {
                break
            } else if let lost = lastMissed(by: port) {
                for line in catchUp(port, lost) { add(line, &bytes, port) }
            } else {
                let batch = batch(for: port, budget: budget - bytes.count, isLate)
                port.cursor = batch.end
                port.linesSent += batch.lines
                // Assigned, not appended: a hundred ports share the same bytes without a copy.
                if bytes.isEmpty { bytes = batch.bytes } else { bytes += batch.bytes }
            }
        }
        return bytes.isEmpty ? nil : bytes
    }

    private func add(_ line: [UInt8]?, _ bytes: inout [UInt8], _ port: Port) {
        guard let line else { return }
        bytes += line
        port.linesSent += 1
    }

    private func line(of reply: Port.Reply, to port: Port) -> [UInt8]? {
        switch reply.content {
        case .line(let line, _): line
        // If the newest agent is still ahead of the cursor, the port receives it from the log.
        case .agent: (log.agentUpdate?.position ?? .max) < port.cursor ? firstAgentLine(of: port) : nil
        }
    }

    private func firstAgentLine(of port: Port) -> [UInt8]? {
        let line = agentLine(for: port.interest)
        port.firstAgentBytes = line?.count ?? 0
        return line
    }

    private mutating func batch(for port: Port, budget: Int, _ isLate: Bool) -> Batch {
        let isReplay = port.cursor < port.replaysUntil
        let last = port.leftAt ?? log.end
        let end = min(last, port.replies.first?.after ?? last, isReplay ? port.replaysUntil : last)
        let key = Batch.Key(
            interest: port.interest.serial, from: port.cursor, end: end, budget: budget, isLate: isLate,
            isReplay: isReplay)
        if let batch = batches.find(key) { return batch }
        let batch = BatchEncoder(
            interest: port.interest, key: key, clocks: clocks,
            narrowAgent: port.interest.key.isNarrow ? agentLine(for: port.interest) : nil
        ).encode(log)
        batches.add(batch, for: key)
        return batch
    }

    // MARK: The agent as a line

    /// The newest `agent::update` for ports with this interest; nil without an agent.
    func agentLine(for interest: Interest) -> [UInt8]? {
        guard let agent, let entry = log.agentUpdate, let whole = entry.body else { return nil }
        let body =
            interest.key.isNarrow
            ? LineBody(of: ServerLine.encode(EventName.agentUpdate, Self.narrow(agent))) : whole
        return body.bytes + (interest.isSubscriber ? clocks.ending(of: entry) : Array("}\n".utf8))
    }

    /// The agent for the role presence: name, state and next state.
    static func narrow(_ agent: AgentData) -> JSON {
        var snapshot = JSONObject()
        snapshot["state"] = agent.snapshot.json["state"]
        snapshot["nextState"] = agent.snapshot.json["nextState"]
        snapshot["skew"] = agent.skew
        var configuration = JSONObject()
        configuration["name"] = agent.configuration.json["name"]
        return ["snapshot": .object(snapshot), "configuration": .object(configuration)]
    }
}
