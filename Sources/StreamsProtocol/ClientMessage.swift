public import AgentModel

/// One line of a client: `{"event": <string>, "data": <any, optional>}`. Other members are ignored.
public struct ClientMessage: Equatable, Sendable {
    /// The event's name.
    public let event: String
    /// The data, unread.
    public let data: RawJSON?

    /// A message.
    public init(event: String, data: RawJSON? = nil) {
        self.event = event
        self.data = data
    }

    /// Reads a line. What is not an object with a non-empty event is an `invalid_line`.
    public init(line: [UInt8], depthLimit: Int = JSON.defaultDepthLimit) throws(ProtocolError) {
        let members: (event: RawJSON?, data: RawJSON?)
        do {
            members = try withReader(of: line, depthLimit: depthLimit) { reader throws(JSONError) in
                try Self.topLevel(of: line, &reader)
            }
        } catch {
            let hint = line.allSatisfy { $0 == 0x20 || $0 == 0x0D } ? "an empty line says nothing" : nil
            throw ProtocolError(.invalidLine, "the line is not a JSON object: \(error)", hint: hint ?? Self.example)
        }
        guard let event = members.event else {
            throw ProtocolError(.invalidLine, "the line is not a JSON object with an \"event\"", hint: Self.example)
        }
        guard let name = event.string, !name.isEmpty else {
            throw ProtocolError(.invalidLine, "\"event\" has to be a string that is not empty", hint: Self.example)
        }
        self.event = name
        data = members.data
    }

    private static let example = #"a line looks like {"event":"synchronize"}"#

    private static func topLevel(
        of line: [UInt8], _ reader: inout JSONReader
    ) throws(JSONError) -> (event: RawJSON?, data: RawJSON?) {
        var event: RawJSON?
        var data: RawJSON?
        reader.skipSpace()
        guard try reader.peek() == UInt8(ascii: "{") else {
            _ = try reader.skip(depth: 0)
            try reader.end()
            return (nil, nil)
        }
        try reader.members(depth: 0) { (reader, name, _) throws(JSONError) in
            let range = try reader.skip(depth: 1)
            switch name {
            case "event": event = RawJSON(checked: Array(line[range]))
            case "data": data = RawJSON(checked: Array(line[range]))
            default: break
            }
        }
        try reader.end()
        return (event, data)
    }
}
