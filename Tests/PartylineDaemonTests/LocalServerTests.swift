import NIOCore
import Testing

@testable import ConduitCore
@testable import LocalServer

/// The server with a real conduit, a real loop and a real socket.
@Suite("The server of the socket")
struct LocalServerTests {
    @Test("a client that reads by fits and starts has every byte, in order", arguments: [1, 2, 3] as [UInt64])
    func slowReader(_ seed: UInt64) throws {
        let stage = try ServerStage()
        let reader = try stage.connect()
        let writer = try stage.connect()
        var numbers = Numbers(state: seed)
        var expected: [UInt8] = []
        for round in 0..<200 {
            let length = [1, 80, 4_000, 36_000, 70_000][Int(numbers.below(5))] + Int(numbers.below(90))
            let data = String(repeating: "x", count: length)
            try writer.broadcast("e\(round)", data)
            expected += Array((#"{"event":"e\#(round)","data":"\#(data)"}"# + "\n").utf8)
            writer.take(atMost: 1 << 20)
            if numbers.below(3) == 0 { reader.take(atMost: 1 + Int(numbers.below(80_000))) }
        }
        let end = #"{"event":"end","data":""}"# + "\n"
        try writer.broadcast("end", "")
        let got = try reader.read(to: end)
        expected += Array(end.utf8)
        #expect(got.count >= expected.count)
        let isWhole = got.suffix(expected.count).elementsEqual(expected)
        #expect(isWhole)
    }

    @Test("ports abreast and ports behind have the same, while more is said in the middle of it", arguments: [4, 5])
    func many(_ seed: UInt64) throws {
        let stage = try ServerStage()
        let readers = try (0..<8).map { _ in try stage.connect() }
        let writer = try stage.connect()
        for (place, reader) in readers.enumerated() where place % 4 == 3 {
            let params = place == 3 ? #"{"events":["*"]}"# : #"{"events":["*","other"]}"#
            try reader.ask("subscribe", params)
        }
        try stage.grows(times: 40)
        var numbers = Numbers(state: seed)
        for round in 0..<150 {
            let length = [1, 80, 4_000, 36_000][Int(numbers.below(4))]
            try writer.broadcast("e\(round)", String(repeating: "x", count: length))
            writer.take(atMost: 1 << 20)
            for reader in readers where numbers.below(3) == 0 { reader.take(atMost: 1 + Int(numbers.below(80_000))) }
        }
        try writer.broadcast("end", "")
        let names = try (readers + [writer]).map { try $0.names(to: "end") }
        #expect(names[0].filter { $0.hasPrefix("e") } == (0..<150).map { "e\($0)" } + ["end"])
        #expect(names[0].filter { $0 == "grown" }.count == 40)
        for other in names.dropFirst() { #expect(other == names[0]) }
    }

    @Test("events are persisted and told, also the last ones before a port is closed")
    func kept() throws {
        let stage = try ServerStage()
        let reader = try stage.connect()
        try reader.ask("subscribe", #"{"events":["*"]}"#)
        for round in 0..<50 {
            let writer = try stage.connect()
            try writer.broadcast("e\(round)", "x")
            try writer.say(#"{"event":"close"}"#)
            _ = try writer.readAll()
        }
        try stage.connect().broadcast("end", "")
        #expect(try reader.names(to: "end").count == 51)
        #expect(try stage.kept() >= 51)
    }

    @Test("who says a lot is heard, although there is always something else to do")
    func talker() throws {
        let stage = try ServerStage()
        let talker = try stage.connect()
        let heard = try stage.isBusy(lineTakes: .microseconds(300), until: 20, turns: 30_000)
        // By one send, so that it is read at once.
        let lines = (0..<20).map { #"{"event":"broadcast","data":{"event":"said","data":"\#($0)"}}"# }
        try talker.say(lines.joined(separator: "\n"))
        try heard.wait()
    }

    @Test("what is due to a client that did not keep up comes before its last word")
    func lastWord() throws {
        let stage = try ServerStage()
        let reader = try stage.connect()
        let writer = try stage.connect()
        let data = String(repeating: "x", count: 20_000)
        // More than its socket takes, so that some of it waits.
        for number in 0..<16 {
            try writer.broadcast("e\(number)", data)
            try writer.read(to: #""e\#(number)","data":"\#(data)"}"# + "\n")
        }
        try stage.happens(.shutdown(reason: "enough"))
        let lines = try reader.readAll().split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix(#"{"event":"e"#) }.count == 16)
        #expect(lines.last?.hasPrefix(#"{"event":"partyline::bye""#) == true)
    }
}

/// Numbers by xorshift, the same for the same seed.
private struct Numbers {
    var state: UInt64

    mutating func below(_ bound: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (state >> 8) % bound
    }
}
