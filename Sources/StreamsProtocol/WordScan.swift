/// Finding the few bytes that matter in long stretches of those that do not: 64 at a time while there are none, then
/// eight.
enum WordScan {
    private static let low: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// The offset of the next newline from `start` on, or nil.
    static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var offset = start
        while offset + 64 <= bytes.count, isClear(bytes, offset, Self.newlines) { offset += 64 }
        while offset + 8 <= bytes.count {
            let found = newlines(word(bytes, offset))
            if found != 0 { return offset + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < bytes.count {
            if bytes[offset] == 0x0A { return offset }
            offset += 1
        }
        return nil
    }

    /// How many bytes from `start` on are certainly plain parts of a JSON string: no quote, no backslash and no control
    /// character among them. Fewer than eight may be left before the next one that is none.
    static func plain(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var offset = start
        while offset + 64 <= bytes.count, isClear(bytes, offset, Self.special) { offset += 64 }
        while offset + 8 <= bytes.count {
            let found = special(word(bytes, offset)) & high
            if found != 0 { return offset - start + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        return offset - start
    }

    /// True if no high bit is set in what `marks` makes of the 64 bytes from there on.
    @inline(__always)
    private static func isClear(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ marks: (SIMD16<UInt8>) -> SIMD16<UInt8>
    ) -> Bool {
        let found =
            marks(vector(bytes, offset)) | marks(vector(bytes, offset + 16)) | marks(vector(bytes, offset + 32))
            | marks(vector(bytes, offset + 48))
        // The compiler takes comparisons of vectors apart into single bytes; words it compares as they are.
        let words = unsafeBitCast(found, to: SIMD2<UInt64>.self)
        return (words[0] | words[1]) & high == 0
    }

    @inline(__always)
    private static func vector(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> SIMD16<UInt8> {
        bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
    }

    /// The high bit of each byte that is a quote, a backslash or a control character; the other bits mean nothing.
    @inline(__always)
    private static func special(_ bytes: SIMD16<UInt8>) -> SIMD16<UInt8> {
        let quote = bytes ^ SIMD16(repeating: 0x22)
        let backslash = bytes ^ SIMD16(repeating: 0x5C)
        return ((quote &- one) | (backslash &- one) | (bytes &- SIMD16(repeating: 0x20))) & ~bytes
    }

    /// The high bit of each byte that is a newline; the other bits mean nothing.
    @inline(__always)
    private static func newlines(_ bytes: SIMD16<UInt8>) -> SIMD16<UInt8> {
        ((bytes ^ SIMD16(repeating: 0x0A)) &- one) & ~bytes
    }

    @inline(__always)
    private static var one: SIMD16<UInt8> { SIMD16(repeating: 1) }

    /// The high bit of each byte that is a quote, a backslash or a control character, and as with newlines perhaps of
    /// some above it; the other bits mean nothing.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let quote = word ^ (low &* 0x22)
        let backslash = word ^ (low &* 0x5C)
        return (quote &- low) & ~quote | (backslash &- low) & ~backslash | (word &- (low &* 0x20)) & ~word
    }

    /// Little endian, so that the lowest bits are the first byte on every machine.
    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The high bit of each byte that is a newline. A borrow may set further ones, but only above the first that is right.
    @inline(__always)
    private static func newlines(_ word: UInt64) -> UInt64 {
        let zero = word ^ (low &* 0x0A)
        return (zero &- low) & ~zero & high
    }
}
