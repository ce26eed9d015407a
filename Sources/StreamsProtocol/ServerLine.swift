public import AgentModel

/// Encodes what the daemon says: one JSON object and a newline.
public enum ServerLine {
    /// `{"event":…,"data":…}` with its newline; no `data` member at all where there is none.
    public static func encode(_ event: String, _ data: JSON? = nil) -> [UInt8] {
        encode(event, room: 0) { bytes in
            guard let data else { return }
            bytes.append(contentsOf: dataKey)
            data.write(to: &bytes)
        }
    }

    /// The same with data that is passed on as it came.
    public static func encode(_ event: String, raw data: RawJSON?) -> [UInt8] { encode(event, raw: data?.bytes ?? []) }

    /// The same; no bytes stand for no data.
    public static func encode(_ event: String, raw data: ArraySlice<UInt8>) -> [UInt8] {
        encode(event, room: data.count) { bytes in
            guard !data.isEmpty else { return }
            bytes.append(contentsOf: dataKey)
            bytes.append(contentsOf: data)
        }
    }

    /// What a subscriber's line has instead of the last brace and the newline: the same body, another ending.
    ///
    /// - Parameters:
    ///   - clock: the line's place, opaque to clients.
    ///   - time: milliseconds since 1970.
    ///   - from: the id of the port that broadcast it; nil for what the daemon says.
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

    /// What stands before the name, and between name and data.
    static let eventKey = Array(#"{"event":"#.utf8)
    static let dataKey = Array(#","data":"#.utf8)

    /// - Parameter room: how many bytes the data takes, where that is known.
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
