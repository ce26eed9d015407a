// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Decides what `Connect` does with its one connection: the event stream by `StreamMachine`, requests with their deadlines,
/// lines without an answer, and the heartbeat. Pure: takes inputs with the present instant, returns steps.
struct ClientMachine {
    typealias Instant = ContinuousClock.Instant

    enum Input {
        case start
        case connected
        case received(ServerMessage)
        /// The connection could not be made, or ended.
        case ended(ConnectionError)
        /// An instant of `nextDeadline` may have come.
        case time
        case ask(Question)
        /// The caller no longer waits for that answer.
        case withdraw(Question.ID)
        case close
    }

    enum Step: Equatable {
        case connect
        case send(event: String, data: JSON?)
        case disconnect
        case answer(Question.ID, Result<JSON, RequestFailure>)
        case deliver(EventStream.Update)
        /// The agent after a resumption, which has no snapshot: the data of `getAgent`.
        case refresh(JSON)
        /// Nothing will come any more; nil after `close`.
        case fail(StreamFailure?)
    }

    /// Something that a caller waits for.
    struct Question: Equatable {
        typealias ID = UInt64

        enum Kind: Equatable {
            /// A `partyline::request`.
            case request(method: String, params: JSON)
            /// A line that the daemon does not answer. A `synchronize` after it tells whether it was accepted.
            case line(event: String, data: JSON?)
        }

        let id: ID
        let kind: Kind
        let deadline: Instant
    }

    private struct Heartbeat {
        let sent: Instant
        /// The question that this acknowledgement answers, if it is not the heartbeat's own.
        let question: Question.ID?
    }

    private enum Waiting { case pausing, receiving }

    private let settings: ConnectSettings
    private var stream: StreamMachine
    /// What the stream waits for, and until when.
    private var waiting = Waiting.receiving
    private var streamLimit: Instant?
    private var isLive = false
    private var isOver = false
    /// In order of arrival. Those that were not sent yet may be sent over the next connection.
    private var questions: [(question: Question, isSent: Bool)] = []
    /// The `synchronize` lines without an acknowledgement, oldest first.
    private var unacknowledged: [Heartbeat] = []
    private var nextHeartbeat: Instant?
    private var refreshes = 0

    init(_ settings: ConnectSettings, firstPause: Duration = .milliseconds(100)) {
        self.settings = settings
        let subscription = Subscription(settings.events, existing: true, waits: settings.waits)
        stream = StreamMachine(subscription, firstPause: firstPause)
    }

    /// The position of the event stream.
    var clock: String? { stream.clock }

    /// When `time` has to be reported.
    var nextDeadline: Instant? {
        guard !isOver else { return nil }
        let acknowledgement = unacknowledged.first.map { $0.sent + settings.acknowledgeLimit }
        let own = [streamLimit, acknowledgement, nextHeartbeat].compactMap { $0 }
        return (own + questions.map(\.question.deadline)).min()
    }

    mutating func handle(_ input: Input, at now: Instant) -> [Step] {
        if isOver { return late(input) }
        switch input {
        case .start: return follow(stream.begin(), now)
        case .connected: return follow(stream.handle(.connected), now)
        case .received(let message): return received(message, now)
        case .ended(let error): return lose(error, now)
        case .time: return timePassed(now)
        case .ask(let question):
            questions.append((question, false))
            return isLive ? sendQuestions(now) : []
        case .withdraw(let id): return settle(id, .failure(.cancelled))
        case .close: return finish(nil)
        }
    }

    // MARK: The event stream

    /// Turns the stream's steps into the client's.
    private mutating func follow(_ steps: [StreamMachine.Step], _ now: Instant) -> [Step] {
        steps.flatMap { follow($0, now) }
    }

    private mutating func follow(_ step: StreamMachine.Step, _ now: Instant) -> [Step] {
        switch step {
        case .connect:
            streamLimit = nil
            return [.connect]
        case .subscribe(let id, let params):
            return [.send(event: EventName.request, data: Self.request(.string(id), "subscribe", params))]
        case .receive(let timeout):
            waiting = .receiving
            streamLimit = timeout.map { now + $0 }
            return []
        case .pause(let pause):
            waiting = .pausing
            streamLimit = now + pause
            return []
        case .deliver(let update): return deliver(update, now)
        case .disconnect: return [.disconnect]
        case .fail(let failure): return finish(failure)
        }
    }

    private mutating func deliver(_ update: EventStream.Update, _ now: Instant) -> [Step] {
        switch update {
        case .subscribed(let answer):
            isLive = true
            nextHeartbeat = now + settings.synchronizeInterval
            return [.deliver(update)] + (answer.isFresh ? [] : refresh()) + sendQuestions(now)
        case .gone: return loseAnswers() + [.deliver(update)]
        case .event, .lagged: return [.deliver(update)]
        }
    }

    private mutating func refresh() -> [Step] {
        refreshes += 1
        return [
            .send(event: EventName.request, data: Self.request(.string("refresh-\(refreshes)"), "getAgent", [:]))
        ]
    }

