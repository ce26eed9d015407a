// SPDX-License-Identifier: Apache-2.0

/// Searches for rare bytes with SIMD: 64 bytes at a time while there is no match, then eight.
enum WordScan {
    private typealias Bytes = SIMD16<UInt8>

    /// The offset of the first newline at `start` or after it, or nil.
    static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var (offset, isFound) = search(bytes, start) { newlines($0) }
        if isFound { return offset }
        while offset < bytes.count {
            if bytes[offset] == 0x0A { return offset }
            offset += 1
        }
        return nil
    }

    /// The number of bytes from `start` on that are plain parts of a JSON string: no quotes, backslashes or control
    /// characters. A lower bound: up to seven more plain bytes may follow.
    static func plain(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        search(bytes, start) { specials($0) }.offset - start
    }

    /// The offset of the first match; if there is none, an offset with fewer than eight bytes left.
    ///
    /// - Parameter marks: sets the high bit of each matching byte; the other bits are ignored. It uses arithmetic, because
    ///   the compiler splits vector comparisons into single bytes. Pass a closure: a function reference would not be
    ///   inlined, but called for every 16 bytes.
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
            // Little endian, so that the lowest bits are the first byte on every architecture.
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
