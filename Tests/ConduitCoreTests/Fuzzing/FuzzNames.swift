// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// Texts from clients with formats of their own: patterns, clocks, timestamps, URLs.
///
/// The input has one line each for a pattern, an event's name, a contact's id and a clock; the rest is a timestamp and
/// a URL.
enum FuzzNames {
    static func run(_ bytes: [UInt8]) throws(FuzzFault) {
        var input = FuzzInput(bytes)
        let texts = (0..<4).map { _ in String(decoding: input.line(), as: UTF8.self) }
        try checkPattern(texts[0], texts[1], texts[2])
        try checkResumption(since: texts[3])
        let rest = input.text()
        try checkInstant(rest)
        _ = (PlainURL.isSafe(rest), PlainURL.isLoopback(rest, scheme: "ws"))
    }

    // MARK: Patterns

    private static func checkPattern(_ text: String, _ name: String, _ contactId: String) throws(FuzzFault) {
        let parts = parts(of: text)
        // An id may contain a star, the parts before it may not.
        let isOne =
            text.utf8.count <= EventPattern.longest && parts.count <= EventPattern.mostParts && !parts.contains("")
            && !parts.prefix(2).contains { $0 != "*" && $0.contains("*") }
        guard let pattern = try? EventPattern(text) else {
            return try FuzzFault.unless(!isOne, "\"\(text)\" was rejected as a pattern")
        }
        try FuzzFault.unless(isOne, "\"\(text)\" was accepted as a pattern")
        let names = Self.parts(of: name)
        let alone = text == "*" || text == name || match(parts, names)
        try FuzzFault.unless(
            pattern.matches(name, contactId: nil) == alone, "\"\(text)\" and the event \"\(name)\"")
        try FuzzFault.unless(
            pattern.matches(name, contactId: contactId) == (alone || match(parts, names + [contactId])),
            "\"\(text)\" and the event \"\(name)\" of \"\(contactId)\"")
    }

    /// Splits from the left: everything after the second `::` of a contact's event is one part.
    private static func parts(of text: String) -> [String] {
        var parts: [[UInt8]] = [[]]
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let isOpen = parts.count < 3 || parts[0] != Array("contact".utf8)
            if byte == 0x3A, bytes.first == 0x3A, isOpen {
                bytes = bytes.dropFirst()
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
        }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func match(_ pattern: [String], _ name: [String]) -> Bool {
        pattern.count == name.count && !zip(pattern, name).contains { $0 != "*" && $0 != $1 }
    }

    // MARK: Clocks

    /// Two former runs: "a" ended at 4, "b" at 7. The log has the events from 3 on; position 5 had none.
    private static let kept = KeptState(
        runs: [KeptRun(epoch: "a", last: 4), KeptRun(epoch: "b", last: 7)],
        lines: [3, 4, 6, 7].map {
            KeptLine(position: $0, name: "x::y", time: 0, bytes: ServerLine.encode("x::y"))
        }, agent: nil, memory: .null, next: 8, floor: 3)

    /// A known clock gets every later event once. Any other clock gets a fresh start.
    private static func checkResumption(since: String) throws(FuzzFault) {
        let stage = try FuzzStage(kept: kept, epoch: "c")
        let port = try stage.open(slot: 0, uid: FuzzStage.uid(of: .observer))
        for _ in 0..<2 { try stage.handle(.publish("x::y", nil)) }
        let end = stage.conduit.log.lastEvent
        try stage.drain(port)
        let data: JSON = [
            "requestId": 1, "method": "subscribe", "params": ["events": ["*"], "since": .string(since)],
        ]
        try stage.send(slot: 0, ServerLine.encode("partyline::request", data).dropLast())
        let client = try FuzzFault.need(stage.ports[port], "the port is gone")
        try stage.drain(port)
        let answer = stage.lastResponse
        guard (1...256).contains(since.unicodeScalars.count) else {
            return try FuzzFault.unless(
                answer?["err"]?["code"] == "invalid_params", "a clock of an invalid length was accepted")
        }
        let known = known(since, end)
        try FuzzFault.unless(answer?["data"]?["fresh"]?.bool == (known == nil), "the clock \"\(since)\": \(client)")
        let received = stage.ports[port]?.received ?? []
        let expected = known.map { known in [3, 4, 6, 7].filter { $0 > known } + (8...end).filter { $0 > known } }
        try FuzzFault.unless(received == expected ?? [], "since \"\(since)\" came \(received)")
    }

    private static func known(_ clock: String, _ end: LogPosition) -> LogPosition? {
        guard let colon = clock.lastIndex(of: ":"), let position = LogPosition(clock[clock.index(after: colon)...]),
            let last = ["a": 4, "b": 7, "c": end][String(clock[..<colon])], (2...last).contains(position)
        else { return nil }
        return position
    }

    // MARK: Instants

    private static func checkInstant(_ text: String) throws(FuzzFault) {
        guard let instant = Timestamp.milliseconds(text) else { return }
        let year0 = Timestamp.milliseconds("0000-01-01") ?? 0
        let year9999 = Timestamp.milliseconds("9999-12-31T23:59:59.999Z") ?? 0
        let back = Timestamp.milliseconds(Timestamp.text(milliseconds: instant))
        try FuzzFault.unless(back == min(max(instant, year0), year9999), "the timestamp \(text) changed in encoding")
    }
}
