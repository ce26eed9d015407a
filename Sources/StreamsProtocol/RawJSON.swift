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

    /// The text if this is a string.
    public var string: String? { bytes.first == UInt8(ascii: "\"") ? value.string : nil }
}
