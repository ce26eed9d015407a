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
        guard isThere(Self.eventKey, at: offset) else {
            try members(depth: depth, take)
            return (event, data)
        }
        // Nearly every line begins so: its names are not read, compared and remembered one by one.
        let first = stepOver(Self.eventKey)
        event = try skip(depth: depth + 1)
        var second: Extent?
        if isThere(Self.dataKey, at: offset) {
            second = stepOver(Self.dataKey)
            data = try skipData(&self)
        }
        if try another(before: UInt8(ascii: "}")) { try moreMembers(after: SeenNames(first, second), take) }
        return (event, data)
    }

    // Each is two bytes, a name, two bytes.
    private static let eventKey: StaticString = #"{"event":"#
    private static let dataKey: StaticString = #","data":"#

    /// Steps over one of these and what space follows, and says where the name in it stands.
    private mutating func stepOver(_ key: StaticString) -> Extent {
        let name = (offset + 2)..<(offset + key.utf8CodeUnitCount - 2)
        offset += key.utf8CodeUnitCount
        skipSpace()
        return Extent(range: name, isEscaped: false)
    }
}
