// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("The daemon's log")
struct LogTests {
    private static let time = "2026-01-01T00:00:10.000Z"

    private func tail(count: Int = 50) -> LogTail { LogTail(level: .info, count: count) }

    private func welcome(_ epoch: String) throws -> ServerMessage {
        try Lines.message(#"{"event":"acknowledge","data":{"id":"p","partyline":{"epoch":"\#(epoch)"}}}"#)
    }

    private func kept(_ entries: [(String, Int)]) throws -> ServerMessage {
        let list = JSON.array(
            entries.map { text, number in
                ["line": .int(number), "time": .string(Self.time), "level": "info", "text": .string(text)]
            })
        let answer: JSON = ["requestId": "logs-kept", "data": ["entries": list], "err": .null]
        let line: JSON = ["event": "partyline::response", "data": answer]
        return try Lines.message(line.text)
    }

    private func new(_ text: String, _ number: Int, component: String = "partylined") throws -> ServerMessage {
        let data: JSON = [
            "component": .string(component), "level": "WARN", "text": .string(text), "time": .string(Self.time),
            "objects": [["pid": "7"]], "line": .int(number),
        ]
        let line: JSON = ["event": "log", "data": data]
        return try Lines.message(line.text)
    }

    private func texts(_ tail: inout LogTail, _ messages: [ServerMessage]) throws -> [String] {
        try messages.flatMap { try tail.entries($0).map(\.text) }
    }

    @Test("entries of both kinds → the same JSON")
    func entries() throws {
        let old = LogEntry(
            kept: ["time": "t", "level": "error", "text": "a", "fields": ["pid": "7"], "line": 1, "new": 1])
        #expect(old.json.text == #"{"line":1,"time":"t","level":"error","text":"a","fields":{"pid":"7"}}"#)
        let entry = try #require(LogEntry(try new("b", 11)))
        let json = #"{"line":11,"time":"\#(Self.time)","level":"warning","text":"b","fields":{"pid":"7"}}"#
        #expect(entry.json.text == json)
        #expect(LogEntry(kept: ["time": "t", "level": "info", "text": "a"]).json["fields"] == nil)
        #expect(LogEntry(try new("c", 11, component: "crm")) == nil)
        #expect(LogEntry(try Lines.message(#"{"event":"agent::update","data":{"component":"partylined"}}"#)) == nil)
    }

    @Test("an entry in one line, with local time and without control characters")
    func line() throws {
        let instant = try #require(Timestamp.milliseconds(Self.time))
        let entry = LogEntry(
            kept: ["time": .string(Self.time), "level": "warning", "text": "a\nb", "fields": ["pid": "7", "n": 3]])
        #expect(entry.line(.plain) == "\(WallClock.timeOfDay(instant))  warning  a b  pid=7  n=3")
        #expect(LogEntry(kept: ["time": "x", "level": "info", "text": "a"]).line(.plain) == "x  info     a")
    }

    @Test("without -f only the kept entries are requested")
    func requests() throws {
        var once = tail(count: 3)
        let requests = once.begin(follows: false).map(\.data)
        let expected: JSON = ["requestId": "logs-kept", "method": "getLogs", "params": ["level": "info", "limit": 3]]
        #expect(requests == [expected])
        var following = tail(count: 0)
        let methods = following.begin(follows: true).compactMap { $0.data["method"]?.string }
        // New entries are asked for first: nothing falls in between.
        #expect(methods == ["subscribe", "setLogs", "getLogs"])
    }

    @Test("new entries before the answer are in it, those after it are printed")
    func follow() throws {
        var tail = tail(count: 2)
        _ = tail.begin(follows: true)
        #expect(try texts(&tail, [try welcome("e"), try new("c", 13)]).isEmpty)
        #expect(!tail.hasKept)
        #expect(try texts(&tail, [try kept([("a", 11), ("b", 12), ("c", 13)])]) == ["b", "c"])
        #expect(tail.hasKept)
        let messages = [try new("c", 13), try new("d", 14), try new("of a client", 15, component: "crm")]
        #expect(try texts(&tail, messages) == ["d"])
    }

    @Test("after a reconnection only later entries are printed, all of them; those of a restarted daemon are all later")
    func again() throws {
        var tail = tail(count: 1)
        _ = tail.begin(follows: true)
        _ = try texts(&tail, [try welcome("e"), try kept([("a", 11)]), try new("b", 12)])
        let requests = tail.begin(follows: true)
        #expect(requests.last?.data["params"]?["limit"] == 1000)
        #expect(try texts(&tail, [try welcome("e"), try new("d", 14)]).isEmpty)
        #expect(try texts(&tail, [try kept([("a", 11), ("b", 12), ("c", 13), ("d", 14)])]) == ["c", "d"])
        _ = tail.begin(follows: true)
        #expect(try texts(&tail, [try welcome("f"), try kept([("x", 1), ("y", 2)])]) == ["x", "y"])

        var silent = self.tail(count: 0)
        _ = silent.begin(follows: true)
        #expect(try texts(&silent, [try welcome("e"), try kept([("old", 10)])]).isEmpty)
        _ = silent.begin(follows: true)
        #expect(try texts(&silent, [try welcome("e"), try kept([("old", 10), ("new", 11)])]) == ["new"])
    }

    @Test("a refusal → thrown")
    func refused() throws {
        var tail = tail()
        let error: JSON = ["code": "not_permitted", "message": "m", "retryable": false]
        let answer: JSON = ["requestId": "logs-kept", "data": .null, "err": error]
        let line: JSON = ["event": "partyline::response", "data": answer]
        let message = try Lines.message(line.text)
        #expect(throws: ProtocolFailure(code: "not_permitted", message: "m")) { try tail.entries(message) }
    }

    @Test("the first connection has to succeed; later a refusal is final; one notice until the daemon is back")
    func pause() {
        var pause = LogPause()
        let gone = CommandFailure(status: .notRunning, message: "m")
        #expect(!pause.isRetried(gone))
        #expect(pause.reset().isEmpty)
        #expect(pause.isRetried(gone) && !pause.isRetried(CommandFailure(status: .denied, message: "m")))
        #expect(pause.lines(gone) == ["partyline: partylined is gone (m); waiting for it"])
        #expect(pause.lines(gone).isEmpty)
        #expect(pause.reset() == ["partyline: partylined is back"])
        #expect(pause.reset().isEmpty)
    }
}
