// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import StreamsProtocol

@Suite("Searching for rare bytes")
struct WordScanTests {
    /// All bytes that need no escape in a string.
    private static let plain = (0x20...0xFF as ClosedRange<UInt8>).filter { $0 != 0x22 && $0 != 0x5C }

    /// Every length up to more than one block of 64 bytes, and some around two blocks.
    private static let counts = Array(0...70) + [127, 128, 129, 150]

    private func text(_ count: Int, _ seed: Int) -> [UInt8] {
        (0..<count).map { Self.plain[($0 * 7 + seed) % Self.plain.count] }
    }

    private func newline(_ bytes: [UInt8], _ start: Int) -> Int? {
        bytes.withUnsafeBytes { WordScan.newline(in: $0, from: start) }
    }

    private func plain(_ bytes: [UInt8], _ start: Int) -> Int {
        bytes.withUnsafeBytes { WordScan.plain(in: $0, from: start) }
    }

    @Test("the first newline at any offset, whatever follows it")
    func newlines() {
        for count in Self.counts {
            for start in 0...min(count, 9) {
                var bytes = text(count, start)
                #expect(newline(bytes, start) == nil)
                for place in start..<max(count, start) {
                    bytes[place] = 0x0A
                    #expect(newline(bytes, start) == place)
                    if place + 1 < count { bytes[place + 1] = 0x0B }
                    #expect(newline(bytes, start) == place)
                    bytes = text(count, start)
                }
            }
        }
    }

    @Test(
        "plain bytes up to the first special byte, or fewer than eight bytes before it",
        arguments: [0x22, 0x5C, 0x00, 0x0A, 0x1F])
    func plains(special: UInt8) {
        for count in Self.counts {
            for start in 0...min(count, 9) {
                var bytes = text(count, start)
                let all = plain(bytes, start)
                #expect(all <= count - start && count - start - all < 8)
                for place in start..<max(count, start) {
                    bytes[place] = special
                    if place + 1 < count { bytes[place + 1] = special ^ 1 }
                    let found = plain(bytes, start)
                    #expect(found <= place - start && (found == place - start || count - start - found < 8))
                    bytes = text(count, start)
                }
            }
        }
    }
}
