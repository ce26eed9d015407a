// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import ConduitCore
@testable import LocalServer

/// The server with a real conduit, event loop and socket.
@Suite("The socket server")
struct LocalServerTests {
    @Test("a client that reads slowly and irregularly receives every byte in order", arguments: [1, 2, 3] as [UInt64])
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
            writer.receive(atMost: 1 << 20)
            if numbers.below(3) == 0 { reader.receive(atMost: 1 + Int(numbers.below(80_000))) }
        }
        let end = #"{"event":"end","data":""}"# + "\n"
        try writer.broadcast("end", "")
        let got = try reader.read(to: end)
        expected += Array(end.utf8)
        #expect(got.count >= expected.count)
        let isWhole = got.suffix(expected.count).elementsEqual(expected)
        #expect(isWhole)
    }

    @Test("fast and slow ports receive the same lines, while events are published during writes", arguments: [4, 5])
    func many(_ seed: UInt64) throws {
        let stage = try ServerStage()
        let readers = try (0..<8).map { _ in try stage.connect() }
        let writer = try stage.connect()
        for (place, reader) in readers.enumerated() where place % 4 == 3 {
            let params = place == 3 ? #"{"events":["*"]}"# : #"{"events":["*","other"]}"#
            try reader.request("subscribe", params)
        }
        try stage.publishDuringWrites(times: 40)
        var numbers = Numbers(state: seed)
        for round in 0..<150 {
            let length = [1, 80, 4_000, 36_000][Int(numbers.below(4))]
            try writer.broadcast("e\(round)", String(repeating: "x", count: length))
            writer.receive(atMost: 1 << 20)
            for reader in readers where numbers.below(3) == 0 { reader.receive(atMost: 1 + Int(numbers.below(80_000))) }
        }
        try writer.broadcast("end", "")
        let names = try (readers + [writer]).map { try $0.names(to: "end") }
        #expect(names[0].filter { $0.hasPrefix("e") } == (0..<150).map { "e\($0)" } + ["end"])
        #expect(names[0].filter { $0 == "grown" }.count == 40)
        for other in names.dropFirst() { #expect(other == names[0]) }
    }

    @Test("events are persisted and delivered, including the last ones before a port is closed")
    func persisted() throws {
        let stage = try ServerStage()
        let reader = try stage.connect()
        try reader.request("subscribe", #"{"events":["*"]}"#)
        for round in 0..<50 {
            let writer = try stage.connect()
            try writer.broadcast("e\(round)", "x")
            try writer.send(#"{"event":"close"}"#)
            _ = try writer.readAll()
        }
        try stage.connect().broadcast("end", "")
        #expect(try reader.names(to: "end").count == 51)
        #expect(try stage.persistCount() >= 51)
    }

    @Test("a client that sends many lines at once is served while the loop is always busy")
    func busy() throws {
        let stage = try ServerStage()
        let sender = try stage.connect()
        let handled = try stage.keepBusy(lineTakes: .microseconds(300), until: 20, turns: 30_000)
        // One send, so that the lines are read together.
        let lines = (0..<20).map { #"{"event":"broadcast","data":{"event":"said","data":"\#($0)"}}"# }
        try sender.send(lines.joined(separator: "\n"))
        try handled.wait()
    }

    @Test("two clients with long backlogs → the line of a third one is handled in between")
    func turns() throws {
        let stage = try ServerStage()
        let clients = try (0..<3).map { _ in try stage.connect() }
        try stage.slowDown(lineTakes: .microseconds(100))
        let third = #"{"event":"broadcast","data":{"event":"e0","data":""}}"#
        try stage.send(third, of: clients[2], duringLine: 30)
        let line = #"{"event":"broadcast","data":{"event":"grown","data":""}}"#
        let backlog = Array(repeating: line, count: 100).joined(separator: "\n")
        try stage.whileBlocked { for client in clients[..<2] { try client.send(backlog) } }
        let names = try clients[2].names(count: 201)
        let position = try #require(names.firstIndex(of: "e0"))
        #expect(position < 120)
    }

    @Test("lines before a client closes without reading → all are handled", arguments: [20, 40, 70])
    func linesBeforeClose(_ requests: Int) throws {
        let stage = try ServerStage()
        let reader = try stage.connect()
        let client = try stage.connect()
        let end = #"{"event":"broadcast","data":{"event":"end","data":""}}"#
        let lines = Array(repeating: #"{"event":"synchronize"}"#, count: requests) + [end]
        try stage.whileBlocked {
            try client.send(lines.joined(separator: "\n"))
            client.hangUp()
        }
        #expect(try reader.names(to: "end") == ["end"])
        while try stage.portCount() > 1 {}
    }

    @Test("a slow client receives its pending lines before partyline::bye")
    func lastWord() throws {
        let stage = try ServerStage()
        let reader = try stage.connect()
        let writer = try stage.connect()
        let data = String(repeating: "x", count: 20_000)
        // More than its socket buffers, so that some lines are pending.
        for number in 0..<16 {
            try writer.broadcast("e\(number)", data)
            try writer.read(to: #""e\#(number)","data":"\#(data)"}"# + "\n")
        }
        try stage.handle(.shutdown(reason: "enough"))
        let lines = try reader.readAll().split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix(#"{"event":"e"#) }.count == 16)
        #expect(lines.last?.hasPrefix(#"{"event":"partyline::bye""#) == true)
    }
}

/// Reproducible random numbers (xorshift).
private struct Numbers {
    var state: UInt64

    mutating func below(_ bound: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (state >> 8) % bound
    }
}
