// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A client's bytes in chunks of any size, split into lines, decoded to messages, and encoded again.
///
/// The input: the limit of a line in units of 16 bytes, a number that determines the chunks' sizes, then the bytes.
enum FuzzLines {
    static func run(_ bytes: [UInt8]) throws(FuzzFault) {
        var input = FuzzInput(bytes)
        let limit = Int(input.byte()) * 16
        let stride = Int(input.byte())
        let stream = input.remainder()
        try checkFrames(stream, limit: limit, stride: stride)
        for line in stream.split(separator: 0x0A, omittingEmptySubsequences: false) { try check(Array(line)) }
    }

    // MARK: Lines

    private static func checkFrames(_ stream: [UInt8], limit: Int, stride: Int) throws(FuzzFault) {
        var framer = LineFramer(limit: limit)
        var frames: [LineFramer.Frame] = []
        var place = 0
        var round = 0
        while place < stream.count {
            let end = min(stream.count, place + 1 + round * stride % 97)
            frames += framer.push(Array(stream[place..<end]))
            place = end
            round += 1
        }
        let (expected, held) = cut(stream, limit)
        try FuzzFault.unless(frames == expected, "the lines depend on the chunks")
        try FuzzFault.unless(framer.heldBytes == held, "\(framer.heldBytes) bytes are held, not \(held)")
    }

    /// The expected frames, computed from the whole stream, and the length of an unfinished line within the limit.
    private static func cut(_ stream: [UInt8], _ limit: Int) -> (frames: [LineFramer.Frame], held: Int) {
        var lines = stream.split(separator: 0x0A, omittingEmptySubsequences: false)
        let last = lines.removeLast()
        var frames = lines.map { $0.count > limit ? .tooLong : LineFramer.Frame.line(Array($0)) }
        if last.count > limit { frames.append(.tooLong) }
        return (frames, last.count > limit ? 0 : last.count)
    }

    // MARK: Messages

    private static func check(_ line: [UInt8]) throws(FuzzFault) {
        let value = try read(line)
        let name = value?["event"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard let message = try? ClientMessage(line: line) else {
            return try FuzzFault.unless(name == nil, "a message was refused")
        }
        try FuzzFault.unless(message.event == name, "the event is \(message.event)")
        try FuzzFault.unless(message.data?.value == value?["data"], "the data differs")
        let members = message.data?.members("requestId", "method")
        try FuzzFault.unless((members == nil) == (value?["data"]?.object == nil), "members of data that is no object")
        for name in ["requestId", "method"] {
            try FuzzFault.unless(members?[name]?.value == value?["data"]?[name], "the member \(name) differs")
        }
        let again = ServerLine.encode(message.event, raw: message.data)
        let back = try? ClientMessage(line: again.dropLast())
        try FuzzFault.unless(back == message && again.last == 0x0A, "a message changed in encoding")
    }

    // MARK: Values

    /// Parses a value. Returns nil for invalid JSON, whose error has to have an offset within the bytes.
    private static func read(_ bytes: [UInt8]) throws(FuzzFault) -> JSON? {
        let outcome = Result { () throws(JSONError) in try JSON(parsing: bytes) }
        switch outcome {
        case .success(let value):
            try checkWriting(value)
            touch(value)
            return value
        case .failure(let error):
            let isInside = (0...bytes.count).contains(error.offset) && !error.description.isEmpty
            try FuzzFault.unless(isInside, "an error at byte \(error.offset) of \(bytes.count)")
            return nil
        }
    }

    /// Requires that encoding and parsing return the same value.
    private static func checkWriting(_ value: JSON) throws(FuzzFault) {
        let written = value.encoded
        let back = try? JSON(parsing: written)
        try FuzzFault.unless(back == value && back?.encoded == written, "a value changed in encoding")
        try FuzzFault.unless(!written.contains { $0 < 0x20 }, "a control character was written")
        for width in [0, 40] {
            let pretty = try? JSON(parsing: value.prettyText(width: width), depthLimit: .max)
            try FuzzFault.unless(pretty?.encoded == written, "a value changed in pretty printing")
        }
    }

    /// Evaluates every accessor of every value.
    private static func touch(_ value: JSON) {
        _ = (value.int, value.double, value.isTruthy)
        for element in value.array ?? [] { touch(element) }
        for member in value.object?.members ?? [] { touch(member.value) }
    }
}
