// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import benchmarks

@Suite struct MarkTests {
    /// Three framed payloads of 64 bytes.
    private static let stream: [UInt8] = [7, 1_000_000_000_000_000_000, 42].flatMap { (time: UInt64) -> [UInt8] in
        var mark = [UInt8](repeating: 0, count: Mark.length)
        mark.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { Mark.write(time, to: base) }
        }
        return Array("~~{\"data\":\"".utf8) + mark + [UInt8](repeating: UInt8(ascii: "x"), count: 64 - Mark.length)
            + Array("\"}~\n".utf8)
    }

    @Test("every mark is found once, wherever the stream is split in two")
    func cutInTwo() {
        for cut in 0...Self.stream.count {
            #expect(Self.times([Self.stream[..<cut], Self.stream[cut...]]) == [7, 1_000_000_000_000_000_000, 42])
        }
    }

    @Test("every mark is found once in reads of equal length", arguments: 1...70)
    func cutInMany(length: Int) {
        let parts = stride(from: 0, to: Self.stream.count, by: length).map { start in
            Self.stream[start..<min(start + length, Self.stream.count)]
        }
        #expect(Self.times(parts) == [7, 1_000_000_000_000_000_000, 42])
    }

    @Test("the rest of a payload is skipped, even if it contains a mark")
    func stepsOver() {
        var bytes = Self.stream
        // A second mark in the first payload must not count: a payload has one mark.
        let mark = Array(bytes[11..<(11 + Mark.length)])
        bytes.replaceSubrange((11 + Mark.length)..<(11 + 2 * Mark.length), with: mark)
        #expect(Self.times([bytes[...]]).count == 3)
    }

    private static func times(_ parts: [ArraySlice<UInt8>]) -> [UInt64] {
        var scanner = MarkScanner(payload: 64)
        var times: [UInt64] = []
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: MarkScanner.headroom + stream.count)
        let held = UnsafeMutablePointer<UInt8>.allocate(capacity: MarkScanner.headroom)
        defer {
            buffer.deallocate()
            held.deallocate()
        }
        for part in parts where !part.isEmpty {
            for (index, byte) in part.enumerated() { buffer[MarkScanner.headroom + index] = byte }
            scanner.feed(buffer + MarkScanner.headroom, part.count, holding: held) { times.append($0) }
        }
        return times
    }
}
