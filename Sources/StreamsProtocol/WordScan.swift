/// Finding the few bytes that matter in long stretches of those that do not, eight at a time.
enum WordScan {
    private static let low: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// The offset of the next newline from `start` on, or nil.
    static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var offset = start
        while offset + 8 <= bytes.count {
            let found = zeros(word(bytes, offset) ^ (low &* 0x0A))
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
        while offset + 8 <= bytes.count {
            let word = word(bytes, offset)
            let found =
                zeros(word ^ (low &* 0x22)) | zeros(word ^ (low &* 0x5C)) | ((word &- (low &* 0x20)) & ~word & high)
            if found != 0 { return offset - start + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        return offset - start
    }

    /// Little endian, so that the lowest bits are the first byte on every machine.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The high bit of each byte that is zero. A borrow may set further ones, but only above the first that is right.
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- low) & ~word & high }
}
