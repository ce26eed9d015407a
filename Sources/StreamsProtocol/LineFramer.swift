/// Cuts a stream of bytes into lines, and forgets lines that are too long without ever holding them.
public struct LineFramer: Sendable {
    /// What a stretch of the stream turned out to be.
    public enum Frame: Equatable, Sendable {
        /// A line without its newline.
        case line([UInt8])
        /// The limit was passed; said once, at once, and the rest up to the newline is skipped.
        case tooLong
    }

    /// The longest line in bytes, its newline not counted.
    public let limit: Int
    private var pending: [UInt8] = []
    private var isSkipping = false

    /// A framer for lines of up to so many bytes.
    public init(limit: Int) { self.limit = limit }

    /// The bytes of an unfinished line that are being held.
    public var heldBytes: Int { pending.count }

    /// Takes the next bytes and hands out what they complete.
    public mutating func push(_ chunk: UnsafeRawBufferPointer, _ emit: (Frame) -> Void) {
        var start = 0
        while let newline = WordScan.newline(in: chunk, from: start) {
            take(chunk[start..<newline], ends: true, emit)
            start = newline + 1
        }
        if start < chunk.count { take(chunk[start...], ends: false, emit) }
    }

    /// The same for an array.
    public mutating func push(_ chunk: [UInt8]) -> [Frame] {
        var frames: [Frame] = []
        chunk.withUnsafeBytes { push($0) { frames.append($0) } }
        return frames
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>, ends: Bool, _ emit: (Frame) -> Void) {
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
        // Rebased: of a slice the copy takes longer (Benchmarks/README.md).
        if pending.isEmpty { return emit(.line(Array(UnsafeRawBufferPointer(rebasing: bytes)))) }
        pending.append(contentsOf: bytes)
        let line = pending
        pending = []
        emit(.line(line))
    }
}
