import AgentModel
import Glibc
import StreamsProtocol

/// Why there are no events to be had, now and later.
public enum StreamFailure: Error, Equatable, Sendable {
    /// The first connection could not be made, or a later one never will be.
    case connection(ConnectionError)
    /// The daemon refused the subscription.
    case refused(ProtocolFailure)
}

/// The daemon's events, over any number of restarts of the daemon: connects, subscribes, and does both again, with the last
/// clock, whenever the connection is lost.
///
/// It blocks its caller, every wait with a deadline, and starts no thread. One owner at a time. Only the first connection
/// has to succeed; after that only a refusal is an error.
public final class EventStream {
    public enum Update: Equatable, Sendable {
        /// The subscription stands: at the beginning, and again after each `gone`.
        case subscribed(Subscribed)
        case event(StreamEvent)
        /// This program was too slow, and events were left out.
        case lagged(Lag)
        /// The daemon is away; it is being waited for.
        case gone(ConnectionError)
    }

    private let path: String
    private var course: StreamCourse
    private var steps: [StreamCourse.Step]
    private var connection: LineConnection?
    private var failure: StreamFailure?
    /// When the present wait, for a line or for a new attempt, is over.
    private var limit: ContinuousClock.Instant?

    /// A stream of that socket's events. Nothing is done before `next`.
    public convenience init(path: String, _ subscription: Subscription) {
        self.init(path: path, subscription, firstPause: .milliseconds(100))
    }

    init(path: String, _ subscription: Subscription, firstPause: Duration) {
        self.path = path
        course = StreamCourse(subscription, firstPause: firstPause)
        steps = course.begin()
    }

    /// Where the stream stands: a later stream that is given this clock as its `since` goes on from here.
    public var clock: String? { course.clock }

    /// The next thing to know, waited for until the deadline (nil: for ever).
    ///
    /// Nil if nothing came by then, or if `interruption`, a descriptor such as a pipe's that signals write to, became
    /// readable.
    public func next(
        before deadline: ContinuousClock.Instant? = nil, interruption: Int32? = nil
    ) throws(StreamFailure) -> Update? {
        while true {
            if let update = advance() { return update }
            if let failure { throw failure }
            guard wait(before: deadline, interruption) else { return nil }
        }
    }

    /// Takes the steps that are due, up to the first that the owner has to know of.
    private func advance() -> Update? {
        while !steps.isEmpty {
            switch steps.removeFirst() {
            case .tell(let update): return update
            case .connect: connect()
            case .subscribe(let id, let parameters): subscribe(id, parameters)
            case .listen(let patience): limit = patience.map { .now + $0 }
            case .hangUp: connection = nil
            case .rest(let pause): limit = .now + pause
            case .fail(let failure): self.failure = failure
            }
        }
        return nil
    }

    private func connect() {
        do throws(ConnectionError) {
            connection = try LineConnection(path: path)
            report(.connected)
        } catch {
            report(.ended(error))
        }
    }

    private func subscribe(_ id: String, _ parameters: JSON) {
        let request: JSON = ["requestId": .string(id), "method": "subscribe", "params": parameters]
        do throws(ConnectionError) { try connection?.send(EventName.request, request) } catch { report(.ended(error)) }
    }

    /// Waits for the next line, or for the end of a pause. False if the owner wants to be asked first.
    private func wait(before deadline: ContinuousClock.Instant?, _ interruption: Int32?) -> Bool {
        let soonest = [deadline, limit].compactMap { $0 }.min()
        guard let connection else { return rest(until: soonest, interruption) }
        do throws(ConnectionError) {
            report(.message(try connection.nextMessage(before: soonest, interruption: interruption)))
            return true
        } catch {
            switch error {
            case .interrupted: return false
            case .timeout: return isOver(.silence)
            case .notRunning, .noPermission, .pathTooLong, .closedByDaemon, .badLine, .system:
                report(.ended(error))
                return true
            }
        }
    }

    private func rest(until end: ContinuousClock.Instant?, _ interruption: Int32?) -> Bool {
        var entry = pollfd(fd: interruption ?? -1, events: Int16(POLLIN), revents: 0)
        let count = poll(&entry, 1, UnixSocket.milliseconds(until: end))
        // A signal that was handled ends poll(2), and nothing else.
        if count < 0 { return true }
        return count == 0 && isOver(.rested)
    }

    /// True if it was the stream's own limit that passed, which is then reported.
    private func isOver(_ event: StreamCourse.Event) -> Bool {
        guard let limit, limit <= .now else { return false }
        report(event)
        return true
    }

    private func report(_ event: StreamCourse.Event) { steps += course.handle(event) }
}
