// SPDX-License-Identifier: Apache-2.0
import AgentModel
import DequeModule
import StreamsProtocol

/// The newest entries of the daemon's log, for clients that ask what happened before.
struct LogMemory {
    struct Entry {
        /// Counts all entries of this run, from 1.
        let number: Int
        /// Milliseconds since 1970.
        let time: Int64
        let content: DaemonLogEntry
        let size: Int

        var json: JSON {
            var object = JSONObject([
                ("line", .int(number)), ("time", .string(Timestamp.text(milliseconds: time))),
                ("level", .string(content.level.rawValue)), ("text", .string(content.message)),
            ])
            let fields = content.fields.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
            if !fields.isEmpty { object["fields"] = .object(JSONObject(fields)) }
            return .object(object)
        }
    }

    static let limit = 1000
    static let byteLimit = 1 << 20

    private var entries: Deque<Entry> = []
    private var bytes = 0
    /// The number of the newest entry.
    private(set) var newest = 0

    mutating func add(_ content: DaemonLogEntry, at time: Int64) {
        newest += 1
        let size = content.fields.reduce(content.message.utf8.count + 64) {
            $0 + $1.key.utf8.count + $1.value.utf8.count
        }
        entries.append(Entry(number: newest, time: time, content: content, size: size))
        bytes += size
        while entries.count > 1, entries.count > Self.limit || bytes > Self.byteLimit {
            bytes -= entries.removeFirst().size
        }
    }

    /// Drops all entries: they may be about a sign-in that has ended.
    mutating func forget() { (entries, bytes) = ([], 0) }

    /// The newest entries from this level on, oldest first.
    func last(_ count: Int, from level: LogLevel) -> [Entry] {
        entries.filter { $0.content.level >= level }.suffix(count)
    }
}

extension Conduit {
    /// `getLogs {level?, limit?}`
    mutating func getLogs(_ request: Request) {
        let level = request.params["level"]?.string.flatMap { LogLevel(name: $0) } ?? .debug
        let entries = logMemory.last(request.params["limit"]?.int ?? LogMemory.limit, from: level)
        respond(request.port, request.id, .data(["entries": .array(entries.map(\.json))]))
    }
}
