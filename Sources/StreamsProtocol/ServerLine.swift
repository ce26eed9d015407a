// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// Encodes lines of the daemon: one JSON object and a newline.
public enum ServerLine {
    /// `{"event":…,"data":…}` and a newline; without `data` if it is nil.
    public static func encode(_ event: String, _ data: JSON? = nil) -> [UInt8] {
        encode(event, room: 0) { bytes in
            guard let data else { return }
            bytes.append(contentsOf: dataKey)
            data.write(to: &bytes)
        }
    }

    /// The same, with data that is forwarded unchanged.
    public static func encode(_ event: String, raw data: RawJSON?) -> [UInt8] { encode(event, raw: data?.bytes ?? []) }

    /// The same; an empty slice means no data.
    public static func encode(_ event: String, raw data: ArraySlice<UInt8>) -> [UInt8] {
        encode(event, room: data.count) { bytes in
            guard !data.isEmpty else { return }
            bytes.append(contentsOf: dataKey)
            bytes.append(contentsOf: data)
        }
    }

    /// The ending of a subscriber's line, which replaces the last brace and the newline.
    ///
    /// - Parameters:
    ///   - clock: the line's clock, opaque to clients.
    ///   - time: milliseconds since 1970.
    ///   - from: the id of the port that broadcast it; nil for the daemon's own events.
    public static func ending(clock: String, time: Int64, from: String?) -> [UInt8] {
        var bytes = Array(#","clock":"#.utf8)
        JSONText.write(clock, to: &bytes)
        bytes.append(contentsOf: #","time":"#.utf8)
        JSONText.write(Timestamp.text(milliseconds: time), to: &bytes)
        if let from {
            bytes.append(contentsOf: #","from":"#.utf8)
            JSONText.write(from, to: &bytes)
        }
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    /// The bytes before the name, and between name and data.
    static let eventKey = Array(#"{"event":"#.utf8)
    static let dataKey = Array(#","data":"#.utf8)

    /// - Parameter room: the size of the data in bytes, if known.
    private static func encode(_ event: String, room: Int, _ body: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(room + event.utf8.count + 32)
        bytes.append(contentsOf: eventKey)
        JSONText.write(event, to: &bytes)
        body(&bytes)
        bytes.append(UInt8(ascii: "}"))
        bytes.append(0x0A)
        return bytes
    }
}
