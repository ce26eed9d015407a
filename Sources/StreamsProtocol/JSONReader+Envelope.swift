// SPDX-License-Identifier: Apache-2.0

/// Reading objects of which only the members `event` and `data` matter: a client's line, and the broadcast in it.
extension JSONReader {
    /// Skips a value and returns its range; for an object, also the ranges of `event` and `data`, relative to its start.
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

    /// Skips an object and returns the ranges of `event` and `data`; empty if a member is missing.
    ///
    /// - Parameter skipData: skips the value of `data` and returns its range.
    mutating func envelope(
        depth: Int, _ skipData: (inout JSONReader) throws(JSONError) -> Range<Int>
    ) throws(JSONError) -> (event: Range<Int>, data: Range<Int>) {
        try checkDepth(depth)
        var event = 0..<0
        var data = 0..<0
        func visit(_ reader: inout JSONReader, _ name: Extent) throws(JSONError) {
            if reader.equals(name, "data") {
                data = try skipData(&reader)
            } else {
                let range = try reader.skip(depth: depth + 1)
                if reader.equals(name, "event") { event = range }
            }
        }
        guard matches(Self.eventKey, at: offset) else {
            try members(depth: depth, visit)
            return (event, data)
        }
        // Fast path: nearly every line begins like this. Skips reading, comparing and remembering the names one by one.
        let first = stepOver(Self.eventKey)
        event = try skip(depth: depth + 1)
        var second: Extent?
        if matches(Self.dataKey, at: offset) {
            second = stepOver(Self.dataKey)
            data = try skipData(&self)
        }
        if try another(before: UInt8(ascii: "}")) { try moreMembers(after: SeenNames(first, second), visit) }
        return (event, data)
    }

    // Each key is two bytes, a name, and two bytes.
    private static let eventKey: StaticString = #"{"event":"#
    private static let dataKey: StaticString = #","data":"#

    /// Skips one of these keys and the white space after it; returns the range of its name.
    private mutating func stepOver(_ key: StaticString) -> Extent {
        let name = (offset + 2)..<(offset + key.utf8CodeUnitCount - 2)
        offset += key.utf8CodeUnitCount
        skipSpace()
        return Extent(range: name, isEscaped: false)
    }
}
