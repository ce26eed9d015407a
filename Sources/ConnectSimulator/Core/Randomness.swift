// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same sequence for the same seed on every platform, unlike the system's generator.
struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func hex(_ count: Int) -> String {
        var digits = ""
        while digits.count < count {
            let word = String(next(), radix: 16)
            digits += String(repeating: "0", count: 16 - word.count) + word
        }
        return String(digits.prefix(count))
    }

    /// A version 4 UUID in lower case.
    mutating func uuid() -> String {
        let digits = Array(hex(31))
        func part(_ from: Int, _ count: Int) -> String { String(digits[from..<from + count]) }
        let variant = ["8", "9", "a", "b"][Int(next() % 4)]
        return "\(part(0, 8))-\(part(8, 4))-4\(part(12, 3))-\(variant)\(part(15, 3))-\(part(18, 12))"
    }
}
