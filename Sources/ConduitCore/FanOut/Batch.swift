import DequeModule
import StreamsProtocol

/// Lines of the log that follow one another for some ports, as the bytes that these ports are sent.
struct Batch {
    /// The lines with their endings; empty if the ports want none of them.
    var bytes: [UInt8] = []
    /// How many lines that is.
    var lines = 0
    /// Where a port's cursor is after it.
    var end: LogPosition

    /// Ports that agree in all of this are sent the same batch.
    struct Key: Equatable {
        let interest: UInt64
        /// Where the ports' cursors are.
        let from: LogPosition
        /// The batch has no line at this place or after it.
        let end: LogPosition
        /// A line begins only while the lines before it have fewer bytes than this, without clock and time.
        let budget: Int
        /// True for a port that did not take what it was sent before: it gets no agent that was superseded since.
        let isLate: Bool
        /// True while a port that resumes catches up: events only.
        let isReplay: Bool
    }
}

/// The batches that were encoded since the log has grown: ports at the same place share one. Bounded, because ports that all
/// stand elsewhere would each leave one behind.
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
    /// The newest agent as the role presence is told it; nil for other roles, and without an agent.
    let narrowAgent: [UInt8]?

    /// Room for what follows the body of a line: clock and time for a subscriber (more with a sender), else `}` and newline.
    private var endingRoom: Int { interest.isSubscriber ? 96 : 2 }

    func encode(_ log: EventLog) -> Batch {
        let (places, end) = interest.key.isLatest ? newestOfEachName(log) : all(log)
        var batch = Batch(lines: places.count, end: end)
        if narrowAgent == nil {
            batch.bytes.reserveCapacity(places.reduce(0) { $0 + log.entries[$1].size + endingRoom })
        }
        for place in places { append(log.entries[place], to: &batch.bytes) }
        return batch
    }

    private func append(_ entry: EventLog.Entry, to bytes: inout [UInt8]) {
        if interest.key.isNarrow, entry.isUpdate, let narrowAgent {
            bytes += narrowAgent
        } else if let body = entry.body {
            bytes += body.bytes
            if interest.isSubscriber {
                bytes += clocks.ending(of: entry)
            } else {
                LineBody.plainEnding.withUTF8Buffer { bytes += $0 }
            }
        }
    }

    // MARK: Which lines

    /// The indices of the lines, and where the cursor is after them.
    private func all(_ log: EventLog) -> ([Int], LogPosition) {
        var places: [Int] = []
        var size = 0
        for place in log.index(from: key.from)..<log.entries.count {
            let position = log.entries[place].position
            guard position < key.end else { break }
            if size >= key.budget { return (places, position) }
            guard isWanted(log.entries[place], in: log) else { continue }
            places.append(place)
            size += log.entries[place].size
        }
        return (places, key.end)
    }

    private func newestOfEachName(_ log: EventLog) -> ([Int], LogPosition) {
        var newest: [String: Int] = [:]
        for place in log.index(from: key.from)..<log.entries.count {
            guard log.entries[place].position < key.end else { break }
            if isWanted(log.entries[place], in: log) { newest[log.entries[place].name] = place }
        }
        let places = newest.values.sorted()
        var size = 0
        for (index, place) in places.enumerated() {
            // Those that are left are the newest of their names in the next batch too.
            if size >= key.budget { return (Array(places[..<index]), log.entries[place].position) }
            size += log.entries[place].size
        }
        return (places, key.end)
    }

    /// A replay has events only. A late port, and one of the role presence, gets no agent that was superseded.
    private func isWanted(_ entry: EventLog.Entry, in log: EventLog) -> Bool {
        guard interest.wants(entry), !(key.isReplay && entry.isSuperseded) else { return false }
        guard entry.isUpdate, key.isLate || interest.key.isNarrow else { return true }
        if interest.key.isNarrow, narrowAgent == nil { return false }
        return entry.position >= log.agentUpdate?.position ?? 0
    }
}
