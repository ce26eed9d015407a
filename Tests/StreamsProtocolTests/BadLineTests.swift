// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("Lines that are not a message")
struct BadLineTests {
    struct Row: Sendable {
        let line: [UInt8]
        let message: String

        init(_ text: String, json message: String) { self.init(Array(text.utf8), json: message) }
        init(_ bytes: [UInt8], json message: String) {
            line = bytes
            self.message = "the line is not a JSON object: " + message
        }

        init(noEvent text: String) {
            line = Array(text.utf8)
            message = "the line is not a JSON object with an \"event\""
        }

        init(badEvent text: String) {
            line = Array(text.utf8)
            message = "\"event\" has to be a string that is not empty"
        }
    }

    private static let noEvent = [
        "null", "true", "42", "\"synchronize\"", "[]", #"[{"event":"x"}]"#, "{}", #"{"data":1}"#, #"{"Event":"x"}"#,
        #"{"event ":"x"}"#, "[[[[[]]]]]", " {} ",
    ].map { Row(noEvent: $0) }

    private static let badEvent = [
        #"{"event":null}"#, #"{"event":1}"#, #"{"event":true}"#, #"{"event":["x"]}"#, #"{"event":{"event":"x"}}"#,
        #"{"event":""}"#, #"{"event":1e999}"#,
    ].map { Row(badEvent: $0) }

    private static let broken: [Row] = [
        Row(#"{"event":"x""#, json: "the text ends in the middle of a value, at byte 12"),
        Row(#"{"event":"x"#, json: "the text ends in the middle of a value, at byte 11"),
        Row("{", json: "the text ends in the middle of a value, at byte 1"),
        Row(#"{"event":"x","data":"#, json: "the text ends in the middle of a value, at byte 20"),
        Row(#"{"event":"x"}}"#, json: "text after the value, at byte 13"),
        Row(#"{"event":"x"}{"event":"y"}"#, json: "text after the value, at byte 13"),
        Row(#"{"event":"x"} garbage"#, json: "text after the value, at byte 14"),
        Row("[] []", json: "text after the value, at byte 3"),
        Row("event", json: "unexpected character at byte 0"),
        Row("GET / HTTP/1.1\r", json: "unexpected character at byte 0"),
        Row("{event:\"x\"}", json: "unexpected character at byte 1"),
        Row("{'event':'x'}", json: "unexpected character at byte 1"),
        Row(#"{"event":"x",}"#, json: "unexpected character at byte 13"),
        Row(#"{"event" "x"}"#, json: "unexpected character at byte 9"),
        Row(#"{"event":x}"#, json: "unexpected character at byte 9"),
        Row(#"{"event":"x","data":undefined}"#, json: "unexpected character at byte 20"),
        Row(#"{"event":"x","data":NaN}"#, json: "unexpected character at byte 20"),
        Row(#"{"event":"x","data":[1,]}"#, json: "unexpected character at byte 23"),
        Row("\u{0}\u{1}\u{2}", json: "unexpected character at byte 0"),
        Row("\u{FEFF}{\"event\":\"x\"}", json: "unexpected character at byte 0"),
        Row(#"{"event":"x","data":01}"#, json: "not a JSON number at byte 20"),
        Row(#"{"event":"x","data":1.}"#, json: "not a JSON number at byte 20"),
        Row(#"{"event":"x","data":-}"#, json: "not a JSON number at byte 20"),
        Row(#"{"event":"x","data":0x1F}"#, json: "unexpected character at byte 21"),
        Row(#"{"event":"\x"}"#, json: "a bad escape or control character in a string at byte 10"),
        Row(#"{"event":"\u12"}"#, json: "a bad escape or control character in a string at byte 10"),
        Row("{\"event\":\"a\tb\"}", json: "a bad escape or control character in a string at byte 11"),
        Row(#"{"event":"x","event":"y"}"#, json: "the member \"event\" appears twice, the second time at byte 13"),
        Row(#"{"event":"x","data":1,"data":1}"#, json: "the member \"data\" appears twice, the second time at byte 22"),
        Row(#"{"event":"x","d":{"k":1,"k":2}}"#, json: "the member \"k\" appears twice, the second time at byte 24"),
        Row(
            #"{"event":"x","data":"# + String(repeating: "[", count: 64),
            json: "nested more than 64 deep at byte 83"),
        Row(
            #"{"event":"x","data":"# + String(repeating: #"{"a":"#, count: 10_000),
            json: "nested more than 64 deep at byte 335"),
        Row(String(repeating: "[", count: 100_000), json: "nested more than 64 deep at byte 64"),
        Row([0xFF, 0xFE], json: "not UTF-8 at byte 0"),
        Row(Array(#"{"event":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), json: "not UTF-8 at byte 10"),
        Row(Array(#"{"event":"x","data":""#.utf8) + [0xED, 0xA0, 0x80, 0x22, 0x7D], json: "not UTF-8 at byte 21"),
        Row([0x80], json: "not UTF-8 at byte 0"),
    ]

    @Test("an invalid line → invalid_line, with the reason and a hint", arguments: noEvent + badEvent + broken)
    func bad(row: Row) {
        let hint = #"a line looks like {"event":"synchronize"}"#
        #expect(throws: ProtocolError(.invalidLine, row.message, hint: hint)) { _ = try ClientMessage(line: row.line) }
    }

    @Test("an empty line → a hint that it is empty", arguments: ["", " ", "\r", "  \r"])
    func empty(text: String) {
        let message =
            "the line is not a JSON object: the text ends in the middle of a value, at byte \(text.utf8.count)"
        #expect(throws: ProtocolError(.invalidLine, message, hint: "an empty line says nothing")) {
            _ = try ClientMessage(line: Array(text.utf8))
        }
    }
}
