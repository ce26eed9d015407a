public import AgentModel

/// JSON text that has been checked but not read: what only passes through is never taken apart and put together again.
///
/// It holds no line break outside of its strings' escapes as long as it came in on a line.
public struct RawJSON: Hashable, Sendable {
    /// What the text is a part of: the line that it came on lives as long as this does.
    private let line: [UInt8]
    private let range: Range<Int>
    /// Where `event` and `data` stand, if that was noticed when the text was stepped over.
    private let noticed: JSONEnvelope

    public var bytes: ArraySlice<UInt8> { line[range] }

    /// A value, written out.
    public init(_ value: JSON) {
        line = value.encoded
        range = line.indices
        noticed = JSONEnvelope()
    }

    /// A part of a line that a reader has stepped over.
    init(checked line: [UInt8], _ range: Range<Int>, _ noticed: JSONEnvelope = JSONEnvelope()) {
        self.line = line
        self.range = range
        self.noticed = noticed
    }

    /// True if both are the same text, to the letter.
    public static func == (left: RawJSON, right: RawJSON) -> Bool { left.bytes == right.bytes }

    /// The text is what counts.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// The value. (The text was checked when it came in; text that nevertheless cannot be read counts as `null`.)
    public var value: JSON { (try? JSON(parsing: bytes, depthLimit: .max)) ?? .null }

    /// The members of an object as raw text, nil if this is something else. They are copies: who keeps one does not keep
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

    /// The members `event` and `data` of an object, nil if this is something else: what a message and a broadcast within
    /// it are made of.
    public var message: RawMessage? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        let envelope = noticed.isObject ? noticed : found
        guard envelope.isObject else { return nil }
        return RawMessage(
            line: line, object: range, event: absolute(envelope.event), data: absolute(envelope.data))
    }

    private var found: JSONEnvelope {
        let read = try? withReader(of: bytes, depthLimit: .max) { reader throws(JSONError) in
            try reader.skipEnvelope(depth: 0).envelope
        }
        return read ?? JSONEnvelope()
    }

    /// A part of the text, from offsets from its beginning.
    private func absolute(_ part: Range<Int>) -> Range<Int> {
        part.isEmpty ? part : (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound)
    }

    /// The text if this is a string.
    public var string: String? {
        // Every line has a name, and slices of slices cost more than what is looked at.
        line[range].withUnsafeBufferPointer { text in
            guard text.first == UInt8(ascii: "\"") else { return nil }
            // Most have no escapes, and are what stands between the quotes.
            guard !text.contains(UInt8(ascii: "\\")) else { return value.string }
            return String(decoding: UnsafeBufferPointer(rebasing: text.dropFirst().dropLast()), as: UTF8.self)
        }
    }
}

/// Where the members `event` and `data` of an object stand, by offsets from its beginning; empty where there is none.
/// (No optionals: this is copied with every line.)
struct JSONEnvelope: Sendable {
    var isObject = false
    var event = 0..<0
    var data = 0..<0
}

/// Where an object's members `event` and `data` stand in a line. (Not two texts: this is made for every broadcast.)
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

    /// The event's name, nil if there is none or if it is no string.
    public var name: String? { event.isEmpty ? nil : RawJSON(checked: line, event).string }

    /// The text of the data, nil if there is none.
    public var content: RawJSON? { data.isEmpty ? nil : RawJSON(checked: line, data) }

    /// The line that passes it on. Mostly the client has written it as we do: then it is a part of the client's line, and
    /// nothing is copied.
    ///
    /// - Parameter name: its own, which whoever passes it on has read already.
    public func passedOn(as name: String) -> LineBody {
        guard isWrittenAsOurs else { return LineBody(of: ServerLine.encode(name, raw: line[data])) }
        let bytes = line[object.dropLast()]
        // Else the log would hold much more than it counts.
        return LineBody(part: bytes.count >= line.capacity / 8 * 7 ? bytes : Array(bytes)[...])
    }

    /// True if it is `{"event":<name>,"data":<data>}` or `{"event":<name>}`, without space, escapes in the name or
    /// anything else: before and between the values there is no more than the shortest way to write what has to be there.
    private var isWrittenAsOurs: Bool {
        let end = data.isEmpty ? event.upperBound : data.upperBound
        return event.lowerBound - object.lowerBound == ServerLine.eventKey.count && object.upperBound - end == 1
            && (data.isEmpty || data.lowerBound - event.upperBound == ServerLine.dataKey.count)
            && !line[event].contains(UInt8(ascii: "\\"))
    }
}
