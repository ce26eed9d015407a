// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// A line from a client: `{"event": <string>, "data": <any, optional>}`. Other members are ignored.
public struct ClientMessage: Equatable, Sendable {
    public let event: String
    /// The data, checked but not parsed.
    public let data: RawJSON?

    public init(event: String, data: RawJSON? = nil) {
        self.event = event
        self.data = data
    }

    /// Parses a line. Throws `invalid_line` unless it is an object with a non-empty event.
    public init(line: [UInt8], depthLimit: Int = JSON.defaultDepthLimit) throws(ProtocolError) {
        let layout: Layout
        do {
            layout = try withReader(of: line, depthLimit: depthLimit) { reader throws(JSONError) in
                try Layout(&reader)
            }
        } catch {
            let hint = line.allSatisfy { $0 == 0x20 || $0 == 0x0D } ? "an empty line says nothing" : nil
            throw ProtocolError(.invalidLine, "the line is not a JSON object: \(error)", hint: hint ?? Self.example)
        }
        guard !layout.event.isEmpty else {
            throw ProtocolError(.invalidLine, "the line is not a JSON object with an \"event\"", hint: Self.example)
        }
        guard let name = RawJSON(checked: line, layout.event).string, !name.isEmpty else {
            throw ProtocolError(.invalidLine, "\"event\" has to be a string that is not empty", hint: Self.example)
        }
        self.event = name
        data = layout.data.isEmpty ? nil : RawJSON(checked: line, layout.data, layout.envelope)
    }

    private static let example = #"a line looks like {"event":"synchronize"}"#

    /// The ranges of the two members in the line; empty if a member is missing.
    private struct Layout {
        var event = 0..<0
        var data = 0..<0
        /// The members of the data: a broadcast contains another message.
        var envelope = JSONEnvelope()

        init(_ reader: inout JSONReader) throws(JSONError) {
            reader.skipSpace()
            if try reader.peek() == UInt8(ascii: "{") {
                var inner = JSONEnvelope()
                (event, data) = try reader.envelope(depth: 0) { reader throws(JSONError) in
                    let (range, found) = try reader.skipEnvelope(depth: 1)
                    inner = found
                    return range
                }
                envelope = inner
            } else {
                _ = try reader.skip(depth: 0)
            }
            try reader.end()
        }
    }
}
