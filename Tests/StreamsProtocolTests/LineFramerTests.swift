// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("Splitting a stream into lines")
struct LineFramerTests {
    private func frames(_ chunks: [String], limit: Int = 5) -> [LineFramer.Frame] {
        var framer = LineFramer(limit: limit)
        return chunks.flatMap { framer.push(Array($0.utf8)) }
    }

    private func line(_ text: String) -> LineFramer.Frame { .line(Array(text.utf8)) }

    @Test("lines, empty lines, and lines in pieces")
    func lines() {
        #expect(frames(["ab\ncd\n"]) == [line("ab"), line("cd")])
        #expect(frames(["\n\n"]) == [line(""), line("")])
        #expect(frames(["a", "b", "\n", "c\nd"]) == [line("ab"), line("c")])
        #expect(frames(["ab\r\n"]) == [line("ab\r")])
        #expect(frames(["", "a", "", "\n"]) == [line("a")])
        #expect(frames(["abc"]) == [])
    }

    @Test("the end of the stream ends the last line, once; the rest of a line that is too long stays skipped")
    func end() {
        var framer = LineFramer(limit: 5)
        var frames = framer.push(Array("ab\ncd".utf8))
        framer.finish { frames.append($0) }
        framer.finish { frames.append($0) }
        #expect(frames == [line("ab"), line("cd")])
        frames = framer.push(Array("1234567".utf8))
        framer.finish { frames.append($0) }
        #expect(frames == [.tooLong])
    }

    @Test("a line of exactly the limit is accepted, one byte more is too long")
    func limit() {
        #expect(frames(["12345\n"]) == [line("12345")])
        #expect(frames(["1234", "5", "\n"]) == [line("12345")])
        #expect(frames(["123456\n"]) == [.tooLong])
        #expect(frames(["12345", "6\n"]) == [.tooLong])
        #expect(frames(["12345", "\n6"]) == [line("12345")])
        #expect(frames(["\n", "1\n"], limit: 0) == [line(""), .tooLong])
    }

    @Test("a line that is too long is reported once, at once, and skipped up to its newline")
    func tooLong() {
        #expect(frames(["123456"]) == [.tooLong])
        #expect(frames(["123456", "789", "0", "x\nok\n"]) == [.tooLong, line("ok")])
        #expect(frames(["1234567890\nok\n1234567890\n"]) == [.tooLong, line("ok"), .tooLong])
        #expect(frames(["123456", "\n", "123456", "\nok\n"]) == [.tooLong, .tooLong, line("ok")])
    }

    @Test("10 MiB without a newline: at most the limit is buffered")
    func memory() {
        var framer = LineFramer(limit: 1 << 20)
        let chunk = [UInt8](repeating: 0x78, count: 1 << 16)
        var frames: [LineFramer.Frame] = []
        var most = 0
        for _ in 0..<160 {
            frames += framer.push(chunk)
            most = max(most, framer.heldBytes)
        }
        #expect(frames == [.tooLong])
        #expect(most == 1 << 20)
        #expect(framer.heldBytes == 0)
        #expect(framer.push(Array("\n{}\n".utf8)) == [line("{}")])
        #expect(framer.limit == 1 << 20)
    }

    @Test("any chunking gives the same frames", arguments: 1...200 as ClosedRange<UInt64>)
    func chunking(seed: UInt64) {
        var random = Seeded(seed)
        let limit = random.below(12)
        let bytes = (0..<random.below(120)).map { _ in random.below(5) == 0 ? 0x0A : UInt8(0x61 + random.below(26)) }
        var framer = LineFramer(limit: limit)
        var frames: [LineFramer.Frame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = min(rest.count, random.below(9))
            frames += framer.push(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        var expected: [LineFramer.Frame] = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            $0.count > limit ? .tooLong : .line(Array($0))
        }
        // The text after the last newline is emitted only if it is already too long.
        if case .line? = expected.last { expected.removeLast() }
        #expect(frames == expected)
    }
}
