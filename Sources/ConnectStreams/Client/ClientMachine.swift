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
        /// A line without an answer. It is dropped if there is no connection.
        case cast(event: String, data: JSON)
        case close
    }

    enum Step: Equatable {
        case connect
        /// Send a whole line.
        case send([UInt8])
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
            /// A line that the daemon does not answer. A request after it, the marker, tells whether it was accepted: a
            /// rejection comes before the marker's answer.
            case line(event: String, data: JSON?)
        }

        let id: ID
        let kind: Kind
        let deadline: Instant
    }

    private struct Marker {
        let question: Question.ID
        var isRejected = false
    }

    private let settings: ConnectSettings
    private var stream: StreamMachine
    /// When the stream's pause or its wait for a line ends, and with which event; nil without a limit.
    private var streamLimit: (end: Instant, event: StreamMachine.Event)?
    private var isLive = false
    private var isOver = false
    /// In order of arrival. Those that were not sent yet may be sent over the next connection.
    private var questions: [(question: Question, isSent: Bool)] = []
    /// The markers without an answer, oldest first. Markers of withdrawn questions stay: their lines can still be rejected.
    private var markers: [Marker] = []
    /// When the last heartbeat was sent, if nothing has been received since: any line is a sign of life.
    private var heartbeat: Instant?
    private var nextHeartbeat: Instant?
    private var refreshes = 0
    /// The longest line that the daemon accepts.
    private var lineBytes = Int.max

    init(_ settings: ConnectSettings, firstPause: Duration = .milliseconds(100)) {
        self.settings = settings
        // The client needs them for its own data and answers.
        let own = settings.events.contains("*") ? [] : [EventName.terminated, EventName.apiProxyResponse]
        let subscription = Subscription(settings.events + own, existing: true, waits: settings.waits)
        stream = StreamMachine(subscription, firstPause: firstPause)
    }

    /// A shorter one would keep the thread busy.
    private var synchronizeInterval: Duration { max(settings.synchronizeInterval, .milliseconds(10)) }

    /// When `time` has to be reported.
    var nextDeadline: Instant? {
        guard !isOver else { return nil }
        let acknowledgement = heartbeat.map { $0 + settings.acknowledgeLimit }
        let own = [streamLimit?.end, acknowledgement, nextHeartbeat].compactMap { $0 }
        return (own + questions.map(\.question.deadline)).min()
    }

    mutating func handle(_ input: Input, at now: Instant) -> [Step] {
        if isOver { return late(input) }
        switch input {
        case .start: return follow(stream.begin(), now)
        case .connected: return follow(stream.handle(.connected), now)
        case .received(let message):
            heartbeat = nil
            if isLive { nextHeartbeat = now + synchronizeInterval }
            return received(message, now)
        case .ended(let error): return lose(error, now)
        case .time: return timePassed(now)
        case .ask(let question):
            questions.append((question, false))
            return isLive ? sendQuestions() : []
        case .withdraw(let id): return settle(id, .failure(.cancelled))
        case .cast(let event, let data): return isLive ? [Self.send(event, data)] : []
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
            return [.send(Self.request(.string(id), "subscribe", params))]
        case .receive(let timeout):
            streamLimit = timeout.map { (now + $0, .timedOut) }
            return []
        case .pause(let pause):
            streamLimit = (now + pause, .pauseEnded)
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
            nextHeartbeat = now + synchronizeInterval
            return [.deliver(update)] + (answer.isFresh ? [] : refresh()) + sendQuestions()
        case .gone: return loseAnswers() + [.deliver(update)]
        case .event, .lagged: return [.deliver(update)]
        }
    }

    private mutating func refresh() -> [Step] {
        refreshes += 1
        return [.send(Self.request(.string("refresh-\(refreshes)"), "getAgent", [:]))]
    }

    private mutating func lose(_ error: ConnectionError, _ now: Instant) -> [Step] {
        var error = error
        // The rejection of a caller's line, which happened to be the last line, is no reason to give up.
        if isLive, case .closedByDaemon(.error) = error { error = .closedByDaemon(.unsaid) }
        let lost = loseAnswers()
        return lost + follow(stream.handle(.ended(error)), now)
    }

    /// After a lost connection it is unknown whether a request that was sent was carried out.
    private mutating func loseAnswers() -> [Step] {
        isLive = false
        (heartbeat, nextHeartbeat) = (nil, nil)
        markers = []
        let lost = questions.filter(\.isSent).map(\.question.id)
        questions.removeAll(where: \.isSent)
        return lost.map { .answer($0, .failure(.connectionLost)) }
    }

    private mutating func finish(_ failure: StreamFailure?) -> [Step] {
        isOver = true
        let end: RequestFailure = failure.map { .failed($0) } ?? .closed
        let open = questions.map { Step.answer($0.question.id, .failure($0.isSent ? .connectionLost : end)) }
        questions = []
        return open + [.disconnect, .fail(failure)]
    }

    private func late(_ input: Input) -> [Step] {
        guard case .ask(let question) = input else { return [] }
        return [.answer(question.id, .failure(.closed))]
    }

    // MARK: Messages

    private mutating func received(_ message: ServerMessage, _ now: Instant) -> [Step] {
        if message.event == EventName.acknowledge {
            lineBytes = message.data?["partyline"]?["lineBytes"]?.int ?? lineBytes
            if message.data == nil { return [] }
        }
        if message.event == EventName.response, isLive, let steps = answered(message) { return steps }
        if message.event == EventName.error, isLive { return rejected(message) }
        return follow(stream.handle(.message(message)), now)
    }

    /// Nil for the answer to a subscription.
    private mutating func answered(_ message: ServerMessage) -> [Step]? {
        let answer = message.data?["data"] ?? .null
        if let number = message.data?["requestId"]?.int {
            guard let id = Question.ID(exactly: number) else { return [] }
            // Whatever a marker is answered, the line before it was accepted unless it was rejected.
            if markers.first?.question == id {
                markers.removeFirst()
                return settle(id, .success(.null))
            }
            let error = message.data?["err"].flatMap { $0.isNull ? nil : ProtocolFailure(json: $0) }
            return settle(id, error.map { .failure(.refused($0)) } ?? .success(answer))
        }
        guard message.data?["requestId"]?.string == "refresh-\(refreshes)" else { return nil }
        // Without an agent there is nothing to refresh: the next update brings it.
        return answer["agent"].map { $0.isNull ? [] : [.refresh(answer)] } ?? []
    }

    /// The daemon rejects a line before it answers the marker after it.
    private mutating func rejected(_ message: ServerMessage) -> [Step] {
        guard let index = markers.firstIndex(where: { !$0.isRejected }) else { return [] }
        markers[index].isRejected = true
        let failure = ProtocolFailure(json: message.data ?? .null)
        return settle(markers[index].question, .failure(.refused(failure)))
    }

    // MARK: Questions

    private mutating func sendQuestions() -> [Step] {
        questions.filter { !$0.isSent }.map(\.question).flatMap { send($0) }
    }

    private mutating func send(_ question: Question) -> [Step] {
        let lines = Self.lines(question)
        // The daemon's rejection of a line that is too long would not say which request it means.
        if let longest = lines.map(\.count).max(), longest > lineBytes {
            let failure = ProtocolFailure(
                code: "line_too_long", message: "a line of \(longest) bytes; the daemon accepts \(lineBytes)")
            return settle(question.id, .failure(.refused(failure)))
        }
        if let index = questions.firstIndex(where: { $0.question.id == question.id }) {
            questions[index].isSent = true
        }
        if case .line = question.kind { markers.append(Marker(question: question.id)) }
        return lines.map(Step.send)
    }

    private static func lines(_ question: Question) -> [[UInt8]] {
        let id = JSON.int(Int(question.id))
        switch question.kind {
        case .request(let method, let params): return [request(id, method, params)]
        case .line(let event, let data): return [ServerLine.encode(event, data), request(id, "getSeat", [:])]
        }
    }

    private mutating func settle(_ id: Question.ID, _ result: Result<JSON, RequestFailure>) -> [Step] {
        guard let index = questions.firstIndex(where: { $0.question.id == id }) else { return [] }
        questions.remove(at: index)
        return [.answer(id, result)]
    }

    private static func request(_ id: JSON, _ method: String, _ params: JSON) -> [UInt8] {
        ServerLine.encode(EventName.request, ["requestId": id, "method": .string(method), "params": params])
    }

    private static func send(_ event: String, _ data: JSON? = nil) -> Step { .send(ServerLine.encode(event, data)) }

    // MARK: Time

    private mutating func timePassed(_ now: Instant) -> [Step] {
        var steps: [Step] = []
        for late in questions where late.question.deadline <= now {
            steps += settle(late.question.id, .failure(late.isSent ? .timeout : .notConnected))
        }
        if let heartbeat, heartbeat + settings.acknowledgeLimit <= now { return steps + lose(.timeout, now) }
        if let (end, event) = streamLimit, end <= now {
            streamLimit = nil
            steps += follow(stream.handle(event), now)
        }
        if let due = nextHeartbeat, due <= now, isLive {
            (heartbeat, nextHeartbeat) = (now, nil)
            steps.append(Self.send(EventName.synchronize))
        }
        return steps
    }
}
