// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Bad lines")
struct BadLineTests {
    private static let hint = #"a line looks like {"event":"synchronize"}"#
    private static let bad: [(String, String)] = [
        ("nonsense", "the line is not a JSON object: unexpected character at byte 0"),
        ("[]", "the line is not a JSON object with an \"event\""),
        (#"{"event":7}"#, "\"event\" has to be a string that is not empty"),
        (
            #"{"event":"a","event":"b"}"#,
            "the line is not a JSON object: the member \"event\" appears twice, the second time at byte 13"
        ),
        (String(repeating: "[", count: 100_000), "the line is not a JSON object: nested more than 64 deep at byte 64"),
        ("\u{FEFF}{}", "the line is not a JSON object: unexpected character at byte 0"),
        (#"{"event":"x","data":1e}"#, "the line is not a JSON object: not a JSON number at byte 20"),
    ]

    @Test("a bad line → invalid_line to its port alone, which stays open", arguments: bad)
    func answered(text: String, message: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(two, text)
        #expect(harness.read(two) == [errorLine("invalid_line", message, hint: Self.hint)])
        #expect(harness.conduit.counters.badLines == 1)
        harness.send(two, #"{"event":"synchronize"}"#)
        #expect(harness.read(two) == [#"{"event":"acknowledge"}"#])
        #expect(harness.read(one) == [])
    }

    @Test("a line above the limit → line_too_long, with the limit and its configuration key")
    func tooLong() {
        let harness = ConduitHarness { $0.lineLimit = 99 }
        let one = harness.port(1)
        harness.handle(.lineTooLong(one))
        let hint = "the limit is limits.lineBytes in the daemon's configuration"
        let message = "the line is longer than 99 bytes; it is skipped up to its end"
        #expect(harness.read(one) == [errorLine("line_too_long", message, hint: hint)])
    }

    @Test("a hundred bad lines in a row → partyline::bye with bad_lines, and the port is closed")
    func hundred() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        for round in 1...99 {
            if round % 2 == 0 { harness.handle(.lineTooLong(two)) } else { harness.send(two, "x") }
        }
        #expect(harness.closed.isEmpty)
        harness.send(two, "x")
        let bye = #"{"event":"partyline::bye","data":{"reason":"bad_lines","message":"100 bad lines in a row"}}"#
        #expect(harness.closed == [two: bye])
        #expect(harness.send(two, "x") == [])
        #expect(harness.read(one) == [ccps(2), ccpsAfterClose(1)])
        #expect(harness.conduit.counters.badLines == 100)
    }

    @Test("a good line resets the count, even if its event is unknown or refused")
    func reset() {
        for good in [#"{"event":"synchronize"}"#, #"{"event":"unknown"}"#, #"{"event":"api_request"}"#] {
            let harness = ConduitHarness { $0.badLineLimit = 3 }
            let one = harness.port(1)
            for _ in 0..<5 {
                harness.send(one, "x")
                harness.send(one, "x")
                harness.send(one, good)
            }
            #expect(harness.closed.isEmpty)
            for _ in 0..<3 { harness.send(one, "x") }
            #expect(harness.closed.keys.map(\.number) == [1])
        }
    }
}
