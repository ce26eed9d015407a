// SPDX-License-Identifier: Apache-2.0
import CZlib

/// The format of the state journal's two segments.
///
/// A segment begins with the magic bytes, the last of which is the format version, and its generation. Records follow: one
/// checkpoint, which is a complete state without the events before it, then changes, and a run record for each restart of
/// the daemon. A record consists of a checksum of the rest of the record, the length of its content, its kind and the
/// content. Integers are little-endian; texts and lines are preceded by their length.
///
/// Version 1 had a different checksum. It is not read; the daemon starts with a new state.
///
/// The checksum is seeded with the generation and the record's offset, so that leftovers of an earlier generation never pass
/// for a record. A segment therefore can be reused without being cleared, and its memory does not have to be allocated again.
public enum StateFormat {
    enum Kind: UInt32 {
        case checkpoint = 0x4B43_4843
        case change = 0x474E_4843
        case run = 0x204E_5552
    }

    static let magic: [UInt8] = Array("PLSTATE".utf8) + [2]
    /// The length of the magic bytes and the generation.
    public static let headerLength = 16
    /// What replaces the header of a segment that has ended: a write failed, so it lacks the events since then.
    public static let ended = [UInt8](repeating: 0, count: headerLength)
    /// The length of a record's checksum, length and kind.
    static let recordHeaderLength = 12
    /// The length that marks an absent value.
    static let absent = UInt32.max
    /// The greatest position that is accepted as valid.
    static let maxPosition: LogPosition = 1 << 62
    /// The maximum number of previous runs.
    static let runLimit = 64
    /// The maximum nesting of JSON; more than the limit for input from outside.
    static let depthLimit = 256

    /// CRC-32. Detects incomplete writes. It need not resist manipulation, because only the file's owner can write to it.
    static func checksum(_ bytes: UnsafeRawBufferPointer, generation: UInt64, offset: Int) -> UInt32 {
        let seed = withUnsafeBytes(of: (generation.littleEndian, UInt64(offset).littleEndian)) { crc(0, $0) }
        return UInt32(truncatingIfNeeded: crc(seed, bytes))
    }

    private static func crc(_ seed: UInt, _ bytes: UnsafeRawBufferPointer) -> UInt {
        crc32_z(seed, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
    }
}
