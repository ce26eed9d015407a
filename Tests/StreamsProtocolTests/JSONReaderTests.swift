// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Parsing of valid JSON")
struct JSONReaderTests {
    /// A text, and how it is encoded again.
    struct Row: Sendable {
        let text: String
        let again: String

        init(_ text: String, _ again: String? = nil) {
            self.text = text
            self.again = again ?? text
        }
    }

    @Test(
        "scalars and containers",
        arguments: [
            Row("null"), Row("true"), Row("false"), Row("\"\""), Row("[]"), Row("{}"), Row("[[],{}]"),
            Row(" \t\r\n [ 1 , 2 ] \n", "[1,2]"), Row("{ \"a\" : { } , \"b\" : [ null ] }", #"{"a":{},"b":[null]}"#),
            Row(#"{"b":1,"a":2}"#), Row(#"{"":0}"#), Row(#"{"a":{"a":{"a":1}}}"#), Row("\"\u{2028}\u{7F}\""),
        ])
    func values(row: Row) throws {
        #expect(try JSON(parsing: row.text).text == row.again)
    }

    @Test(
        "numbers keep their text",
        arguments: [
            "0", "-0", "1", "-1", "10", "1.5", "-0.0", "1e5", "1E5", "1e+5", "1E-5", "0e0", "0.1e1", "1e400", "-1e-400",
            "9007199254740993", "123456789012345678901234567890", "3.14159265358979323846264338327950288",
        ])
    func numbers(text: String) throws {
        #expect(try JSON(parsing: text) == .number(JSONNumber(checked: text)))
        #expect(try JSON(parsing: "[\(text)]").text == "[\(text)]")
    }

    @Test(
        "escapes, surrogates and lone surrogates",
        arguments: [
            Row(#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), Row(#""\u0041\u00e9\u20AC""#, "Aé€"),
            Row(#""\u0000""#, "\u{0}"), Row(#""\ud83d\ude00""#, "\u{1F600}"), Row(#""a\uD83D\uDE00b""#, "a\u{1F600}b"),
            Row(#""\udbff\udfff""#, "\u{10FFFF}"), Row(#""\ud83d""#, "\u{FFFD}"), Row(#""\ude00""#, "\u{FFFD}"),
            Row(#""\ud83dx""#, "\u{FFFD}x"), Row(#""\ud83d\u0041""#, "\u{FFFD}A"), Row(#""\ud83d\n""#, "\u{FFFD}\n"),
            Row(#""\ud83d\ud83d\ude00""#, "\u{FFFD}\u{1F600}"), Row(#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
            Row(#""é\u0301""#, "é\u{301}"), Row(#""\uffff""#, "\u{FFFF}"), Row("\"\u{1F600}\"", "\u{1F600}"),
        ])
    func strings(row: Row) throws {
        let value = try JSON(parsing: row.text).string
        #expect(value.map { Array($0.utf8) } == Array(row.again.utf8))
    }

    @Test("any number of members keep their order")
    func order() throws {
        let names = (0..<40).map { "m\(($0 * 7) % 40)" }
        let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(try JSON(parsing: text).object?.names == names)
    }

    @Test("nesting up to the limit is accepted, one level more → an error")
    func depth() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        #expect(try JSON(parsing: nested(64, "[", "]")).text == nested(64, "[", "]"))
        #expect(try JSON(parsing: nested(64, #"{"a":"#, "}")).text == nested(64, #"{"a":"#, "}"))
        let tooDeep = "nested more than 64 deep at byte "
        #expect(failure(nested(65, "[", "]")) == tooDeep + "64")
        #expect(failure(nested(65, #"{"a":"#, "}")) == tooDeep + "320")
        #expect(failure(String(repeating: "[", count: 100_000)) == tooDeep + "64")
        #expect(failure("[[[1]]]", depthLimit: 2) == "nested more than 2 deep at byte 2")
        #expect(failure("[1]", depthLimit: 0) == "nested more than 0 deep at byte 0")
        #expect(failure("1", depthLimit: 0) == nil)
    }

    @Test("any collection of bytes can be parsed")
    func collections() throws {
        let bytes = Array(#"xx{"a":[1,2]}yy"#.utf8)
        #expect(try JSON(parsing: bytes[2..<13]) == ["a": [1, 2]])
        #expect(try JSON(parsing: bytes[2..<13].lazy.map { $0 }) == ["a": [1, 2]])
        #expect(try JSON(parsing: Array("7".utf8).reversed()) == 7)
    }

    @Test("names that differ only in their Unicode normalization are distinct")
    func normalization() throws {
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
        #expect(failure(text) == nil)
        let many = "{" + (0..<20).map { "\"m\($0)\":0," }.joined() + text.dropFirst()
        #expect(failure(many) == nil)
    }

    private func failure(_ text: String, depthLimit: Int = JSON.defaultDepthLimit) -> String? {
        do throws(JSONError) {
            _ = try JSON(parsing: text, depthLimit: depthLimit)
            return nil
        } catch {
            return error.description
        }
    }
}
