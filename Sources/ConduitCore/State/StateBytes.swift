// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Encodes the values of a segment.
extension [UInt8] {
    mutating func appendInteger(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func setInteger(_ value: some FixedWidthInteger, at place: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: place, as: type(of: value)) }
    }

    mutating func appendText(_ text: String?) {
        guard let text else { return appendInteger(StateFormat.absent) }
        appendInteger(UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    mutating func appendJSON(_ value: JSON?) {
        guard let value else { return appendInteger(StateFormat.absent) }
        let start = count
        appendInteger(StateFormat.absent)
        value.write(to: &self)
        setInteger(UInt32(truncatingIfNeeded: count - start - 4), at: start)
    }

    mutating func appendEvent(_ event: EventLog.Entry, at position: LogPosition) {
        appendInteger(position)
        appendInteger(event.time)
        appendText(event.name)
        appendText(event.contactId)
        appendText(event.from)
        appendInteger(UInt32(truncatingIfNeeded: event.size + LineBody.plainEnding.utf8CodeUnitCount))
        append(contentsOf: event.body?.bytes ?? [])
        LineBody.plainEnding.withUTF8Buffer { append(contentsOf: $0) }
    }

    // MARK: Records

    /// Reserves the bytes of a header, which `sealRecord` fills in.
    mutating func appendRecordHeader() {
        append(contentsOf: repeatElement(0, count: StateFormat.recordHeaderLength))
    }

    /// Writes the header of a record whose content is complete.
    ///
    /// - Parameters:
    ///   - range: the record with its header.
    ///   - offset: the record's offset in the segment.
    mutating func sealRecord(
        _ kind: StateFormat.Kind, _ range: Range<Int>, generation: UInt64, offset: Int
    ) throws(StateFault) {
        let length = range.count - StateFormat.recordHeaderLength
        guard length < Int(StateFormat.absent) else { throw .tooLong(length) }
        setInteger(UInt32(length), at: range.lowerBound + 4)
        setInteger(kind.rawValue, at: range.lowerBound + 8)
        let checksum = withUnsafeBytes {
            StateFormat.checksum(
                .init(rebasing: $0[(range.lowerBound + 4)..<range.upperBound]), generation: generation, offset: offset)
        }
        setInteger(checksum, at: range.lowerBound)
    }
}
