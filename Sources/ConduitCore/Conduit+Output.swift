import AgentModel
import StreamsProtocol

extension Conduit {
    mutating func reply(_ id: PortID, _ event: String, _ data: JSON) { reply(id, ServerLine.encode(event, data)) }

    /// Keeps a line for one port. A port that lets its replies pile up is closed: nobody waits for it.
    /// (The agent that a newcomer is told is no fault of the newcomer's, however large.)
    mutating func reply(_ id: PortID, _ line: [UInt8], isGreeting: Bool = false) {
        guard var port = ports[id], !port.isLeaving else { return }
        guard isGreeting || port.replies.isEmpty || port.replyBytes + line.count <= settings.replyBytes else {
            return dismiss(
                id, reason: "slow", message: "more than \(settings.replyBytes) bytes of replies were not read")
        }
        let reply = ReplyID(number: nextReply)
        nextReply += 1
        port.replies.append(Port.Reply(id: reply, size: line.count, after: log.end))
        port.replyBytes += line.count
        ports[id] = port
        actions.append(.reply(id, reply, line))
    }

    /// What a port that can be written to is to be sent, in order: some `budget` bytes, or one item if that is longer.
    /// Its cursor moves on; what is returned counts as sent.
    public mutating func next(for id: PortID, budget: Int) -> [OutgoingItem] {
        guard var port = ports[id] else { return [] }
        var items: [OutgoingItem] = []
        var size = 0
        while size < budget {
            if let reply = port.replies.first, reply.after <= port.cursor {
                port.replies.removeFirst()
                port.replyBytes -= reply.size
                items.append(.reply(reply.id))
                size += reply.size
            } else if port.cursor < log.first {
                items.append(contentsOf: catchUp(&port))
            } else if let length = log.size(of: port.cursor) {
                items.append(.line(port.cursor))
                port.cursor += 1
                size += length
            } else {
                break
            }
        }
        port.linesSent += items.count
        ports[id] = port
        return items
    }

    /// True if the port has something to be sent.
    func hasOutput(for id: PortID) -> Bool {
        guard let port = ports[id] else { return false }
        return !port.replies.isEmpty || port.cursor < log.end
    }

    /// The log's tail has passed a port's cursor: it is told so, and gets the newest agent if that was among the lost.
    private mutating func catchUp(_ port: inout Port) -> [OutgoingItem] {
        counters.lags += 1
        let from = port.cursor
        port.cursor = log.first
        let data: JSON = [
            "from": .string("\(settings.epoch):\(from)"), "to": .string("\(settings.epoch):\(log.first - 1)"),
        ]
        var items: [OutgoingItem] = [.bytes(ServerLine.encode(EventName.lagged, data))]
        if let agentLine, agentLine.sequence < log.first, agentLine.sequence >= from {
            items.append(.bytes(agentLine.bytes))
        }
        return items
    }
}
