/// Finding the few bytes that matter in long stretches of those that do not: 64 at a time while there are none, then
/// eight.
enum WordScan {
    private typealias Bytes = SIMD16<UInt8>

    /// The offset of the next newline from `start` on, or nil.
    static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var (offset, isFound) = search(bytes, start) { newlines($0) }
        if isFound { return offset }
        while offset < bytes.count {
            if bytes[offset] == 0x0A { return offset }
            offset += 1
        }
        return nil
    }

    /// How many bytes from `start` on are certainly plain parts of a JSON string: no quote, no backslash and no control
    /// character among them. Fewer than eight may be left before the next one that is none.
    static func plain(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        search(bytes, start) { specials($0) }.offset - start
    }

    /// The offset of the first byte that is marked, or where there are fewer than eight bytes left without one.
    ///
    /// - Parameter marks: sets the high bit of each byte that is looked for; the other bits mean nothing. (With arithmetic:
    ///   the compiler takes comparisons of vectors apart into single bytes. A closure, not a function's name: that would be
    ///   called for every 16 bytes.)
    @inline(__always)
    private static func search(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ marks: (Bytes) -> Bytes
    ) -> (offset: Int, isFound: Bool) {
        var offset = start
        while offset + 64 <= bytes.count {
            let found =
                marks(sixteen(bytes, offset)) | marks(sixteen(bytes, offset + 16)) | marks(sixteen(bytes, offset + 32))
                | marks(sixteen(bytes, offset + 48))
            let words = unsafeBitCast(found, to: SIMD2<UInt64>.self)
            if (words[0] | words[1]) & high != 0 { break }
            offset += 64
        }
        while offset + 8 <= bytes.count {
            let words = unsafeBitCast(marks(eight(bytes, offset)), to: SIMD2<UInt64>.self)
            // Little endian, so that the lowest bits are the first byte on every machine.
            let found = UInt64(littleEndian: words[0]) & high
            if found != 0 { return (offset + found.trailingZeroBitCount / 8, true) }
            offset += 8
        }
        return (offset, false)
    }

    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// Quotes, backslashes and control characters.
    @inline(__always)
    private static func specials(_ bytes: Bytes) -> Bytes {
        let quote = bytes ^ Bytes(repeating: 0x22)
        let backslash = bytes ^ Bytes(repeating: 0x5C)
        return ((quote &- one) | (backslash &- one) | (bytes &- Bytes(repeating: 0x20))) & ~bytes
    }

    @inline(__always)
    private static func newlines(_ bytes: Bytes) -> Bytes { ((bytes ^ Bytes(repeating: 0x0A)) &- one) & ~bytes }

    @inline(__always)
    private static var one: Bytes { Bytes(repeating: 1) }

    @inline(__always)
    private static func sixteen(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bytes {
        bytes.loadUnaligned(fromByteOffset: offset, as: Bytes.self)
    }

    /// Eight bytes, twice.
    @inline(__always)
    private static func eight(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bytes {
        let half = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt8>.self)
        return Bytes(lowHalf: half, highHalf: half)
    }
}
