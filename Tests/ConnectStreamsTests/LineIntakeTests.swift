// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConnectStreams

@Suite("Received bytes become messages")
struct LineIntakeTests {
    @Test("lines in pieces of any size → the same messages", arguments: [1, 2, 7, 1000])
    func pieces(size: Int) throws {
        let text = Array(#"{"event":"a"}"#.utf8) + [0x0A, 0x0A] + Array(#"{"event":"b","data":{"x":1}}"#.utf8) + [0x0A]
        var intake = LineIntake()
        var messages: [ServerMessage] = []
        for start in stride(from: 0, to: text.count, by: size) {
            try push(Array(text[start..<min(start + size, text.count)]), &intake, &messages)
        }
        #expect(messages.map(\.event) == ["a", "b"])
        #expect(messages.last?.data == ["x": 1])
        #expect(messages.first.map { String(decoding: $0.line, as: UTF8.self) } == #"{"event":"a"}"#)
    }

    @Test("a line above the limit → badLine, earlier messages are kept")
    func tooLong() {
        var intake = LineIntake(longestLine: 20)
        var messages: [ServerMessage] = []
        #expect(throws: ConnectionError.badLine("longer than 20 bytes")) {
            try push("{\"event\":\"a\"}\n" + String(repeating: "x", count: 21), &intake, &messages)
        }
        #expect(messages.map(\.event) == ["a"])
    }

    @Test("a cut line before a resumed acknowledge → dropped")
    func resumption() throws {
        var intake = LineIntake()
        var messages: [ServerMessage] = []
        try push("{\"event\":\"agent::upd\n", &intake, &messages)
        try push(#"{"event":"acknowledge","data":{"id":"1","partyline":{"resumed":true}}}"# + "\n", &intake, &messages)
        #expect(messages.map(\.event) == ["acknowledge"])
        #expect(messages.first?.isResumption == true)
    }

    @Test("a line that cannot be parsed, without a restart → badLine", arguments: ["x", "[]", #"{"event":1}"#, "{}"])
    func badLine(line: String) {
        var intake = LineIntake()
        var messages: [ServerMessage] = []
        #expect(throws: ConnectionError.self) { try push(line + "\n" + #"{"event":"a"}"# + "\n", &intake, &messages) }
        #expect(messages.isEmpty)
    }

    @Test("the close reason is the daemon's last error or bye")
    func closeReason() throws {
        var intake = LineIntake()
        var messages: [ServerMessage] = []
        #expect(intake.closeReason == .unsaid)
        let refusal = #"{"event":"partyline::error","data":{"code":"not_permitted","message":"no","hint":"ask"}}"#
        try push(refusal + "\n", &intake, &messages)
        let failure = ProtocolFailure(code: "not_permitted", message: "no", hint: "ask")
        #expect(intake.closeReason == .error(failure))
        try push(#"{"event":"agent::update","data":{}}"# + "\n", &intake, &messages)
        #expect(intake.closeReason == .unsaid)
        try push(#"{"event":"partyline::bye","data":{"reason":"slow"}}"# + "\n", &intake, &messages)
        #expect(intake.closeReason == .bye("slow"))
    }

    private func push(_ text: String, _ intake: inout LineIntake, _ messages: inout [ServerMessage]) throws {
        try push(Array(text.utf8), &intake, &messages)
    }

    private func push(_ bytes: [UInt8], _ intake: inout LineIntake, _ messages: inout [ServerMessage]) throws {
        // A closure of withUnsafeBytes cannot both throw a typed error and change the arguments.
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { room.deallocate() }
        room.copyBytes(from: bytes)
        try intake.push(UnsafeRawBufferPointer(room), into: &messages)
    }
}
