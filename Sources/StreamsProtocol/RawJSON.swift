// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// JSON text that has been checked but not parsed, so that data can be forwarded without decoding and encoding it.
///
/// It contains no line breaks if it was read from a line.
public struct RawJSON: Hashable, Sendable {
    /// The line that the text is a part of; it is retained as long as this value.
    private let line: [UInt8]
    private let range: Range<Int>
    /// The ranges of `event` and `data`, if they were found when the text was checked.
    private let knownEnvelope: JSONEnvelope

    public var bytes: ArraySlice<UInt8> { line[range] }

    public init(_ value: JSON) {
        line = value.encoded
        range = line.indices
        knownEnvelope = JSONEnvelope()
    }

    /// A part of a line that `JSONReader` has checked.
    init(checked line: [UInt8], _ range: Range<Int>, _ knownEnvelope: JSONEnvelope = JSONEnvelope()) {
        self.line = line
        self.range = range
        self.knownEnvelope = knownEnvelope
    }

    /// Compares the texts byte by byte.
    public static func == (left: RawJSON, right: RawJSON) -> Bool { left.bytes == right.bytes }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// The parsed value; `null` if the text is invalid, which the earlier check rules out.
    public var value: JSON { (try? JSON(parsing: bytes, depthLimit: .max)) ?? .null }

    /// The named members of an object; nil if this is not an object. They are copies, so that keeping one does not retain
    /// the whole line.
    public func members(_ wanted: String...) -> [String: RawJSON]? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var result: [String: RawJSON] = [:]
        let read: Void? = try? withReader(of: bytes, depthLimit: .max) { reader throws(JSONError) in
            try reader.members(depth: 0) { (reader, name) throws(JSONError) in
                let name = try reader.text(of: name)
                let part = absolute(try reader.skip(depth: 1))
                if wanted.contains(name) { result[name] = RawJSON(checked: Array(line[part]), 0..<part.count) }
            }
        }
        return read == nil ? nil : result
    }

    /// The members `event` and `data` of an object; nil if this is not an object.
    public var message: RawMessage? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        let envelope = knownEnvelope.isObject ? knownEnvelope : parsedEnvelope
        guard envelope.isObject else { return nil }
        return RawMessage(
            line: line, object: range, event: absolute(envelope.event), data: absolute(envelope.data))
    }

    private var parsedEnvelope: JSONEnvelope {
        let read = try? withReader(of: bytes, depthLimit: .max) { reader throws(JSONError) in
            try reader.skipEnvelope(depth: 0).envelope
        }
        return read ?? JSONEnvelope()
    }

    /// Converts a range relative to the text into a range of the line.
    private func absolute(_ part: Range<Int>) -> Range<Int> {
        part.isEmpty ? part : (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound)
    }

    /// The content of a string; nil if this is not a string.
    public var string: String? {
        // Every line has a name, and a slice of a slice is slower than this buffer.
        line[range].withUnsafeBufferPointer { text in
            guard text.first == UInt8(ascii: "\"") else { return nil }
            // Fast path: a string without escapes.
            guard !text.contains(UInt8(ascii: "\\")) else { return value.string }
            return String(decoding: UnsafeBufferPointer(rebasing: text.dropFirst().dropLast()), as: UTF8.self)
        }
    }
}

/// The ranges of the members `event` and `data`, relative to the start of their object; empty if a member is missing. Not
/// optionals, because this is copied with every line.
struct JSONEnvelope: Sendable {
    var isObject = false
    var event = 0..<0
    var data = 0..<0
}

/// The members `event` and `data` of an object, as ranges of a line. Not copies: one is created for every broadcast.
public struct RawMessage: Sendable {
    private let line: [UInt8]
    private let object: Range<Int>
    private let event: Range<Int>
    private let data: Range<Int>

    fileprivate init(line: [UInt8], object: Range<Int>, event: Range<Int>, data: Range<Int>) {
        self.line = line
        self.object = object
        self.event = event
        self.data = data
    }

    /// The event's name; nil if it is missing or not a string.
    public var name: String? { event.isEmpty ? nil : RawJSON(checked: line, event).string }

    /// The data; nil if it is missing.
    public var content: RawJSON? { data.isEmpty ? nil : RawJSON(checked: line, data) }

    /// The line that forwards the message. If the client wrote it in the form that `ServerLine` uses, as most do, this is
    /// a slice of the client's line and nothing is copied.
    ///
    /// - Parameter name: the message's own name, which the caller has already parsed.
    public func forwarded(as name: String) -> LineBody {
        guard isCanonical else { return LineBody(of: ServerLine.encode(name, raw: line[data])) }
        let bytes = line[object.dropLast()]
        // A slice of a much larger line is copied: it would retain memory that the event log does not count.
        return LineBody(part: bytes.count >= line.capacity / 8 * 7 ? bytes : Array(bytes)[...])
    }

    /// True if the message is `{"event":<name>,"data":<data>}` or `{"event":<name>}`, without white space, other members or
    /// escapes in the name. The distances between the values show this: they have the shortest possible length.
    private var isCanonical: Bool {
        let end = data.isEmpty ? event.upperBound : data.upperBound
        return event.lowerBound - object.lowerBound == ServerLine.eventKey.count && object.upperBound - end == 1
            && (data.isEmpty || data.lowerBound - event.upperBound == ServerLine.dataKey.count)
            && !line[event].contains(UInt8(ascii: "\\"))
    }
}
