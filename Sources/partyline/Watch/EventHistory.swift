// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Reads the events that the daemon's log still has, for `watch -n`. Pure: takes messages and returns what to send.
///
/// It subscribes from the log's oldest clock, and synchronizes: when the acknowledgement comes, everything that happened
/// before has come. The answer to `unsubscribe` then has the clock of the last event, after which the stream continues.
struct EventHistory {
    enum Step: Equatable {
        case send(String, JSON?)
        case event(StreamEvent)
        /// Forget the events so far: some that came after them were skipped.
        case restart
        /// The log does not have all events after that clock any more: ask for its oldest clock again.
        case retry
        /// The clock to continue after.
        case finished(clock: String?)
        case failed(ProtocolFailure)
    }

    private enum State { case subscribing, replaying, unsubscribing }

    private var state = State.subscribing
    private static let subscribeId = "history-subscribe"
    private static let unsubscribeId = "history-unsubscribe"

    /// The first messages to send.
    static func begin(_ patterns: [String], since clock: String) -> [Step] {
        let params: JSON = ["events": .array(patterns.map { .string($0) }), "since": .string(clock)]
        return [request(subscribeId, "subscribe", params), .send(EventName.synchronize, nil)]
    }

    mutating func handle(_ message: ServerMessage) -> [Step] {
        switch (state, message.event) {
        case (.subscribing, EventName.response) where message.data?["requestId"]?.string == Self.subscribeId:
            return subscribed(message)
        // The first line of a connection has data.
        case (.replaying, EventName.acknowledge) where message.data == nil:
            state = .unsubscribing
            return [Self.request(Self.unsubscribeId, "unsubscribe", [:])]
        case (.unsubscribing, EventName.response) where message.data?["requestId"]?.string == Self.unsubscribeId:
            return [.finished(clock: message.data?["data"]?["clock"]?.string)]
        // Lines before the first answer are still in the Streams dialect.
        case (.subscribing, _): return []
        case (_, EventName.lagged): return [.restart]
        // The newest states of sign-in and link come with every subscription, also with the next one.
        case (_, let name) where name.hasPrefix("partyline::"): return []
        default: return StreamEvent(message).map { [.event($0)] } ?? []
        }
    }

    private mutating func subscribed(_ message: ServerMessage) -> [Step] {
        if let error = message.data?["err"], !error.isNull { return [.failed(ProtocolFailure(json: error))] }
        guard message.data?["data"]?["fresh"]?.bool == false else { return [.retry] }
        state = .replaying
        return []
    }

    private static func request(_ id: String, _ method: String, _ params: JSON) -> Step {
        .send(EventName.request, ["requestId": .string(id), "method": .string(method), "params": params])
    }
}

/// Carries out the steps of `EventHistory`.
struct HistoryReader {
    let patterns: [String]
    let options: SocketOptions

    /// How often to ask for the log's oldest clock. A busy log drops it before it can be used.
    private static let attempts = 5

    /// Prints the lines of the last events that have any, at most `count`, and returns the clock to continue after; nil if
    /// the log changes too fast to be read.
    ///
    /// - Parameter lines: the lines to print for an event.
    func print(last count: Int, _ lines: (StreamEvent) -> [String]) throws -> String? {
        var recent = RecentLines(count: count)
        let clock = try read(restart: { recent = RecentLines(count: count) }, take: { recent.add(lines($0)) })
        guard let clock else {
            Console.error(
                "partyline: the daemon's log changes too fast to read its last events; starting with the next")
            return nil
        }
        recent.lines.forEach { Console.out($0) }
        return clock
    }

    /// All events that the log still has. Throws if it changes too fast to be read.
    func events() throws -> [StreamEvent] {
        var events: [StreamEvent] = []
        guard try read(restart: { events = [] }, take: { events.append($0) }) != nil else {
            throw CommandFailure(
                status: .failure, message: "the daemon's log changes too fast to be read",
                next: ["partyline status   shows how much it holds (limits.eventLogBytes)"])
        }
        return events
    }

    /// - Parameter restart: forgets the events that were taken.
    private func read(restart: () -> Void, take: (StreamEvent) -> Void) throws -> String? {
        for _ in 0..<Self.attempts {
            restart()
            if let clock = try options.withConnection({ try read($0, restart, take) }) { return clock }
        }
        return nil
    }

    private func read(
        _ connection: LineConnection, _ restart: () -> Void, _ take: (StreamEvent) -> Void
    ) throws -> String? {
        let status = try StatusCommand.read(connection.request("getStatus"))
        var history = EventHistory()
        var steps = EventHistory.begin(patterns, since: status.eventLog.oldest)
        while true {
            for step in steps {
                switch step {
                case .send(let event, let data): try connection.send(event, data)
                case .event(let event): take(event)
                case .restart: restart()
                case .retry: return nil
                case .finished(let clock): return clock
                case .failed(let failure): throw FailureText.failure(.refused(failure), try options.place())
                }
            }
            steps = history.handle(try connection.nextMessage(before: .now + .seconds(10)))
        }
    }
}

/// The lines of the last events.
struct RecentLines {
    let count: Int
    private var events: ArraySlice<[String]> = []

    init(count: Int) { self.count = count }

    var lines: [String] { events.flatMap { $0 } }

    /// Adds an event's lines; an event without lines does not count.
    mutating func add(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        events.append(lines)
        if events.count > count { events.removeFirst() }
    }
}
