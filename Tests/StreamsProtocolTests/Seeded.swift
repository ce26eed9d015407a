// SPDX-License-Identifier: Apache-2.0
import AgentModel

@testable import StreamsProtocol

/// SplitMix64: the same numbers on every machine, so that the seed of a failure reproduces it.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func json(depth: Int) -> JSON {
        switch below(depth > 0 ? 8 : 6) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .int(Int(truncatingIfNeeded: next()))
        case 3: return .number(JSONNumber(checked: number()))
        case 4, 5: return .string(text())
        case 6: return .array((0..<below(5)).map { _ in json(depth: depth - 1) })
        default: return .object(JSONObject((0..<below(5)).map { _ in (text(), json(depth: depth - 1)) }))
        }
    }

    private mutating func number() -> String {
        let sign = below(2) == 0 ? "" : "-"
        let fraction = below(2) == 0 ? "" : ".\(below(1000))"
        let exponent = below(2) == 0 ? "" : ["e5", "E+400", "e-7"][below(3)]
        return sign + String(below(100_000)) + fraction + exponent
    }

    private mutating func text() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\u{0}", "\u{8}", "\t", "\n", "\r", "\u{1F}", "\u{7F}", "é",
            "\u{2028}",
            "\u{FFFD}", "\u{FFFF}", "\u{1F600}", "\u{10FFFF}", "{", "}", "[", ",", ":",
        ]
        var view = String.UnicodeScalarView()
        for _ in 0..<below(8) { view.append(alphabet[below(alphabet.count)]) }
        return String(view)
    }
}

extension LineBody {
    /// The line with its plain ending.
    var line: [UInt8] { Array(bytes) + Self.plainEnding.withUTF8Buffer { Array($0) } }
}
