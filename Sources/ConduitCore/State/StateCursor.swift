// SPDX-License-Identifier: Apache-2.0

/// A value is missing or incomplete, or bytes are left over.
struct StateTorn: Error {}

/// Decodes values from a range of a segment's bytes, and never reads beyond it.
struct StateCursor {
    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    /// A complete record with a valid checksum.
    struct Record {
        let kind: StateFormat.Kind
        let content: StateCursor
        /// Its end in the segment.
        let end: Int
    }

    /// The record at an offset; nil if it is incomplete or its checksum does not match.
    static func record(_ bytes: [UInt8], at start: Int, _ generation: UInt64) -> Record? {
        var header = StateCursor(bytes, min(start, bytes.count)..<bytes.count)
        guard let checksum: UInt32 = try? header.integer(), let length: UInt32 = try? header.integer(),
            let kind: UInt32 = try? header.integer(), Int(length) <= header.end - header.offset
        else { return nil }
        let end = header.offset + Int(length)
        let found = bytes.withUnsafeBytes {
            StateFormat.checksum(.init(rebasing: $0[(start + 4)..<end]), generation: generation, offset: start)
        }
        guard found == checksum, let kind = StateFormat.Kind(rawValue: kind) else { return nil }
        return Record(kind: kind, content: StateCursor(bytes, header.offset..<end), end: end)
    }

    // MARK: Values

    mutating func integer<Value: FixedWidthInteger>() throws(StateTorn) -> Value {
        let size = Value.bitWidth / 8
        guard size <= end - offset else { throw StateTorn() }
        let start = offset
        offset += size
        return Value(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) })
    }

    /// Decodes the range of a text's or a line's bytes; nil if the value is absent.
    mutating func range() throws(StateTorn) -> Range<Int>? {
        let length: UInt32 = try integer()
        guard length != StateFormat.absent else { return nil }
        guard Int(length) <= end - offset else { throw StateTorn() }
        defer { offset += Int(length) }
        return offset..<(offset + Int(length))
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

    /// Throws if bytes are left.
    func finish() throws(StateTorn) { if offset != end { throw StateTorn() } }
}
