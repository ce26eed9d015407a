/// Objects of which only the members `event` and `data` count: a client's line, and the broadcast within it.
extension JSONReader {
    /// Steps over one value and says where it stood; of an object it also says where `event` and `data` stand in it.
    mutating func skipEnvelope(depth: Int) throws(JSONError) -> (range: Range<Int>, envelope: JSONEnvelope) {
        let start = offset
        guard try peek() == UInt8(ascii: "{") else { return (try skip(depth: depth), JSONEnvelope()) }
        let found = try envelope(depth: depth) { reader throws(JSONError) in try reader.skip(depth: depth + 1) }
        func relative(_ range: Range<Int>) -> Range<Int> {
            range.isEmpty ? range : (range.lowerBound - start)..<(range.upperBound - start)
        }
        let envelope = JSONEnvelope(isObject: true, event: relative(found.event), data: relative(found.data))
        return (start..<offset, envelope)
    }

    /// Steps over an object and says where `event` and `data` stood; empty where there is none.
    ///
    /// - Parameter skipData: steps over the value of `data`, and says where it stood.
    mutating func envelope(
        depth: Int, _ skipData: (inout JSONReader) throws(JSONError) -> Range<Int>
    ) throws(JSONError) -> (event: Range<Int>, data: Range<Int>) {
        try checkDepth(depth)
        var event = 0..<0
        var data = 0..<0
        func take(_ reader: inout JSONReader, _ name: Extent) throws(JSONError) {
            if reader.says(name, "data") {
                data = try skipData(&reader)
            } else {
                let range = try reader.skip(depth: depth + 1)
                if reader.says(name, "event") { event = range }
            }
        }
        // Nearly every line begins so, and is not looked at byte by byte.
        guard let name = plainEvent(&event) else {
            try members(depth: depth, take)
            return (event, data)
        }
        var names = SeenNames(name)
        if isThere(Self.dataKey, at: offset) {
            names = SeenNames(name, Extent(range: (offset + 2)..<(offset + 6), isEscaped: false))
            offset += Self.dataKey.utf8CodeUnitCount
            skipSpace()
            data = try skipData(&self)
        }
        if try another(before: UInt8(ascii: "}")) { try moreMembers(after: names, take) }
        return (event, data)
    }

    private static let eventKey: StaticString = #"{"event":"#
    private static let dataKey: StaticString = #","data":"#

    /// Steps over `{"event":"…"`, written like that and with no escape in the text. Returns where the word `event` stands,
    /// or nil and stays where it is if the text goes on in another way.
    private mutating func plainEvent(_ event: inout Range<Int>) -> Extent? {
        guard isThere(Self.eventKey, at: offset) else { return nil }
        let start = offset + Self.eventKey.utf8CodeUnitCount
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { return nil }
        var end = start + 1
        end += WordScan.plain(in: UnsafeRawBufferPointer(bytes), from: end)
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\\"), bytes[end] != UInt8(ascii: "\"")
        {
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        let name = Extent(range: (offset + 2)..<(offset + 7), isEscaped: false)
        event = start..<(end + 1)
        offset = end + 1
        return name
    }
}
