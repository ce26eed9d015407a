// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

@testable import ConduitCore

extension FanOutClient {
    /// Checks a line of the log.
    func receiveLine(_ text: String) {
        counts.lines += 1
        // A state of the seat, for a subscription that starts afresh: no line of the log.
        if text.contains(#","existing":true"#) {
            return expect(isSubscriber && !isNarrow, "a state of the seat: \(text)")
        }
        expect(!replies.contains { $0.subscription != nil }, "a line before the answer: \(text)")
        isSubscriber ? receiveClocked(text) : receivePlain(text)
    }

    // MARK: The Streams dialect

    private func receivePlain(_ text: String) {
        if text.hasPrefix(#"{"event":"agent::update""#) { return receiveAgent(text) }
        let place = record.places[text]?.first { $0 >= cursor && !lost.contains($0) }
        guard let place, let line = record[place], isExpected(line) else {
            return fault("not in its interest, or repeated: \(text)")
        }
        pass(upTo: place, "before \(text)")
        cursor = place + 1
    }

    /// A new port, or one that missed the newest agent, may get it again. No port gets an older one, or one twice.
    private func receiveAgent(_ text: String) {
        let line = record.lines.last { $0.agent != nil && (isNarrow ? $0.narrowText : $0.text) == text }
        guard let line, let number = line.agent else { return fault("an agent that was never logged: \(text)") }
        expect(number > lastAgent, "agent \(number) after \(lastAgent)")
        lastAgent = number
        guard line.position >= cursor else { return }
        pass(upTo: line.position, "before agent \(number)")
        cursor = line.position + 1
    }

    // MARK: Subscribers

    private func receiveClocked(_ text: String) {
        guard let line = line(of: text) else { return fault("a line that was never logged: \(text)") }
        guard isExpected(line), line.position >= cursor else {
            return fault("not in its interest, or repeated: \(text)")
        }
        pass(upTo: line.position, "before \(text)")
        cursor = line.position + 1
        clock = "e1:\(line.clock)"
        if let agent = line.agent { lastAgent = agent }
    }

    /// Finds a line by its clock. Several superseded lines can have the same clock.
    func line(of text: String) -> FanOutLine? {
        let parts = text.split(separator: #","clock":"e1:"#)
        guard parts.count == 2, let clock = LogPosition(parts[1].prefix { $0 != "\"" }), clock < record.end else {
            return nil
        }
        if let line = record[clock], line.clocked(line.text) == text { return line }
        return record.lines[Int(clock)...].prefix { $0.clock == clock }.first {
            $0.clocked(isNarrow ? $0.narrowText ?? $0.text : $0.text) == text
        }
    }

    // MARK: Expected lines

    private func isExpected(_ line: FanOutLine) -> Bool {
        if line.audience == (isSubscriber ? .streams : .subscribers) { return false }
        if isNarrow, line.from != nil || !line.name.hasPrefix("agent::") { return false }
        return subscription.patterns?.contains { $0.matches(line) } ?? true
    }

    /// Checks that every line before `place` was sent or may be missing.
    func pass(upTo place: LogPosition, _ when: @autoclosure () -> String) {
        guard cursor < place else { return }
        for position in cursor..<place {
            guard let line = record[position], isExpected(line), !mayMiss(line) else { continue }
            fault("\(line.name) at \(position) is missing \(when())")
        }
        cursor = place
    }

    private func mayMiss(_ line: FanOutLine) -> Bool {
        if line.agent != nil {
            return line.position != record.newestAgent?.position || line.position < subscription.liveFrom
        }
        if lost.contains(line.position) { return true }
        if isSubscriber, line.isSuperseded, line.position < subscription.liveFrom || isForgotten(line.position) {
            return true
        }
        guard subscription.isLatest else { return false }
        return record.lines[Int(line.position)...].contains { $0.name == line.name && isExpected($0) }
    }

    /// Checks at the end that every line was sent.
    func finish() {
        expect(replies.isEmpty, "\(replies.count) replies are missing")
        pass(upTo: record.end, "at the end")
        guard let agent = record.newestAgent, isExpected(agent) else { return }
        let isDue = !isSubscriber || agent.position >= subscription.liveFrom
        expect(!isDue || lastAgent == agent.agent, "the newest agent is missing, the last was \(lastAgent)")
    }
}
