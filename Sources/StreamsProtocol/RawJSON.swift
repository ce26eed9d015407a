public import AgentModel

/// JSON text that has been checked but not read: what only passes through is never taken apart and put together again.
///
/// It holds no line break outside of its strings' escapes as long as it came in on a line.
public struct RawJSON: Hashable, Sendable {
    /// The text.
    public let bytes: [UInt8]

    /// A value, written out.
    public init(_ value: JSON) { bytes = value.encoded }

    /// Bytes that a reader has stepped over.
    init(checked bytes: [UInt8]) { self.bytes = bytes }

    /// The value. (The text was checked when it came in; text that nevertheless cannot be read counts as `null`.)
    public var value: JSON { (try? JSON(parsing: bytes, depthLimit: .max)) ?? .null }

    /// The members of an object as raw text, nil if this is something else.
    public func members(_ wanted: String...) -> [String: RawJSON]? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var result: [String: RawJSON] = [:]
        let read: Void? = try? withReader(of: bytes, depthLimit: .max) { reader throws(JSONError) in
            try reader.members(depth: 0) { (reader, name, _) throws(JSONError) in
                let range = try reader.skip(depth: 1)
                if wanted.contains(name) { result[name] = RawJSON(checked: Array(bytes[range])) }
            }
        }
        return read == nil ? nil : result
    }

    /// The members `event` and `data` of an object as raw text, nil if this is something else: what a message and a
    /// broadcast within it are made of.
    public var message: (event: RawJSON?, data: RawJSON?)? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var result: (event: RawJSON?, data: RawJSON?) = (nil, nil)
        let read: Void? = try? withReader(of: bytes, depthLimit: .max) { reader throws(JSONError) in
            try reader.members(depth: 0) { (reader, name, _) throws(JSONError) in
                let range = try reader.skip(depth: 1)
                switch name {
                case "event": result.event = RawJSON(checked: Array(bytes[range]))
                case "data": result.data = RawJSON(checked: Array(bytes[range]))
                default: break
                }
            }
        }
        return read == nil ? nil : result
    }

    /// The text if this is a string.
    public var string: String? {
        guard bytes.first == UInt8(ascii: "\"") else { return nil }
        // Most have no escapes, and are what stands between the quotes.
        if !bytes.contains(UInt8(ascii: "\\")) { return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self) }
        return value.string
    }
}
