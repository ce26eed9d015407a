// SPDX-License-Identifier: Apache-2.0
import DequeModule
import StreamsProtocol

/// Consecutive lines of the log for ports with the same interest and cursor, encoded as bytes.
struct Batch {
    /// The lines with their endings; empty if the interest matches none.
    var bytes: [UInt8] = []
    /// The number of lines in `bytes`.
    var lines = 0
    /// A port's cursor after the batch.
    var end: LogPosition

    /// Ports with equal keys are sent the same batch.
    struct Key: Equatable {
        let interest: UInt64
        /// The ports' cursor.
        let from: LogPosition
        /// The batch ends before this position.
        let end: LogPosition
        /// A line is added only while the bodies of the lines before it have fewer bytes than this.
        let budget: Int
        /// True for a port whose earlier output is still unread: it is not sent an agent that has been superseded.
        let isLate: Bool
        /// True while a port that resumed catches up: it is sent events only, no superseded lines.
        let isReplay: Bool
    }
}

/// The batches encoded since the log last grew. Ports with the same interest and cursor share one. The cache is
/// bounded, because every port with a cursor of its own adds a batch.
struct BatchCache {
    static let limit = 16

    private var batches: [(key: Batch.Key, batch: Batch)] = []

    func find(_ key: Batch.Key) -> Batch? { batches.last { $0.key == key }?.batch }

    mutating func add(_ batch: Batch, for key: Batch.Key) {
        if batches.count == Self.limit { batches.removeFirst() }
        batches.append((key, batch))
    }

    mutating func removeAll() { batches.removeAll(keepingCapacity: true) }
}

struct BatchEncoder {
    let interest: Interest
    let key: Batch.Key
    let clocks: Clocks
    /// The line of the newest agent for the role presence; nil for other roles, and without an agent.
    let narrowAgent: [UInt8]?

    /// Bytes to reserve for the ending of a line: clock and time for a subscriber (a sender takes more), else `}\n`.
    private var endingRoom: Int { interest.isSubscriber ? 96 : 2 }

    func encode(_ log: EventLog) -> Batch {
        let (indices, end) = interest.key.isLatest ? newestOfEachName(log) : all(log)
        var batch = Batch(lines: indices.count, end: end)
        if narrowAgent == nil {
            batch.bytes.reserveCapacity(indices.reduce(0) { $0 + log.entries[$1].size + endingRoom })
        }
        for index in indices { append(log.entries[index], to: &batch.bytes) }
        return batch
    }

    private func append(_ entry: EventLog.Entry, to bytes: inout [UInt8]) {
        if interest.key.isNarrow, entry.isUpdate, let narrowAgent {
            bytes += narrowAgent
        } else if let body = entry.body(for: interest.key.view) {
            bytes += body.bytes
            if interest.isSubscriber {
                bytes += clocks.ending(of: entry)
            } else {
                LineBody.plainEnding.withUTF8Buffer { bytes += $0 }
            }
        }
    }

    // MARK: Which lines

    /// The indices of the lines, and the cursor after them.
    private func all(_ log: EventLog) -> ([Int], LogPosition) {
        var indices: [Int] = []
        var size = 0
        for index in log.index(from: key.from)..<log.entries.count {
            let position = log.entries[index].position
            guard position < key.end else { break }
            if size >= key.budget { return (indices, position) }
            guard isIncluded(log.entries[index], in: log) else { continue }
            indices.append(index)
            size += log.entries[index].size
        }
        return (indices, key.end)
    }

    private func newestOfEachName(_ log: EventLog) -> ([Int], LogPosition) {
        var newest: [String: Int] = [:]
        for index in log.index(from: key.from)..<log.entries.count {
            guard log.entries[index].position < key.end else { break }
            if isIncluded(log.entries[index], in: log) { newest[log.entries[index].name] = index }
        }
        let indices = newest.values.sorted()
        var size = 0
        for (offset, index) in indices.enumerated() {
            // The remaining lines are the newest of their names in the next batch too.
            if size >= key.budget { return (Array(indices[..<offset]), log.entries[index].position) }
            size += log.entries[index].size
        }
        return (indices, key.end)
    }

    /// A replay has events only. A late port, and a port of the role presence, is not sent a superseded agent.
    private func isIncluded(_ entry: EventLog.Entry, in log: EventLog) -> Bool {
        guard interest.matches(entry), !(key.isReplay && entry.isSuperseded) else { return false }
        guard entry.isUpdate, key.isLate || interest.key.isNarrow else { return true }
        if interest.key.isNarrow, narrowAgent == nil { return false }
        return entry.position >= log.agentUpdate?.position ?? 0
    }
}
