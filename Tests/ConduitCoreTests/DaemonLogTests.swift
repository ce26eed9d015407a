// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The daemon's log for ports")
struct DaemonLogTests {
    private func ask(_ params: String) -> String {
        #"{"event":"partyline::request","data":{"requestId":1,"method":"setLogs","params":\#(params)}}"#
    }

    private func answer(_ data: String, _ error: String = "null") -> String {
        #"{"event":"partyline::response","data":{"requestId":1,"data":\#(data),"err":\#(error)}}"#
    }

    private func line(_ number: Int, _ level: String, _ text: String, _ objects: String) -> String {
        #"{"event":"log","data":{"component":"partylined","level":"\#(level)","text":"\#(text)","#
            + #""time":"2025-01-01T12:00:00.000Z","exception":null,"objects":\#(objects),"line":\#(number),"loggerId":"e1"}}"#
    }

    @Test("setLogs: entries at the level or above, to that port alone, until the level is null")
    func levels() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(one, ask(#"{"level":"WARN"}"#))
        #expect(harness.read(one) == [answer(#"{"level":"WARN"}"#)])
        harness.handle(.logged(DaemonLogEntry(level: .info, message: "small", fields: [:])))
        harness.handle(.logged(DaemonLogEntry(level: .warning, message: "big", fields: ["b": "2", "a": "1"])))
        harness.handle(.logged(DaemonLogEntry(level: .error, message: "bigger", fields: [:])))
        #expect(
            harness.read(one) == [line(2, "WARN", "big", #"[{"a":"1","b":"2"}]"#), line(3, "ERROR", "bigger", "[]")])
        #expect(harness.read(two) == [])
        harness.send(one, ask(#"{"level":null}"#))
        #expect(harness.read(one) == [answer(#"{"level":null}"#)])
        harness.handle(.logged(DaemonLogEntry(level: .error, message: "late", fields: [:])))
        #expect(harness.read(one) == [])
    }

    @Test(
        "a level with a name of Streams is the nearest of the daemon's four",
        arguments: [
            ("TEST", LogLevel.debug), ("TRACE", .debug), ("DEBUG", .debug), ("INFO", .info), ("LOG", .info),
            ("WARN", .warning), ("ERROR", .error), ("CRITICAL", .error),
        ])
    func streamsLevels(name: String, lowest: LogLevel) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        _ = harness.read(port)
        harness.send(port, ask(#"{"level":"\#(name)"}"#))
        #expect(harness.read(port) == [answer(#"{"level":"\#(name)"}"#)])
        let levels = [LogLevel.debug, .info, .warning, .error]
        for level in levels { harness.handle(.logged(DaemonLogEntry(level: level, message: "m", fields: [:]))) }
        #expect(harness.read(port).count == levels.filter { $0 >= lowest }.count)
    }

    @Test(
        "an unknown level → invalid_params",
        arguments: [
            ("{}", "is missing: it has to be"), ("null", "is missing: it has to be"), (#"{"level":7}"#, "has to be"),
            (#"{"level":"loud"}"#, "has to be"),
        ])
    func bad(params: String, fault: String) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.send(port, ask(params))
        let error = ProtocolError(
            .invalidParams, "params.level \(fault) one of debug, info, warning, error, or null",
            hint: "a request looks like " + ask(#"{"level":"info"}"#))
        #expect(harness.read(port) == [answer("null", error.json.text)])
    }

    @Test("a subscriber gets them as replies, without a clock")
    func subscriber() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "mute")
        harness.send(one, ask(#"{"level":"info"}"#))
        _ = harness.read(one)
        harness.handle(.logged(DaemonLogEntry(level: .info, message: "small", fields: [:])))
        #expect(harness.read(one) == [line(1, "INFO", "small", "[]")])
    }
}
