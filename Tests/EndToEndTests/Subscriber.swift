// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

/// A subscription on its own connection. It never resumes by itself.
final class Subscriber {
    /// The patterns for the agent and its contacts.
    static let agentAndContacts = ["agent::*", "contact::*"]

    let connection: LineConnection
    /// The daemon's reply to the subscription.
    let answer: Subscribed
    /// Every event so far, in order.
    private(set) var events: [StreamEvent] = []
    /// Every `partyline::lagged` so far.
    private(set) var lags: [JSON] = []
    private var cursor = 0

    init(
        _ path: String, _ patterns: [String] = agentAndContacts, since: String? = nil, mode: String? = nil
    ) throws {
        connection = try LineConnection(path: path)
        _ = try connection.welcome()
        var params = JSONObject([("events", .array(patterns.map { .string($0) }))])
        params["since"] = since.map { .string($0) }
        params["mode"] = mode.map { .string($0) }
        answer = Subscribed(json: try connection.request("subscribe", .object(params)))
    }

    /// The clock of the last event, or that of the subscription.
    var clock: String { get throws { try #require(events.last?.clock ?? answer.clock) } }

    /// Waits for the next event, after the one of the last wait, with that name and for which the condition holds.
    @discardableResult
    func wait(
        for name: String, seconds: Double = 10, sourceLocation: SourceLocation = #_sourceLocation,
        where condition: (StreamEvent) -> Bool = { _ in true }
    ) throws -> StreamEvent {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            while cursor < events.count {
                cursor += 1
                if events[cursor - 1].name == name, condition(events[cursor - 1]) { return events[cursor - 1] }
            }
            guard try receive(before: deadline) else {
                let seen = events.suffix(40).map(\.name).joined(separator: " ")
                try #require(
                    Bool(false), "no \(name) within \(seconds) s; the last seen: \(seen)",
                    sourceLocation: sourceLocation)
                continue
            }
        }
    }

    /// Waits for the next event with that name about that contact.
    @discardableResult
    func wait(
        for name: String, of contactId: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> StreamEvent {
        try wait(for: name, sourceLocation: sourceLocation) { $0.contactId == contactId }
    }

    /// Reads until the event with that clock has been received.
    func read(to clock: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while !events.contains(where: { $0.clock == clock }) {
            try #require(
                try receive(before: deadline),
                "\(clock) did not arrive; last clock: \(events.last?.clock ?? "nothing")",
                sourceLocation: sourceLocation)
        }
    }

    /// Reads what has arrived, without waiting.
    func readAvailable() throws { try connection.availableMessages().forEach(record) }

    /// Reads up to the end of the connection.
    func readToTheEnd() throws {
        do throws(ConnectionError) {
            while true { record(try connection.nextMessage(before: .now + .seconds(15))) }
        } catch {
            guard case .closedByDaemon = error else { throw error }
        }
    }

    /// The events after a clock, without agent updates, which are not resumed.
    func events(after clock: String) throws -> [StreamEvent] {
        let place = try #require(events.firstIndex { $0.clock == clock }, "\(clock) did not arrive")
        // An `agent::update` has the clock of the event before it.
        return events[(place + 1)...].filter { $0.clock != clock }.resumable
    }

    private func receive(before deadline: ContinuousClock.Instant) throws -> Bool {
        do throws(ConnectionError) {
            record(try connection.nextMessage(before: deadline))
            return true
        } catch {
            guard error == .timeout else { throw error }
            return false
        }
    }

    private func record(_ message: ServerMessage) {
        if message.event == EventName.lagged { lags.append(message.data ?? .null) }
        if let event = StreamEvent(message) { events.append(event) }
    }
}

extension Sequence<StreamEvent> {
    /// Without agent updates: only the newest one matters.
    var resumable: [StreamEvent] { filter { $0.name != EventName.agentUpdate } }

    /// The lines as they were received.
    var lines: [String] { map { String(decoding: $0.line, as: UTF8.self) } }
}
