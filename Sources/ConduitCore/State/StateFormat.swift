import CZlib

/// How the two segments of the state journal are laid out.
///
/// A segment begins with the magic bytes, of which the last is the format's version, and its generation; then come
/// records: one checkpoint, which is a whole state but for the events before it, then changes, and where the daemon
/// was started again, the new run. A record is a checksum of all that follows in it, the length of its content, its
/// kind, and the content. Integers are little-endian; texts and lines have their length before them.
///
/// Version 1 had another checksum. It is not read: the state is begun anew.
///
/// The checksum is seeded with the generation and the record's place. So a segment need not be emptied before it is
/// begun again: what is left of its former life never passes for a record, and its memory need not be asked for again.
enum StateFormat {
    enum Kind: UInt32 {
        case checkpoint = 0x4B43_4843
        case change = 0x474E_4843
        case run = 0x204E_5552
    }

    static let magic: [UInt8] = Array("PLSTATE".utf8) + [2]
    /// The length of magic bytes and generation.
    static let headerLength = 16
    /// The length of a record's checksum, length and kind.
    static let recordHeaderLength = 12
    /// The length that says that there is no such text.
    static let absent = UInt32.max
    /// The greatest place that is believed.
    static let lastPosition: LogPosition = 1 << 62
    /// How many former runs are remembered.
    static let runLimit = 64
    /// How deep JSON may be nested: more than what came from outside could be.
    static let depthLimit = 256

    /// CRC-32. It is there for writes that were cut short, not against somebody who means harm: who can write to the file
    /// is its owner.
    static func checksum(_ bytes: UnsafeRawBufferPointer, generation: UInt64, offset: Int) -> UInt32 {
        let seed = withUnsafeBytes(of: (generation.littleEndian, UInt64(offset).littleEndian)) { crc(0, $0) }
        return UInt32(truncatingIfNeeded: crc(seed, bytes))
    }

    private static func crc(_ seed: UInt, _ bytes: UnsafeRawBufferPointer) -> UInt {
        crc32_z(seed, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
    }
}
