public import AgentModel

/// Encodes what the daemon says: one JSON object and a newline.
public enum ServerLine {
    /// `{"event":…,"data":…}` with its newline; no `data` member at all where there is none.
    public static func encode(_ event: String, _ data: JSON? = nil) -> [UInt8] {
        encode(event) { bytes in
            guard let data else { return false }
            bytes.append(contentsOf: dataKey)
            data.write(to: &bytes)
            return true
        }
    }

    /// The same with data that is passed on as it came.
    public static func encode(_ event: String, raw data: RawJSON?) -> [UInt8] {
        encode(event) { bytes in
            guard let data else { return false }
            bytes.append(contentsOf: dataKey)
            bytes.append(contentsOf: data.bytes)
            return true
        }
    }

    private static let dataKey = Array(#","data":"#.utf8)

    private static func encode(_ event: String, _ body: (inout [UInt8]) -> Bool) -> [UInt8] {
        var bytes = Array(#"{"event":"#.utf8)
        JSONText.write(event, to: &bytes)
        _ = body(&bytes)
        bytes.append(UInt8(ascii: "}"))
        bytes.append(0x0A)
        return bytes
    }
}
