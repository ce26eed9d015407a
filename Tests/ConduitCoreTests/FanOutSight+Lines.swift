import StreamsProtocol

@testable import ConduitCore

extension FanOutSight {
    /// A line of the log.
    func takeLine(_ text: String) {
        counts.lines += 1
        expect(!replies.contains { $0.want != nil }, "a line before the answer: \(text)")
        isSubscriber ? takeClocked(text) : takePlain(text)
    }

    // MARK: The Streams dialect

    private func takePlain(_ text: String) {
        if text.hasPrefix(#"{"event":"agent::update""#) { return takeAgent(text) }
        let place = record.places[text]?.first { $0 >= cursor && !lost.contains($0) }
        guard let place, let line = record[place], wants(line) else { return fault("not for it, or again: \(text)") }
        pass(upTo: place, "before \(text)")
        cursor = place + 1
    }

    /// The newest agent may come again to a newcomer and to one that missed it; never an older one, and none twice.
    private func takeAgent(_ text: String) {
        let line = record.lines.last { $0.agent != nil && (isNarrow ? $0.narrowText : $0.text) == text }
        guard let line, let number = line.agent else { return fault("an agent that was never told: \(text)") }
        expect(number > lastAgent, "agent \(number) after \(lastAgent)")
        lastAgent = number
        guard line.position >= cursor else { return }
        pass(upTo: line.position, "before agent \(number)")
        cursor = line.position + 1
    }

    // MARK: Subscribers

    private func takeClocked(_ text: String) {
        guard let line = line(of: text) else { return fault("not a line that was told: \(text)") }
        guard wants(line), line.position >= cursor else { return fault("not for it, or again: \(text)") }
        pass(upTo: line.position, "before \(text)")
        cursor = line.position + 1
        clock = "e1:\(line.clock)"
        if let agent = line.agent { lastAgent = agent }
    }

    /// Its clock says which it is; of those that supersede one another several may have one.
    private func line(of text: String) -> FanOutLine? {
        let parts = text.split(separator: #","clock":"e1:"#)
        guard parts.count == 2, let clock = LogPosition(parts[1].prefix { $0 != "\"" }), clock < record.end else {
            return nil
        }
        if let line = record[clock], line.clocked(line.text) == text { return line }
        return record.lines[Int(clock)...].prefix { $0.clock == clock }.first {
            $0.clocked(isNarrow ? $0.narrowText ?? $0.text : $0.text) == text
        }
    }

    // MARK: What it should see

    private func wants(_ line: FanOutLine) -> Bool {
        if line.audience == (isSubscriber ? .streams : .subscribers) { return false }
        if isNarrow, line.from != nil || !line.name.hasPrefix("agent::") { return false }
        return want.patterns?.contains { $0.matches(line) } ?? true
    }

    /// What it wants before that place has come, or need not come.
    func pass(upTo place: LogPosition, _ when: @autoclosure () -> String) {
        guard cursor < place else { return }
        for position in cursor..<place {
            guard let line = record[position], wants(line), !mayMiss(line) else { continue }
            fault("\(line.name) at \(position) is missing \(when())")
        }
        cursor = place
    }

    private func mayMiss(_ line: FanOutLine) -> Bool {
        if line.agent != nil { return line.position != record.newestAgent?.position || line.position < want.liveFrom }
        if lost.contains(line.position) { return true }
        if isSubscriber, line.isSuperseded, line.position < want.liveFrom || isForgotten(line.position) { return true }
        guard want.isLatest else { return false }
        return record.lines[Int(line.position)...].contains { $0.name == line.name && wants($0) }
    }

    /// It has read all there was.
    func drained() {
        expect(replies.isEmpty, "\(replies.count) replies are missing")
        pass(upTo: record.end, "at the end")
        guard let agent = record.newestAgent, wants(agent) else { return }
        let isDue = !isSubscriber || agent.position >= want.liveFrom
        expect(!isDue || lastAgent == agent.agent, "the newest agent is missing, the last was \(lastAgent)")
    }
}
