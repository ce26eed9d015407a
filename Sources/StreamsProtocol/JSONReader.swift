// SPDX-License-Identifier: Apache-2.0
public import AgentModel

extension JSON {
    /// The default limit for the nesting of arrays and objects.
    public static let defaultDepthLimit = 64

    /// Parses one JSON text strictly (RFC 8259, no duplicate members). Lone surrogate escapes become U+FFFD.
    public init(parsing bytes: some Collection<UInt8>, depthLimit: Int = JSON.defaultDepthLimit) throws(JSONError) {
        self = try withReader(of: bytes, depthLimit: depthLimit) { reader throws(JSONError) in try reader.document() }
    }

    public init(parsing text: String, depthLimit: Int = JSON.defaultDepthLimit) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), depthLimit: depthLimit)
    }
}

func withReader<Result>(
    of bytes: some Collection<UInt8>, depthLimit: Int = JSON.defaultDepthLimit,
    _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result {
    func read(_ buffer: UnsafeBufferPointer<UInt8>) throws(JSONError) -> Result {
        do { _ = try UTF8Span(validating: buffer.span) } catch {
            throw JSONError(reason: .notUTF8, offset: error.byteOffsets.lowerBound)
        }
        var reader = JSONReader(bytes: buffer, depthLimit: depthLimit)
        return try body(&reader)
    }
    // withContiguousStorageIfAvailable cannot rethrow a typed error, so the error is returned as a value.
    let outcome = bytes.withContiguousStorageIfAvailable { buffer -> Swift.Result<Result, JSONError> in
        do throws(JSONError) { return .success(try read(buffer)) } catch { return .failure(error) }
    }
    if let outcome { return try outcome.get() }
    return try withReader(of: Array(bytes), depthLimit: depthLimit, body)
}

/// A recursive-descent parser for bytes that are valid UTF-8. It can build a value or only skip it. Both use the same
/// grammar, so values that are forwarded as bytes are checked as strictly as parsed ones.
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthLimit: Int
    var offset = 0

    init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// Parses the whole text as one value.
    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value(depth: 0)
        try end()
        return value
    }

    /// Throws unless only white space is left.
    mutating func end() throws(JSONError) {
        skipSpace()
        if offset < bytes.count { throw fault(.trailing) }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: return .number(JSONNumber(checked: String(decoding: bytes[try number()], as: UTF8.self)))
        }
    }

    /// Skips one value and returns its range.
    mutating func skip(depth: Int) throws(JSONError) -> Range<Int> {
        let start = offset
        switch try peek() {
        case UInt8(ascii: "{"):
            try members(depth: depth) { (reader, _) throws(JSONError) in _ = try reader.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try elements(depth: depth) { (reader) throws(JSONError) in _ = try reader.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try stringExtent()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
        return start..<offset
    }

    // MARK: Containers

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        var result: [(name: String, value: JSON)] = []
        try members(depth: depth) { (reader, name) throws(JSONError) in
            result.append((try reader.text(of: name), try reader.value(depth: depth + 1)))
        }
        return JSONObject(distinct: result)
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        var result: [JSON] = []
        try elements(depth: depth) { (reader) throws(JSONError) in result.append(try reader.value(depth: depth + 1)) }
        return result
    }

    /// Iterates over the members of an object. `body` must consume the value of each.
    mutating func members(
        depth: Int, _ body: (inout JSONReader, Extent) throws(JSONError) -> Void
    ) throws(JSONError) {
        try checkDepth(depth)
        try expect(UInt8(ascii: "{"))
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            offset += 1
            return
        }
        try moreMembers(after: SeenNames(), body)
    }

    /// Iterates over the remaining members, to the end of the object.
    mutating func moreMembers(
        after former: SeenNames, _ body: (inout JSONReader, Extent) throws(JSONError) -> Void
    ) throws(JSONError) {
        var names = former
        while true {
            skipSpace()
            let start = offset
            let name = try stringExtent()
            guard try names.insert(name, self) else {
                throw JSONError(reason: .duplicateKey(try text(of: name)), offset: start)
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            try body(&self, name)
            if try !another(before: UInt8(ascii: "}")) { return }
        }
    }

    private mutating func elements(
        depth: Int, _ body: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try checkDepth(depth)
        try expect(UInt8(ascii: "["))
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            offset += 1
            return
        }
        repeat {
            skipSpace()
            try body(&self)
        } while try another(before: UInt8(ascii: "]"))
    }

    func checkDepth(_ depth: Int) throws(JSONError) {
        if depth >= depthLimit { throw fault(.tooDeep(limit: depthLimit)) }
    }

    mutating func another(before close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == UInt8(ascii: ",") || byte == close else { throw fault(.unexpected) }
        offset += 1
        return byte != close
    }

    // MARK: Scalars

    mutating func string() throws(JSONError) -> String { try text(of: try stringExtent()) }

    /// The content of a string, unescaped.
    func text(of extent: Extent) throws(JSONError) -> String {
        if !extent.isEscaped { return String(decoding: bytes[extent.range], as: UTF8.self) }
        return try unescape(extent.range)
    }

    func equals(_ extent: Extent, _ word: StaticString) -> Bool {
        if extent.isEscaped { return (try? text(of: extent)) == word.description }
        return extent.range.count == word.utf8CodeUnitCount && matches(word, at: extent.range.lowerBound)
    }

    /// Compares two strings without escapes.
    func areEqual(_ left: Extent, _ right: Extent) -> Bool {
        left.range.count == right.range.count && bytes[left.range].elementsEqual(bytes[right.range])
    }

    /// The range of a string, without its quotes.
    struct Extent {
        let range: Range<Int>
        let isEscaped: Bool
    }

    private mutating func stringExtent() throws(JSONError) -> Extent {
        try expect(UInt8(ascii: "\""))
        let start = offset
        var escaped = false
        while true {
            offset += WordScan.plain(in: UnsafeRawBufferPointer(bytes), from: offset)
            guard offset < bytes.count else { break }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return Extent(range: start..<(offset - 1), isEscaped: escaped)
            case UInt8(ascii: "\\"):
                escaped = true
                try escape()
            case 0..<0x20: throw fault(.badString)
            default: offset += 1
            }
        }
        throw fault(.truncated)
    }

    private mutating func escape() throws(JSONError) {
        guard offset + 1 < bytes.count else { throw fault(.truncated) }
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            offset += 2
        case UInt8(ascii: "u"):
            guard offset + 6 <= bytes.count else { throw fault(.truncated) }
            guard hexadecimal(at: offset + 2) != nil else { throw fault(.badString) }
            offset += 6
        default: throw fault(.badString)
        }
    }

    private func unescape(_ range: Range<Int>) throws(JSONError) -> String {
        var scalars = String.UnicodeScalarView()
        var place = range.lowerBound
        while place < range.upperBound {
            guard bytes[place] == UInt8(ascii: "\\") else {
                let next = bytes[place..<range.upperBound].firstIndex(of: UInt8(ascii: "\\")) ?? range.upperBound
                scalars.append(contentsOf: String(decoding: bytes[place..<next], as: UTF8.self).unicodeScalars)
                place = next
                continue
            }
            if bytes[place + 1] == UInt8(ascii: "u") {
                place = appendUnicode(at: place, before: range.upperBound, to: &scalars)
            } else {
                scalars.append(Unicode.Scalar(Self.simpleEscape(bytes[place + 1])))
                place += 2
            }
        }
        return String(scalars)
    }

    /// Appends the scalar of a `\u` escape, or of the two escapes of a surrogate pair, and returns the offset after it. An
    /// unpaired surrogate becomes U+FFFD: JavaScript sends them, and a Swift string cannot hold one.
    private func appendUnicode(at place: Int, before end: Int, to scalars: inout String.UnicodeScalarView) -> Int {
        let unit = hexadecimal(at: place + 2) ?? 0xFFFD
        if let scalar = Unicode.Scalar(unit) {
            scalars.append(scalar)
            return place + 6
        }
        let follows =
            place + 12 <= end && bytes[place + 6] == UInt8(ascii: "\\") && bytes[place + 7] == UInt8(ascii: "u")
        if unit < 0xDC00, follows, let low = hexadecimal(at: place + 8), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
            scalars.append(scalar)
            return place + 12
        }
        scalars.append("\u{FFFD}")
        return place + 6
    }

    private static func simpleEscape(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }

    private func hexadecimal(at place: Int) -> UInt32? {
        var result: UInt32 = 0
        for byte in bytes[place..<(place + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            result = result << 4 | UInt32(digit)
        }
        return result
    }

    /// Skips a number and returns its range.
    private mutating func number() throws(JSONError) -> Range<Int> {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let whole = try digits(start)
        if whole.count > 1, bytes[whole.lowerBound] == UInt8(ascii: "0") {
            throw JSONError(reason: .badNumber, offset: start)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            _ = try digits(start)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            _ = try digits(start)
        }
        return start..<offset
    }

    private mutating func digits(_ start: Int) throws(JSONError) -> Range<Int> {
        let first = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
        guard offset > first else {
            throw JSONError(reason: offset == start ? .unexpected : .badNumber, offset: start)
        }
        return first..<offset
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        guard matches(word, at: offset) else { throw fault(.unexpected) }
        offset += word.utf8CodeUnitCount
    }

    // MARK: Bytes

    func matches(_ word: StaticString, at place: Int) -> Bool {
        let end = place + word.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        // Rebased: buffers are compared many bytes at a time, slices are not.
        return word.withUTF8Buffer { $0.elementsEqual(UnsafeBufferPointer(rebasing: bytes[place..<end])) }
    }

    mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    func peek() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw fault(.truncated) }
        return bytes[offset]
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try peek() == byte else { throw fault(.unexpected) }
        offset += 1
    }

    private func fault(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: offset) }
}
