/// The bytes end before the value does.
struct StateTorn: Error {}

/// Reads values from a stretch of a segment's bytes, and never beyond it.
struct StateCursor {
    private let bytes: [UInt8]
    private var place: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// A record that is whole, and where it ends.
    struct Record {
        let kind: StateFormat.Kind
        let content: StateCursor
        let end: Int
    }

    /// The record at that place, nil if it is not whole.
    static func record(_ bytes: [UInt8], at place: Int, _ generation: UInt64) -> Record? {
        var header = StateCursor(bytes, min(place, bytes.count)..<bytes.count)
        guard let checksum: UInt32 = try? header.integer(), let length: UInt32 = try? header.integer(),
            let kind: UInt32 = try? header.integer(), Int(length) <= header.end - header.place
        else { return nil }
        let end = header.place + Int(length)
        let found = bytes.withUnsafeBytes {
            StateFormat.checksum(.init(rebasing: $0[(place + 4)..<end]), generation: generation, offset: place)
        }
        guard found == checksum, let kind = StateFormat.Kind(rawValue: kind) else { return nil }
        return Record(kind: kind, content: StateCursor(bytes, header.place..<end), end: end)
    }

    // MARK: Values

    mutating func integer<Value: FixedWidthInteger>() throws(StateTorn) -> Value {
        let size = Value.bitWidth / 8
        guard size <= end - place else { throw StateTorn() }
        let start = place
        place += size
        return Value(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) })
    }

    /// Where the bytes of a text or a line are; nil where there is none.
    mutating func range() throws(StateTorn) -> Range<Int>? {
        let length: UInt32 = try integer()
        guard length != StateFormat.absent else { return nil }
        guard Int(length) <= end - place else { throw StateTorn() }
        defer { place += Int(length) }
        return place..<(place + Int(length))
    }

    mutating func optionalText() throws(StateTorn) -> String? {
        try range().map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    mutating func text() throws(StateTorn) -> String {
        guard let text = try optionalText() else { throw StateTorn() }
        return text
    }

    mutating func line() throws(StateTorn) -> KeptLine {
        let position: LogPosition = try integer()
        let time: Int64 = try integer()
        let name = try text()
        let contactId = try optionalText()
        let from = try optionalText()
        guard let range = try range() else { throw StateTorn() }
        return KeptLine(
            position: position, name: name, contactId: contactId, from: from, time: time, bytes: Array(bytes[range]))
    }

    mutating func list<Element>(
        _ element: (inout StateCursor) throws(StateTorn) -> Element
    ) throws(StateTorn) -> [Element] {
        let count: UInt32 = try integer()
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// Fails if anything is left.
    func finish() throws(StateTorn) { if place != end { throw StateTorn() } }
}
