import DequeModule

/// The place of a line in the log; it only grows.
public typealias LogPosition = UInt64

/// The order of the lines that go to every port: a bounded ring of names and sizes. The bytes are the hand's.
struct EventLog: Equatable {
    struct Limits: Equatable {
        let bytes: Int
        let lines: Int
    }

    private struct Entry: Equatable {
        let name: String
        let size: Int
    }

    let limits: Limits
    private var entries: Deque<Entry> = []
    /// The oldest line that is still there.
    private(set) var first: LogPosition = 1
    private(set) var bytes = 0

    init(limits: Limits) { self.limits = limits }

    /// Where the next line will stand.
    var end: LogPosition { first + LogPosition(entries.count) }
    var count: Int { entries.count }

    /// Takes a line, and lets go of the oldest ones until it fits; one line is always kept, however long.
    mutating func append(_ name: String, size: Int) -> LogPosition {
        entries.append(Entry(name: name, size: size))
        bytes += size
        while entries.count > 1, bytes > limits.bytes || entries.count > limits.lines {
            bytes -= entries.removeFirst().size
            first += 1
        }
        return end - 1
    }

    /// The size of a line that is still there.
    func size(of sequence: LogPosition) -> Int? {
        guard sequence >= first, sequence < end else { return nil }
        return entries[Int(sequence - first)].size
    }
}
