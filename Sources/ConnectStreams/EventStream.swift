// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc
import StreamsProtocol

/// Why a stream delivers no events and will not recover.
public enum StreamFailure: Error, Equatable, Sendable {
    /// The first connection failed, or a later one failed in a way that retrying does not cure.
    case connection(ConnectionError)
    /// The daemon refused the subscription.
    case refused(ProtocolFailure)
}

/// The daemon's events, across any number of its restarts: connects and subscribes, and does both again, with the last
/// clock, whenever the connection is lost.
///
/// It blocks its caller, with a deadline for every wait, and starts no thread. Only one owner at a time may use it.
/// Only the first connection has to succeed; after that only a refusal is an error.
public final class EventStream {
    public enum Update: Equatable, Sendable {
        /// The daemon has accepted the subscription: at the beginning, and again after each `gone`.
        case subscribed(Subscribed)
        case event(StreamEvent)
        /// This program was too slow, and events were skipped.
        case lagged(Lag)
        /// The connection is lost; the stream tries to reconnect.
        case gone(ConnectionError)
    }

    private let path: String
    private var machine: StreamMachine
    private var steps: [StreamMachine.Step]
    private var connection: LineConnection?
    private var failure: StreamFailure?
    /// The end of the present wait for a line or for the next attempt.
    private var limit: ContinuousClock.Instant?

    /// A stream of the events at that socket. It connects at the first call of `next`.
    public convenience init(path: String, _ subscription: Subscription) {
        self.init(path: path, subscription, firstPause: .milliseconds(100))
    }

    init(path: String, _ subscription: Subscription, firstPause: Duration) {
        self.path = path
        machine = StreamMachine(subscription, firstPause: firstPause)
        steps = machine.begin()
    }

    /// The position of the stream: a later stream with this clock as its `since` continues here.
    public var clock: String? { machine.clock }

    /// Waits for the next update until the deadline (nil: forever).
    ///
    /// Returns nil if nothing came in time, or if the wait was interrupted.
    public func next(
        before deadline: ContinuousClock.Instant? = nil, interruption: WaitInterruption? = nil
    ) throws(StreamFailure) -> Update? {
        while true {
            if let update = advance() { return update }
            if let failure { throw failure }
            guard wait(before: deadline, interruption) else { return nil }
        }
    }

    /// Carries out pending steps, up to the first one that delivers an update.
    private func advance() -> Update? {
        while !steps.isEmpty {
            switch steps.removeFirst() {
            case .deliver(let update): return update
            case .connect: connect()
            case .subscribe(let id, let parameters): subscribe(id, parameters)
            case .receive(let timeout): limit = timeout.map { .now + $0 }
            case .disconnect: connection = nil
            case .pause(let pause): limit = .now + pause
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

    /// Waits for the next line or the end of a pause. Returns false if `next` has to return.
    private func wait(before deadline: ContinuousClock.Instant?, _ interruption: WaitInterruption?) -> Bool {
        let soonest = [deadline, limit].compactMap { $0 }.min()
        guard let connection else { return pause(until: soonest, interruption) }
        do throws(ConnectionError) {
            report(.message(try connection.nextMessage(before: soonest, interruption: interruption)))
            return true
        } catch {
            switch error {
            case .interrupted: return false
            case .timeout: return reportIfDue(.timedOut)
            case .notRunning, .noPermission, .pathTooLong, .closedByDaemon, .badLine, .system:
                report(.ended(error))
                return true
            }
        }
    }

    private func pause(until end: ContinuousClock.Instant?, _ interruption: WaitInterruption?) -> Bool {
        var entry = WaitInterruption.entry(interruption)
        let count = poll(&entry, 1, UnixSocket.milliseconds(until: end))
        // A handled signal interrupts poll(2) but not the pause.
        if count < 0 { return true }
        return count == 0 && reportIfDue(.pauseEnded)
    }

    /// Reports the event and returns true if the stream's own limit has passed, not just the caller's deadline.
    private func reportIfDue(_ event: StreamMachine.Event) -> Bool {
        guard let limit, limit <= .now else { return false }
        report(event)
        return true
    }

    private func report(_ event: StreamMachine.Event) { steps += machine.handle(event) }
}
