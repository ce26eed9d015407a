// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import NIOCore
import Testing

@testable import PartylineDaemon

@Suite("The log")
struct LogTests {
    // MARK: The queue

    @Test("lines are taken in order, once")
    func order() {
        var queue = LogQueue()
        #expect(queue.isEmpty)
        queue.add([1, 2])
        queue.add([3])
        #expect(!queue.isEmpty)
        let taken = queue.take()
        #expect(taken.lines == [1, 2, 3] && taken.dropped == 0)
        #expect(queue.isEmpty && queue.take().lines == [])
    }

    @Test("beyond the limit lines are dropped and counted, until the queue is taken")
    func limit() {
        var queue = LogQueue()
        let line = [UInt8](repeating: 7, count: LogQueue.limit / 4)
        for _ in 0..<6 { queue.add(line) }
        var taken = queue.take()
        #expect(taken.lines.count == LogQueue.limit && taken.dropped == 2 && queue.dropped == 2)
        queue.add(line)
        taken = queue.take()
        #expect(taken.lines == line && taken.dropped == 0 && queue.dropped == 2)
    }

    @Test("a line longer than the limit is kept if nothing else waits")
    func long() {
        var queue = LogQueue()
        let line = [UInt8](repeating: 7, count: LogQueue.limit + 1)
        queue.add(line)
        queue.add([1])
        #expect(queue.take() == (line, 1))
    }

    // MARK: The writer

    @Test("a pipe that is not read: the caller never waits; when it is read, the number of lost lines is in the log")
    func pipe() throws {
        var ends: [CInt] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let writer = LogWriter(descriptor: ends[1], format: LogFormat(isJournal: true))
        for number in 0..<10_000 {
            writer.write(.info, "line \(number)", ["pad": .string(String(repeating: "x", count: 90))])
        }
        writer.flush(limit: .milliseconds(1))
        let lost = writer.dropped
        #expect(lost > 5_000)

        var text = ""
        var room = [UInt8](repeating: 0, count: 65_536)
        var numbers: [Int] = []
        var counts: [Int] = []
        // Lines may be dropped more than once, because the writer takes what waits whenever the pipe has room.
        while numbers.count + counts.reduce(0, +) < 10_000 {
            let count = read(ends[0], &room, room.count)
            try #require(count > 0)
            text += String(decoding: room[..<count], as: UTF8.self)
            let words = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
                $0.split(separator: " ")
            }
            numbers = words.filter { $0[0] == "<6>line" }.compactMap { Int($0[1]) }
            counts = words.filter { $0[0] == "<4>log" }.compactMap { Int($0.last?.dropFirst("count=".count) ?? "") }
        }
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        #expect(counts.reduce(0, +) == lost)
        writer.flush(limit: .seconds(10))
        #expect(writer.dropped == lost)
    }

    @Test("a descriptor that cannot be written → the lines are counted")
    func closed() {
        let writer = LogWriter(descriptor: -1, format: LogFormat(isJournal: false))
        for _ in 0..<100 { writer.write(.error, "x", [:]) }
        writer.flush(limit: .seconds(10))
        #expect(writer.dropped == 100)
    }

    // MARK: The form

    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> String {
        String(decoding: LogFormat(isJournal: true).line(.notice, message, metadata), as: UTF8.self)
    }

    @Test("a line has the priority, the message and the fields in the order of their names")
    func form() {
        #expect(line("hello") == "<5>hello\n")
        #expect(line("hello", ["b": "2", "a": "x y", "c": ""]) == "<5>hello a=\"x y\" b=2 c=\"\"\n")
        let own = String(decoding: LogFormat(isJournal: false).line(.warning, "hello", ["a": "1"]), as: UTF8.self)
        #expect(own.hasSuffix("Z warning: hello a=1\n"))
    }

    @Test(
        "characters that control a terminal or end a line are escaped",
        arguments: [
            ("\n", "\\u000a"), ("\r\n", "\\u000d\\u000a"), ("\u{1B}", "\\u001b"), ("\u{7F}", "\\u007f"),
            ("\u{9B}", "\\u009b"), ("\u{2028}", "\\u2028"), ("\u{202E}", "\\u202e"), ("\u{2066}", "\\u2066"),
        ])
    func controls(text: String, escaped: String) {
        #expect(line("a\(text)b") == "<5>a\(escaped)b\n")
        let field = line("a", ["f": .string("x\(text)y")])
        #expect(!field.dropLast().unicodeScalars.contains { text.unicodeScalars.contains($0) }, "\(field)")
    }

    @Test("JOURNAL_STREAM counts only if it names standard error's device and inode")
    func journal() throws {
        var ends: [CInt] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var file = stat()
        try #require(fstat(ends[1], &file) == 0)
        for (stream, isJournal) in [
            (nil, false), ("", false), ("1:2", false), ("\(file.st_dev):\(file.st_ino)", true),
            ("\(file.st_dev):\(file.st_ino + 1)", false),
        ] {
            let format = LogFormat(journalStream: stream, descriptor: ends[1])
            let start = String(decoding: format.line(.info, "x", [:]), as: UTF8.self).hasPrefix("<6>x")
            #expect(start == isJournal, "\(stream ?? "none")")
        }
    }
}
