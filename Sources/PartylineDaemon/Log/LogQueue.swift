// SPDX-License-Identifier: Apache-2.0

/// Log lines that wait to be written. Beyond `limit` the newest lines are dropped and counted: a log that is not read must
/// cost neither time nor memory.
struct LogQueue {
    /// In bytes. A single longer line is still queued if nothing else waits.
    static let limit = 256 << 10

    private var waiting: [UInt8] = []
    private var droppedSinceTake = 0
    /// Lines dropped so far.
    private(set) var dropped = 0

    var isEmpty: Bool { waiting.isEmpty && droppedSinceTake == 0 }

    mutating func add(_ line: [UInt8]) {
        guard waiting.isEmpty || waiting.count + line.count <= Self.limit else {
            dropped += 1
            droppedSinceTake += 1
            return
        }
        waiting += line
    }

    /// Counts lines that were taken and could not be written.
    mutating func failed(_ count: Int) { dropped += count }

    /// Removes all lines. `dropped` is the number of lines dropped after them.
    mutating func take() -> (lines: [UInt8], dropped: Int) {
        defer { (waiting, droppedSinceTake) = ([], 0) }
        return (waiting, droppedSinceTake)
    }
}