    private mutating func lose(_ error: ConnectionError, _ now: Instant) -> [Step] {
        let lost = loseAnswers()
        return lost + follow(stream.handle(.ended(error)), now)
    }

    /// After a lost connection it is unknown whether a request that was sent was carried out.
    private mutating func loseAnswers() -> [Step] {
        isLive = false
        nextHeartbeat = nil
        unacknowledged = []
        let lost = questions.filter(\.isSent).map(\.question.id)
        questions.removeAll(where: \.isSent)
        return lost.map { .answer($0, .failure(.connectionLost)) }
    }

    private mutating func finish(_ failure: StreamFailure?) -> [Step] {
        isOver = true
        let end: RequestFailure = failure.map { .failed($0) } ?? .closed
        let open = questions.map { Step.answer($0.question.id, .failure(end)) }
        questions = []
        return open + [.disconnect, .fail(failure)]
    }

    private func late(_ input: Input) -> [Step] {
        guard case .ask(let question) = input else { return [] }
        return [.answer(question.id, .failure(.closed))]
    }

    // MARK: Messages

    private mutating func received(_ message: ServerMessage, _ now: Instant) -> [Step] {
        if message.event == EventName.acknowledge, message.data == nil { return acknowledged() }
        if message.event == EventName.response, isLive, let steps = answered(message) { return steps }
        if message.event == EventName.error, isLive { return rejected(message) }
        return follow(stream.handle(.message(message)), now)
    }

    private mutating func acknowledged() -> [Step] {
        guard !unacknowledged.isEmpty else { return [] }
        let heartbeat = unacknowledged.removeFirst()
        return heartbeat.question.map { settle($0, .success(.null)) } ?? []
    }

    /// Nil for the answer to a subscription.
    private mutating func answered(_ message: ServerMessage) -> [Step]? {
        let answer = message.data?["data"] ?? .null
        if let number = message.data?["requestId"]?.int {
            let error = message.data?["err"].flatMap { $0.isNull ? nil : ProtocolFailure(json: $0) }
            return settle(UInt64(number), error.map { .failure(.refused($0)) } ?? .success(answer))
        }
        guard message.data?["requestId"]?.string == "refresh-\(refreshes)" else { return nil }
        // Without an agent there is nothing to refresh: the next update brings it.
        return answer["agent"].map { $0.isNull ? [] : [.refresh(answer)] } ?? []
    }

    /// The daemon rejects a line before it acknowledges the `synchronize` after it.
    private mutating func rejected(_ message: ServerMessage) -> [Step] {
        guard
            let id = unacknowledged.lazy.compactMap(\.question).first(where: { id in
                questions.contains { $0.question.id == id }
            })
        else { return [] }
        return settle(id, .failure(.refused(ProtocolFailure(json: message.data ?? .null))))
    }

    // MARK: Questions

    private mutating func sendQuestions(_ now: Instant) -> [Step] {
        var steps: [Step] = []
        for index in questions.indices where !questions[index].isSent {
            questions[index].isSent = true
            let question = questions[index].question
            switch question.kind {
            case .request(let method, let params):
                steps.append(
                    .send(event: EventName.request, data: Self.request(.int(Int(question.id)), method, params)))
            case .line(let event, let data):
                steps.append(.send(event: event, data: data))
                steps.append(synchronize(now, question.id))
            }
        }
        return steps
    }

    private mutating func synchronize(_ now: Instant, _ question: Question.ID?) -> Step {
        unacknowledged.append(Heartbeat(sent: now, question: question))
        nextHeartbeat = now + settings.synchronizeInterval
        return .send(event: EventName.synchronize, data: nil)
    }

    private mutating func settle(_ id: Question.ID, _ result: Result<JSON, RequestFailure>) -> [Step] {
        guard let index = questions.firstIndex(where: { $0.question.id == id }) else { return [] }
        questions.remove(at: index)
        return [.answer(id, result)]
    }

    private static func request(_ id: JSON, _ method: String, _ params: JSON) -> JSON {
        ["requestId": id, "method": .string(method), "params": params]
    }

    // MARK: Time

    private mutating func timePassed(_ now: Instant) -> [Step] {
        var steps: [Step] = []
        for late in questions where late.question.deadline <= now {
            steps += settle(late.question.id, .failure(late.isSent ? .timeout : .notConnected))
        }
        if let first = unacknowledged.first, first.sent + settings.acknowledgeLimit <= now {
            return steps + lose(.timeout, now)
        }
        if let limit = streamLimit, limit <= now {
            streamLimit = nil
            steps += follow(stream.handle(waiting == .pausing ? .pauseEnded : .timedOut), now)
        }
        if let due = nextHeartbeat, due <= now, isLive {
            // One at a time: the limit of the first one counts.
            if unacknowledged.isEmpty {
                steps.append(synchronize(now, nil))
            } else {
                nextHeartbeat = now + settings.synchronizeInterval
            }
        }
        return steps
    }
}
