// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import StreamsProtocol

@Suite("Invalid JSON: reason and offset of the error")
struct JSONFaultTests {
    struct Row: Sendable {
        let bytes: [UInt8]
        let error: JSONError

        init(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
            self.init(Array(text.utf8), reason, offset)
        }

        init(_ bytes: [UInt8], _ reason: JSONError.Reason, _ offset: Int) {
            self.bytes = bytes
            error = JSONError(reason: reason, offset: offset)
        }
    }

    private static let cut: [Row] = [
        Row("", .truncated, 0), Row("   ", .truncated, 3), Row("[", .truncated, 1), Row("[1", .truncated, 2),
        Row("[1,", .truncated, 3), Row("[1, ", .truncated, 4), Row("{", .truncated, 1), Row(#"{"a""#, .truncated, 4),
        Row(#"{"a":"#, .truncated, 5), Row(#"{"a":1"#, .truncated, 6), Row(#"{"a":1,"#, .truncated, 7),
        Row("\"", .truncated, 1), Row("\"abc", .truncated, 4), Row("\"a\\", .truncated, 2),
        Row("\"\\u12", .truncated, 1), Row("\"\\u1234", .truncated, 7),
    ]

    private static let unexpected: [Row] = [
        Row("x", .unexpected, 0), Row("]", .unexpected, 0), Row("}", .unexpected, 0), Row(",", .unexpected, 0),
        Row("tru", .unexpected, 0), Row("True", .unexpected, 0), Row("nul", .unexpected, 0),
        Row("falsy", .unexpected, 0), Row("NaN", .unexpected, 0), Row("Infinity", .unexpected, 0),
        Row("'a'", .unexpected, 0), Row("+1", .unexpected, 0), Row(".5", .unexpected, 0), Row("[,1]", .unexpected, 1),
        Row("[1,]", .unexpected, 3), Row("[1 2]", .unexpected, 3), Row("[1}", .unexpected, 2),
        Row(#"{"a":1,}"#, .unexpected, 7), Row("{a:1}", .unexpected, 1), Row(#"{"a" 1}"#, .unexpected, 5),
        Row(#"{"a",1}"#, .unexpected, 4), Row(#"{"a":}"#, .unexpected, 5), Row("{1:2}", .unexpected, 1),
        Row(#"{"a":1 "b":2}"#, .unexpected, 7), Row("/* c */ 1", .unexpected, 0), Row("[1,//\n2]", .unexpected, 3),
        Row([0xEF, 0xBB, 0xBF, 0x31], .unexpected, 0), Row([0x00], .unexpected, 0),
    ]

    private static let trailing: [Row] = [
        Row("1 x", .trailing, 2), Row("{} {}", .trailing, 3), Row("truefalse", .trailing, 4), Row("0x10", .trailing, 1),
        Row("\"a\"b", .trailing, 3), Row("[1]]", .trailing, 3), Row("null\u{0}", .trailing, 4), Row("1,", .trailing, 1),
    ]

    private static let numbers: [Row] = [
        Row("01", .badNumber, 0), Row("-01", .badNumber, 0), Row("00", .badNumber, 0), Row("1.", .badNumber, 0),
        Row("-", .badNumber, 0), Row("--1", .badNumber, 0), Row("-x", .badNumber, 0), Row("1.e5", .badNumber, 0),
        Row("1e", .badNumber, 0), Row("1e+", .badNumber, 0), Row("1E-x", .badNumber, 0), Row("[7,1.x]", .badNumber, 3),
        Row("-Infinity", .badNumber, 0), Row("-.5", .badNumber, 0),
    ]

    private static let strings: [Row] = [
        Row("\"a\nb\"", .badString, 2), Row("\"\u{0}\"", .badString, 1), Row("\"\t\"", .badString, 1),
        Row(#""\x41""#, .badString, 1), Row(#""\u00g0""#, .badString, 1), Row(#""\u 123""#, .badString, 1),
        Row(#""\U0041""#, .badString, 1), Row(#""ab\'""#, .badString, 3), Row(#"{"\q":1}"#, .badString, 2),
        Row("\"\\u00é\"", .badString, 1), Row("\"\u{1F}\"", .badString, 1),
    ]

    private static let duplicates: [Row] = [
        Row(#"{"a":1,"a":2}"#, .duplicateKey("a"), 7), Row(#"{"a":1,"\u0061":2}"#, .duplicateKey("a"), 7),
        Row(#"{"":1,"b":2,"":3}"#, .duplicateKey(""), 12), Row(#"[{"x":{"y":1,"y":1}}]"#, .duplicateKey("y"), 13),
        Row(wide + #","m0":1}"#, .duplicateKey("m0"), wide.utf8.count + 1),
        Row(wide + #","m39":1}"#, .duplicateKey("m39"), wide.utf8.count + 1),
        Row(wide + #","new":1,"new":1}"#, .duplicateKey("new"), wide.utf8.count + 9),
        Row(#"{"\u0061":1,"a":2}"#, .duplicateKey("a"), 12), Row(#"{"a":1,"b":2,"c":3,"b":4}"#, .duplicateKey("b"), 19),
        Row(#"{"a":1,"b":2,"\u0063":3,"c":4}"#, .duplicateKey("c"), 24),
        Row(#"{"a":1,"b":2,"c":3,"\u0061":4}"#, .duplicateKey("a"), 19),
        Row(wide + #","m\u0037":1}"#, .duplicateKey("m7"), wide.utf8.count + 1),
    ]

    private static let wide = "{" + (0..<40).map { "\"m\($0)\":\($0)" }.joined(separator: ",")

    private static let brokenUTF8: [Row] = [
        Row([0x22, 0xFF, 0x22], .notUTF8, 1), Row([0x22, 0x80, 0x22], .notUTF8, 1),
        Row([0x22, 0xC0, 0xAF, 0x22], .notUTF8, 1), Row([0x22, 0xC3, 0x22], .notUTF8, 1),
        Row([0x22, 0xE2, 0x82, 0x22], .notUTF8, 1), Row([0x22, 0xE0, 0x80, 0x80, 0x22], .notUTF8, 1),
        Row([0x22, 0xED, 0xA0, 0x80, 0x22], .notUTF8, 1), Row([0x22, 0xF0, 0x80, 0x80, 0x80, 0x22], .notUTF8, 1),
        Row([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .notUTF8, 1), Row([0x22, 0xF5, 0x80, 0x80, 0x80], .notUTF8, 1),
        Row([0x22, 0x61, 0xC3, 0xA9, 0xFE, 0x22], .notUTF8, 4), Row([0x31, 0x20, 0xE2, 0x82], .notUTF8, 2),
        Row([0xFF, 0xFE, 0x31, 0x00], .notUTF8, 0),
    ]

    @Test(
        "invalid JSON → an error with reason and offset",
        arguments: cut + unexpected + trailing + numbers + strings + duplicates + brokenUTF8)
    func faults(row: Row) {
        #expect(throws: row.error) { _ = try JSON(parsing: row.bytes) }
    }

    @Test(
        "a skipped value is checked as strictly as a parsed one", arguments: unexpected + strings + numbers
    )
    func skipped(row: Row) {
        let prefix = Array(#"{"data":"#.utf8)
        let shifted = JSONError(reason: row.error.reason, offset: row.error.offset + prefix.count)
        #expect(throws: shifted) {
            try withReader(of: prefix + row.bytes + [0x7D]) { reader throws(JSONError) in
                try reader.members(depth: 0) { (reader, _) throws(JSONError) in _ = try reader.skip(depth: 1) }
            }
        }
    }

    @Test("the description of each reason")
    func words() {
        func text(_ reason: JSONError.Reason) -> String { JSONError(reason: reason, offset: 5).description }
        #expect(text(.notUTF8) == "not UTF-8 at byte 5")
        #expect(text(.truncated) == "the text ends in the middle of a value, at byte 5")
        #expect(text(.unexpected) == "unexpected character at byte 5")
        #expect(text(.trailing) == "text after the value, at byte 5")
        #expect(text(.tooDeep(limit: 64)) == "nested more than 64 deep at byte 5")
        #expect(text(.badNumber) == "not a JSON number at byte 5")
        #expect(text(.badString) == "a bad escape or control character in a string at byte 5")
        let long = String(repeating: "k", count: 1000)
        let cut = String(repeating: "k", count: 64)
        #expect(text(.duplicateKey(long)) == "the member \"\(cut)\" appears twice, the second time at byte 5")
    }
}
