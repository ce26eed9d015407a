// SPDX-License-Identifier: Apache-2.0
public import AgentModel

extension JSON {
    /// The value as compact JSON text in UTF-8, without line breaks.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    public var text: String { String(decoding: encoded, as: UTF8.self) }

    /// Appends the value as compact JSON text.
    public func write(to bytes: inout [UInt8]) {
        var sink = JSONSink()
        write(to: &sink)
        bytes.append(contentsOf: sink.bytes)
    }

    private func write(to sink: inout JSONSink) {
        switch self {
        case .null: sink.append("null" as StaticString)
        case .bool(let value): sink.append(value ? "true" : "false" as StaticString)
        case .number(let value): sink.append(value.literal)
        case .string(let value): JSONText.write(value, to: &sink)
        case .array(let elements):
            sink.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { sink.append(UInt8(ascii: ",")) }
                element.write(to: &sink)
            }
            sink.append(UInt8(ascii: "]"))
        case .object(let object):
            sink.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { sink.append(UInt8(ascii: ",")) }
                JSONText.write(member.name, to: &sink)
                sink.append(UInt8(ascii: ":"))
                member.value.write(to: &sink)
            }
            sink.append(UInt8(ascii: "}"))
        }
    }
}

enum JSONText {
    /// Appends a string with its quotes. Escapes only quotes, backslashes and control characters.
    static func write(_ string: String, to sink: inout JSONSink) {
        var string = string
        string.withUTF8 { utf8 in
            sink.append(UInt8(ascii: "\""))
            if isPlain(utf8) {
                sink.append(utf8)
            } else {
                for byte in utf8 { needsEscape(byte) ? escape(byte, to: &sink) : sink.append(byte) }
            }
            sink.append(UInt8(ascii: "\""))
        }
    }

    /// The same for an array of bytes. Fast path: a string without escapes, as nearly every event name, needs no sink.
    static func write(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        let isDone = string.withUTF8 { utf8 in
            guard isPlain(utf8) else { return false }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: utf8)
            bytes.append(UInt8(ascii: "\""))
            return true
        }
        guard !isDone else { return }
        var sink = JSONSink(capacity: string.utf8.count + 16)
        write(string, to: &sink)
        bytes.append(contentsOf: sink.bytes)
    }

    private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        let plain = WordScan.plain(in: UnsafeRawBufferPointer(utf8), from: 0)
        return !utf8[plain...].contains(where: needsEscape)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escape(_ byte: UInt8, to sink: inout JSONSink) {
        sink.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): sink.append(byte)
        case 0x08: sink.append(UInt8(ascii: "b"))
        case 0x0C: sink.append(UInt8(ascii: "f"))
        case 0x0A: sink.append(UInt8(ascii: "n"))
        case 0x0D: sink.append(UInt8(ascii: "r"))
        case 0x09: sink.append(UInt8(ascii: "t"))
        default:
            let digits = Array("0123456789abcdef".utf8)
            sink.append("u00" as StaticString)
            sink.append(digits[Int(byte >> 4)])
            sink.append(digits[Int(byte & 15)])
        }
    }
}
