// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// A session in virtual time, with its timers, HTTP calls and websockets.
///
/// A test drives it with `handle`, `advance` and the responses of the service. All actions are recorded.
final class SessionHarness {
    /// An event for all ports.
    struct Published: Equatable {
        let event: String
        let data: JSON?
    }

    /// 2025-01-01T12:00:00Z, the start of every test.
    static let epoch: Int64 = 1_735_732_800_000

    private var session: Session
    private(set) var uptime: Int64 = 0
    private(set) var timers: [SessionTimer: (due: Int64, order: Int)] = [:]
    private(set) var calls: [(id: CallID, call: HTTPCall)] = []
    private(set) var sockets: [WebSocketID] = []
    private(set) var recorded: [SessionAction] = []
    /// The changes of the sign-in.
    private(set) var auths: [DaemonStatus.Auth] = []
    /// The changes of the link.
    private(set) var links: [DaemonStatus.LinkNote] = []
    /// True if the service echoes heartbeats.
    var echoes = true
    private var order = 0

    init(
        source: SessionSettings.Source = .configure, timers: SessionTimers = SessionTimers(), waitsToPoll: Bool = false,
        plainLoopback: Bool = false,
        seed: UInt64 = 1
    ) {
        // In most tests, polling starts at once instead of after createTransport.
        var timers = timers
        if !waitsToPoll { timers.pollingDelay = 0 }
        let settings = SessionSettings(
            source: source, timers: timers, allowsPlainLoopbackWebSocket: plainLoopback)
        session = Session(settings: settings, seed: seed)
    }

    var now: Moment { Moment(wall: Self.epoch + uptime, uptime: uptime) }
    var status: SessionStatus { session.status(at: now) }

    // MARK: Events

    @discardableResult
    func handle(_ event: SessionEvent) -> [SessionAction] {
        var actions = take(session.handle(event, at: now))
        if let start = actions.firstIndex(of: .schedule(.polling, after: 0)) {
            actions.replaceSubrange(start...start, with: take(session.handle(.timer(.polling), at: now)))
        }
        recorded += actions
        for action in actions { note(action) }
        return actions
    }

    /// Moves the changes of the sign-in and of the link, and the link's timer, out of the actions: most tests are about
    /// something else.
    private func take(_ actions: [SessionAction]) -> [SessionAction] {
        actions.filter { action in
            switch action {
            case .auth(let auth): auths.append(auth)
            case .link(let link): links.append(link)
            case .schedule(.link, _), .unschedule(.link): note(action)
            default: return true
            }
            return false
        }
    }

    /// Advances the clock. Timers fire in order, each at its own time.
    func advance(_ milliseconds: Int64) {
        let end = uptime + milliseconds
        while let (timer, place) = timers.min(by: { ($0.value.due, $0.value.order) < ($1.value.due, $1.value.order) }),
            place.due <= end
        {
            timers[timer] = nil
            uptime = place.due
            handle(.timer(timer))
        }
        uptime = end
    }

    /// The machine sleeps: what is due meanwhile happens at once afterwards.
    func sleep(_ milliseconds: Int64) {
        uptime += milliseconds
        let due = timers.filter { $0.value.due <= uptime }.sorted {
            ($0.value.due, $0.value.order) < ($1.value.due, $1.value.order)
        }
        for (timer, _) in due {
            timers[timer] = nil
            handle(.timer(timer))
        }
    }

    /// Advances the clock to a timer and returns the actions of its event.
    @discardableResult
    func advance(to timer: SessionTimer) throws -> [SessionAction] {
        let due = try #require(timers[timer]).due
        advance(due - uptime - 1)
        uptime = due
        timers[timer] = nil
        return handle(.timer(timer))
    }

    /// The remaining time of a timer; nil if it is not scheduled.
    func wait(for timer: SessionTimer) -> Int64? { timers[timer].map { $0.due - uptime } }

    private func note(_ action: SessionAction) {
        switch action {
        case .send(let id, let call): calls.append((id, call))
        case .cancel(let id): calls.removeAll { $0.id == id }
        case .schedule(let timer, let wait):
            order += 1
            timers[timer] = (uptime + wait, order)
        case .unschedule(let timer): timers[timer] = nil
        case .openWebSocket(let id, _): sockets.append(id)
        case .closeWebSocket(let id, _): sockets.removeAll { $0 == id }
        case .sendText(let id, let bytes) where echoes && bytes == Fixture.heartbeat:
            handle(.webSocket(id, .text(bytes)))
        default: break
        }
    }

    // MARK: Service

    /// The only call of an operation that is under way.
    func pending(_ purpose: String) throws -> HTTPCall {
        let found = calls.filter { $0.call.purpose == purpose }
        try #require(found.count == 1, "\(found.count) calls of \(purpose) are under way")
        return found[0].call
    }

    func count(of purpose: String) -> Int { calls.count { $0.call.purpose == purpose } }

    /// How often an operation was sent, including retries.
    func sends(of purpose: String) -> Int {
        recorded.count { if case .send(_, let call) = $0 { call.purpose == purpose } else { false } }
    }

    @discardableResult
    func end(_ purpose: String, _ outcome: HTTPOutcome) throws -> [SessionAction] {
        let place = calls.firstIndex { $0.call.purpose == purpose }
        let index = try #require(place, "no call of \(purpose) is under way")
        return handle(.http(calls.remove(at: index).id, outcome))
    }

    /// Removes a call that a test ends itself.
    func drop(_ id: CallID) { calls.removeAll { $0.id == id } }

    @discardableResult
    func answer(_ purpose: String, _ body: String = "{}", status: Int = 200) throws -> [SessionAction] {
        try end(purpose, .response(status: status, reason: "Reason", body: Array(body.utf8)))
    }

    @discardableResult
    func fail(_ purpose: String) throws -> [SessionAction] { try end(purpose, .failure("connection refused")) }

    /// Ends a call and all its retries with the same outcome, and returns the final actions.
    @discardableResult
    func endForGood(_ purpose: String, _ outcome: HTTPOutcome) throws -> [SessionAction] {
        while true {
            let actions = try end(purpose, outcome)
            guard actions.count == 1, case .schedule(.callRetry(let id), _)? = actions.first else { return actions }
            try advance(to: .callRetry(id))
        }
    }

    // MARK: Recorded actions

    func forget() { recorded = [] }

    var published: [Published] {
        recorded.compactMap {
            if case .publish(let event, let data) = $0 { Published(event: event, data: data?.value) } else { nil }
        }
    }

    /// The names of all published events except `api_metric`.
    var events: [String] { published.map(\.event).filter { $0 != EventName.apiMetric } }

    /// The replies to requests: the port's number, and the data or the error.
    var replies: [(port: UInt64, result: Result<JSON, ProtocolError>)] {
        recorded.flatMap { action -> [(port: UInt64, result: Result<JSON, ProtocolError>)] in
            switch action {
            case .reply(let ticket, let result): [(ticket.port.number, result)]
            case .replyAll(let tickets, let data): tickets.map { ($0.port.number, .success(data.value)) }
            default: []
            }
        }
    }

    var agents: [AgentData] {
        recorded.compactMap { if case .publishAgent(let agent) = $0 { agent } else { nil } }
    }
}
