/// How the two segments of the state journal are laid out.
///
/// A segment begins with the magic bytes, of which the last is the format's version, and its generation; then come
/// records: one checkpoint, which is a whole state but for the events before it, then changes, and where the daemon
/// was started again, the new run. A record is a checksum of all that follows in it, the length of its content, its
/// kind, and the content. Integers are little-endian; texts and lines have their length before them.
///
/// The checksum is seeded with the generation and the record's place. So a segment need not be emptied before it is
/// begun again: what is left of its former life never passes for a record, and its memory need not be asked for again.
enum StateFormat {
    enum Kind: UInt32 {
        case checkpoint = 0x4B43_4843
        case change = 0x474E_4843
        case run = 0x204E_5552
    }

    static let magic: [UInt8] = Array("PLSTATE".utf8) + [1]
    /// The length of magic bytes and generation.
    static let headerLength = 16
    /// The length of a record's checksum, length and kind.
    static let recordHeaderLength = 16
    /// The length that says that there is no such text.
    static let absent = UInt32.max
    /// The greatest place that is believed.
    static let lastPosition: LogPosition = 1 << 62
    /// How many former runs are remembered.
    static let runLimit = 64
    /// How deep JSON may be nested: more than what came from outside could be.
    static let depthLimit = 256

    /// A multiply and a rotation for each word, in four lanes. It is there for writes that were cut short, not against
    /// somebody who means harm: who can write to the file is its owner.
    static func checksum(_ bytes: UnsafeRawBufferPointer, generation: UInt64, offset: Int) -> UInt64 {
        let seed = mix(mix(UInt64(bytes.count), generation), UInt64(truncatingIfNeeded: offset))
        // Each lane is kept as it is before its rotation: of a product that is rotated at once the compiler makes two.
        var lanes = (turnedBack(seed), turnedBack(~seed), turnedBack(seed &+ factor), turnedBack(seed &- factor))
        var place = 0
        while place + 32 <= bytes.count {
            lanes.0 = product(turned(lanes.0), word(bytes, place))
            lanes.1 = product(turned(lanes.1), word(bytes, place + 8))
            lanes.2 = product(turned(lanes.2), word(bytes, place + 16))
            lanes.3 = product(turned(lanes.3), word(bytes, place + 24))
            place += 32
        }
        lanes = (turned(lanes.0), turned(lanes.1), turned(lanes.2), turned(lanes.3))
        while place < bytes.count {
            lanes.0 = mix(lanes.0, lastWord(bytes, place))
            place += 8
        }
        let sum = mix(mix(mix(lanes.0, lanes.1), lanes.2), lanes.3)
        return (sum ^ sum >> 32) &* factor
    }

    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    private static func mix(_ sum: UInt64, _ word: UInt64) -> UInt64 { turned(product(sum, word)) }

    @inline(__always)
    private static func product(_ sum: UInt64, _ word: UInt64) -> UInt64 { (sum ^ word) &* factor }

    @inline(__always)
    private static func turned(_ product: UInt64) -> UInt64 { product << 29 | product >> 35 }

    @inline(__always)
    private static func turnedBack(_ sum: UInt64) -> UInt64 { sum << 35 | sum >> 29 }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// Eight bytes; zeros stand for those beyond the end.
    private static func lastWord(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        if place + 8 <= bytes.count { return word(bytes, place) }
        return bytes[place...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
