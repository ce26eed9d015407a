// SPDX-License-Identifier: Apache-2.0

/// Splits a stream of bytes into lines. Discards lines that are too long, and never buffers more than the limit.
public struct LineFramer: Sendable {
    public enum Frame: Equatable, Sendable {
        /// A line without its newline.
        case line([UInt8])
        /// A line exceeded the limit. Emitted once, as soon as it does; the rest of the line is skipped.
        case tooLong
    }

    /// The longest line in bytes, its newline not counted.
    public let limit: Int
    private var pending: [UInt8] = []
    private var isSkipping = false

    /// - Parameter limit: the longest line in bytes.
    public init(limit: Int) { self.limit = limit }

    /// The number of buffered bytes of an unfinished line.
    public var heldBytes: Int { pending.count }

    /// Adds the next bytes and emits the frames that they complete.
    public mutating func push(_ chunk: UnsafeRawBufferPointer, _ emit: (Frame) -> Void) {
        var start = 0
        while let newline = WordScan.newline(in: chunk, from: start) {
            append(chunk[start..<newline], ends: true, emit)
            start = newline + 1
        }
        if start < chunk.count { append(chunk[start...], ends: false, emit) }
    }

    /// Emits an unfinished line at the end of the stream: a client may leave out the last newline.
    public mutating func finish(_ emit: (Frame) -> Void) {
        guard !pending.isEmpty else { return }
        let line = pending
        pending = []
        emit(.line(line))
    }

    public mutating func push(_ chunk: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        chunk.withUnsafeBytes { push($0) { frames.append($0) } }
        return frames
    }

    private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>, ends: Bool, _ emit: (Frame) -> Void) {
        if isSkipping {
            isSkipping = !ends
            return
        }
        guard pending.count + bytes.count <= limit else {
            pending = []
            isSkipping = !ends
            return emit(.tooLong)
        }
        guard ends else { return pending.append(contentsOf: bytes) }
        // Rebased: copying a slice is slower (Benchmarks/HISTORY.md).
        if pending.isEmpty { return emit(.line(Array(UnsafeRawBufferPointer(rebasing: bytes)))) }
        pending.append(contentsOf: bytes)
        let line = pending
        pending = []
        emit(.line(line))
    }
}
