import DequeModule
import StreamsProtocol

/// What lines of the log come next is the same for all ports of one interest that stand at one place.
struct StretchKey: Hashable {
    let interest: UInt64
    let from: LogPosition
    let end: LogPosition
    let budget: Int
    let isLate: Bool
    let isReplay: Bool
}

/// The next lines for such ports.
struct Stretch {
    let run: OutgoingRun?
    /// Where the port stands after it.
    let end: LogPosition
    let size: Int
    /// True if the newest agent follows, in the few words that the role presence is told.
    let bringsNarrowAgent: Bool
}

/// The stretches that were chosen since the log has grown.
struct StretchMemory {
    /// Most ports stand where the one before them stood.
    private var newest: (key: StretchKey, stretch: Stretch)?
    /// Those before it.
    private var all: [StretchKey: Stretch] = [:]

    func find(_ key: StretchKey) -> Stretch? {
        if let newest, newest.key == key { return newest.stretch }
        return all[key]
    }

    mutating func remember(_ stretch: Stretch, as key: StretchKey) {
        // Many ports stand at few places. Where they do not, there is no use in remembering.
        if all.count >= 64 { all = [:] }
        if let newest { all[newest.key] = newest.stretch }
        newest = (key, stretch)
    }

    mutating func forget() {
        guard newest != nil else { return }
        newest = nil
        if !all.isEmpty { all = [:] }
    }
}

/// Chooses them.
struct StretchBuilder {
    let log: EventLog
    let interest: Interest
    let key: StretchKey
    let newestUpdate: LogPosition
    let serial: UInt64

    func build() -> Stretch {
        interest.key.isLatest ? latest() : everything()
    }

    private func everything() -> Stretch {
        var positions: [LogPosition] = []
        var size = 0
        var index = log.index(from: key.from)
        while index < log.entries.count, log.entries[index].position < key.end, size < key.budget {
            let entry = log.entries[index]
            index += 1
            guard isWanted(entry) else { continue }
            if interest.key.isNarrow, entry.isUpdate {
                return stretch(positions, end: entry.position + 1, size: size + entry.size, bringsNarrowAgent: true)
            }
            positions.append(entry.position)
            size += entry.size
        }
        let isDone = index >= log.entries.count || log.entries[index].position >= key.end
        return stretch(positions, end: isDone ? key.end : log.entries[index].position, size: size)
    }

    /// Of each name the newest line, in the order of the log.
    private func latest() -> Stretch {
        var newest: [String: LogPosition] = [:]
        var size = 0
        for index in log.index(from: key.from)..<log.entries.count {
            let entry = log.entries[index]
            guard entry.position < key.end else { break }
            if isWanted(entry) { newest[entry.name] = entry.position }
        }
        var positions = newest.values.sorted()
        var end = key.end
        // The narrow agent comes in its place: what is newer comes after it, as a stretch of its own.
        let narrow = interest.key.isNarrow ? newest[EventName.agentUpdate] : nil
        if let narrow {
            end = narrow + 1
            positions = positions.filter { $0 < narrow }
        }
        for (index, position) in positions.enumerated() {
            // What is left is the newest of its name all the same.
            if size >= key.budget { return stretch(Array(positions[..<index]), end: position, size: size) }
            size += log.entry(at: position)?.size ?? 0
        }
        return stretch(positions, end: end, size: size, bringsNarrowAgent: narrow != nil)
    }

    /// A replay brings events only; a late port, and one that sees little of it, gets no agent that was superseded.
    private func isWanted(_ entry: EventLog.Entry) -> Bool {
        guard interest.wants(entry), !(key.isReplay && entry.isSuperseded) else { return false }
        let skipsOld = key.isLate || interest.key.isNarrow
        return !(skipsOld && entry.isUpdate && entry.position < newestUpdate)
    }

    private func stretch(
        _ positions: [LogPosition], end: LogPosition, size: Int, bringsNarrowAgent: Bool = false
    ) -> Stretch {
        let isForAll = !key.isLate && !key.isReplay && log.lastLost < key.from
        let run = OutgoingRun(
            serial: serial, positions: positions, isClocked: interest.isSubscriber,
            reach: isForAll ? OutgoingRun.Reach(interest: key.interest, from: key.from, end: end) : nil)
        return Stretch(
            run: positions.isEmpty ? nil : run, end: end, size: size, bringsNarrowAgent: bringsNarrowAgent)
    }
}
