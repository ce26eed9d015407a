// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Joins the entries that the daemon has kept and the new ones, over any number of connections, with none twice. Pure: takes
/// the messages of a connection and returns the entries to print.
struct LogTail {
    let level: LogLevel
    /// The most entries to print of those that were there before.
    let count: Int
    /// The run of the daemon that `last` belongs to.
    private var epoch: String?
    /// The number of the last entry. Each run of the daemon counts its entries.
    private var last = 0
    private var isFirst = true
    /// False until the kept entries of this connection have come.
    private(set) var hasKept = false

    /// The daemon keeps no more.
    static let most = 1000
    private static let keptId = "logs-kept"

    init(level: LogLevel, count: Int) { (self.level, self.count) = (level, count) }

    /// The messages to send on a new connection. New entries are requested before the kept ones: nothing falls in between.
    mutating func begin(follows: Bool) -> [(event: String, data: JSON)] {
        hasKept = false
        let name = JSON.string(level.rawValue)
        // Events would be in the way: this subscription has none.
        let quiet: JSON = ["events": [.string(EventName.bye)]]
        let limit = isFirst ? max(1, count) : Self.most
        let requests: [(String, String, JSON)] =
            (follows ? [("logs-quiet", "subscribe", quiet), ("logs-level", "setLogs", ["level": name])] : [])
            + [(Self.keptId, "getLogs", ["level": name, "limit": .int(limit)])]
        return requests.map { id, method, params in
            (EventName.request, ["requestId": .string(id), "method": .string(method), "params": params])
        }
    }

    /// The entries to print. Throws if the daemon refuses.
    mutating func entries(_ message: ServerMessage) throws(ProtocolFailure) -> [LogEntry] {
        switch message.event {
        case EventName.acknowledge:
            begin(run: message.data.flatMap { Welcome(json: $0) }?.epoch)
            return []
        case EventName.response:
            if let error = message.data?["err"], !error.isNull { throw ProtocolFailure(json: error) }
            return message.data?["requestId"]?.string == Self.keptId ? kept(message.data?["data"]) : []
        default:
            // Entries that come before the kept ones are among them.
            guard hasKept, let entry = LogEntry(message), isNew(entry) else { return [] }
            note([entry])
            return [entry]
        }
    }

    /// A restarted daemon counts from the beginning.
    private mutating func begin(run epoch: String?) {
        if epoch != self.epoch { last = 0 }
        self.epoch = epoch
    }

    private mutating func kept(_ data: JSON?) -> [LogEntry] {
        let entries = (data?["entries"]?.array ?? []).map { LogEntry(kept: $0) }
        let new = isFirst ? Array(entries.suffix(count)) : entries.filter(isNew)
        note(entries)
        (hasKept, isFirst) = (true, false)
        return new
    }

    private func isNew(_ entry: LogEntry) -> Bool { entry.number.map { $0 > last } ?? true }

    private mutating func note(_ entries: [LogEntry]) { last = entries.compactMap(\.number).reduce(last, max) }
}
