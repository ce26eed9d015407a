// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Patterns")
struct PatternTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let pattern: String
        /// Nil if the member is absent.
        let value: JSON?

        init(_ pattern: String, _ value: JSON?) {
            self.pattern = pattern
            self.value = value
        }

        var testDescription: String { "\(pattern) and \(value?.text ?? "nothing")" }

        func difference() throws -> String? {
            Pattern(
                pattern: try YAMLText.json(pattern), ids: ["a": "1-x"], clocks: ["m": "e:1"], now: 1_735_732_800_000
            )
            .difference(from: value)
        }
    }

    static let fitting: [Case] = [
        Case("text", "text"), Case("'1'", "1"), Case("1.50", 1.5), Case("true", true), Case("null", .null),
        Case("'null'", "null"), Case("no", "no"), Case("{a: 1, b: [x]}", ["b": ["x"], "a": 1]),
        Case("{a: 1, ...: true}", ["a": 1, "b": 2]), Case("{a: <absent>, ...: true}", ["b": 2]),
        Case("{a: <absent>}", [:]), Case("<absent>", nil), Case("[1, ...]", [1, 2, 3]), Case("[...]", []),
        Case("<any>", .null), Case("<string>", "x"), Case("<number>", 1), Case("<object>", [:]), Case("<array>", []),
        Case("<array:2>", [1, 2]), Case("<id:a>", "1-x"), Case("<contains:bc>", "abcd"),
        Case("<clock:m>", "e:1"),
        Case("<ms>", 1_735_732_812_345), Case("<duration>", -7), Case("<duration>", 1200),
        Case("<instant>", "2025-01-01T12:00:00.000Z"), Case("{<json>: {a: 1}}", .string(#"{"a":1}"#)),
    ]

    static let different: [Case] = [
        Case("text", "Text"), Case("'1'", 1), Case("1", "1"), Case("1", 2), Case("true", "true"), Case("true", false),
        Case("null", nil), Case("null", 0), Case("{a: 1}", ["a": 1, "b": 2]), Case("{a: 1, b: 2}", ["a": 1]),
        Case("{a: 1, ...: true}", ["b": 2]), Case("{a: 1, ...: true}", ["a": 2, "b": 2]), Case("{a: null}", [:]),
        Case("{a: <absent>}", ["a": .null]), Case("<absent>", .null), Case("<any>", nil), Case("[1]", [1, 2]),
        Case("[1, 2]", [1]), Case("[1, ...]", [2, 1]), Case("[1, 2]", [2, 1]), Case("{}", []), Case("[]", [:]),
        Case("<string>", ""), Case("<string>", 1), Case("<number>", "1"), Case("<object>", []), Case("<array>", [:]),
        Case("<array:2>", [1]), Case("<id:a>", "1-y"), Case("<id:b>", "1-x"), Case("<contains:bd>", "abcd"),
        Case("<clock:m>", "e:2"), Case("<clock:n>", "e:1"),
        Case("<ms>", 12), Case("<ms>", "1735732812345"), Case("<duration>", 1_735_732_812_345),
        Case("<instant>", "2025-01-01T12:00:00Z"), Case("<instant>", 1_735_732_800), Case("<nonsense>", "<nonsense>"),
        Case("{<json>: {a: 1}}", .string(#"{"a":2}"#)), Case("{<json>: {a: 1}}", ["a": 1]),
        Case("{<json>: {a: 1}}", "not JSON"), Case("{a: {b: [1, {c: 2}]}}", ["a": ["b": [1, ["c": 3]]]]),
    ]

    @Test("a value that matches → no difference", arguments: fitting)
    func fits(_ example: Case) throws {
        #expect(try example.difference() == nil)
    }

    @Test("a value that does not match → a difference", arguments: different)
    func differs(_ example: Case) throws {
        #expect(try example.difference() != nil)
    }

    @Test("a difference has its path")
    func place() throws {
        let difference = try Case("{a: {b: [1, {c: 2}]}}", ["a": ["b": [1, ["c": 3]]]]).difference()
        #expect(difference == ".a.b[1].c: expected 2, got 3")
    }

    @Test("variables and repetitions are expanded at any depth")
    func filling() throws {
        let value = try YAMLText.json("{url: $origin/api, list: {<times>: 2, <of>: {arn: $other}}}")
        let other = JSON.string(Names.other)
        #expect(
            Names(authority: "127.0.0.1:1").filled(value)
                == ["url": "http://127.0.0.1:1/api", "list": [["arn": other], ["arn": other]]])
    }
}
