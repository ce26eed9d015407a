// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Handles the `call` requests of the partyline protocol. Each request gets exactly one final response, whatever the service
/// does.
///
/// A pure state machine within the conduit. It returns the service's answer at once (`accepted`), or holds it until a
/// snapshot shows the effect of the call (`confirmed`); a deadline ends both. Of several requests with the same idempotency
/// key, only the first is sent to the service. The others wait for its outcome, or get it from the `KeyBook` afterwards.
///
/// It relies on two guarantees. The session makes each numbered call once: it may retry a call that the service rejected
/// (429, throttling), but never one that may have taken effect. And an agent's line is in the log before the agent is passed to
/// this machine, so the clock of a response is never older than the snapshot that confirms the call.
struct CallKeeper {
    /// A `call` request with validated parameters.
    struct Request: Equatable {
        let port: PortID
        let requestId: RawJSON
        let uid: UInt32
        let method: String
        let params: JSON
        /// True if the client asked for `confirmed`: the response waits for a snapshot that shows the effect.
        let isConfirmed: Bool
        /// Milliseconds until the request fails with `timeout`.
        let deadline: Int64
        let key: String?

        /// `.acts` for an unknown method, which will be rejected anyway.
        var effect: OperationEffect { ServiceOperation(method)?.effect ?? .acts }
    }

    enum Event: Equatable {
        case asked(Request)
        /// The call with this number ended.
        case answered(UInt64, CallOutcome)
        case agent(AgentData)
        /// The sync with this number ended. Its agent was delivered before, as `agent`.
        case synced(UInt64, ProtocolError?)
        /// The timer with this number fired.
        case deadline(UInt64)
        case closed(PortID)
        /// The daemon stops. No more snapshots arrive, so the remaining requests fail.
        case stopping
        /// The sign-in has ended. Remaining requests fail, and outcomes of its calls are forgotten.
        case sessionEnded
    }

    enum Step: Equatable {
        /// Make this call. Its outcome returns as `answered` with the same number.
        case call(UInt64, PortID, method: String, params: JSON)
        /// Request a snapshot now instead of waiting for the long poll.
        case sync(UInt64)
        case schedule(UInt64, after: Int64)
        case unschedule(UInt64)
        case respond(PortID, RawJSON, ConduitEvent.Response)
        case log(LogLevel, String, [String: String])
    }

    /// A call that the service has not answered yet.
    struct Call: Equatable {
        let method: String
        let onlyReads: Bool
        let key: CallKey?
        let confirmation: Confirmation
        /// True if a snapshot showed the effect before the service answered.
        var isShown = false
        /// Why the request that made this call is gone: its deadline passed or its port closed.
        var abandoned: String?
    }

    let limits: KeyBook.Limits
    var now = Moment(wall: 0, uptime: 0)
    var clock = ""
    var steps: [Step] = []
    var agent: AgentData?
    /// Calls in progress, by number.
    var calls: [UInt64: Call] = [:]
    /// Unanswered requests, by the number of their timer.
    var waiters: [UInt64: Waiter] = [:]
    /// The idempotency keys, by uid.
    var books: [UInt32: KeyBook] = [:]
    /// The number of the next request, and of its call, timer and sync. Never reused.
    private var next: UInt64 = 1

    init(limits: KeyBook.Limits = KeyBook.Limits()) { self.limits = limits }

    /// Handles an event and returns the steps to carry out, in order.
    ///
    /// - Parameter clock: the current end of the event log.
    mutating func handle(_ event: Event, at now: Moment, clock: String) -> [Step] {
        self.now = now
        self.clock = clock
        steps = []
        switch event {
        case .asked(let request): asked(request)
        case .answered(let number, let outcome): answered(number, outcome)
        case .agent(let agent): changed(agent)
        case .synced(let number, let error): synced(number, error)
        case .deadline(let number): expired(number)
        case .closed(let port): closed(port)
        case .stopping: stopping()
        case .sessionEnded: sessionEnded()
        }
        defer { steps = [] }
        return steps
    }

    // MARK: Asking

    private mutating func asked(_ request: Request) {
        let number = next
        next += 1
        removeExpiredKeys()
        let waiter = Waiter(request, number)
        guard let text = request.key else { return begin(number, request, waiter) }
        let key = CallKey(uid: request.uid, text: text)
        let digest = CallDigest(request.method, request.params)
        switch books[request.uid, default: KeyBook(limits: limits)].find(key, digest) {
        case .unknown:
            books[request.uid, default: KeyBook(limits: limits)].begin(key, digest, call: number, at: now.uptime)
            begin(number, request, waiter)
        case .underWay(let call): wait(number, waiter, .called(call))
        case .accepted(let accepted): repeated(number, waiter, accepted)
        case .uncertain(let error): reply(waiter, .error(CallError.uncertain(error)))
        case .other: reply(waiter, .error(CallError.keyReused))
        case .full: reply(waiter, .error(CallError.tooManyKeys(request.uid, limits.keys)))
        }
    }

    private mutating func begin(_ number: UInt64, _ request: Request, _ waiter: Waiter) {
        calls[number] = Call(
            method: waiter.method, onlyReads: waiter.onlyReads, key: waiter.key,
            confirmation: Confirmation(request.effect, request.params, before: agent))
        steps.append(.call(number, request.port, method: request.method, params: request.params))
        wait(number, waiter, .called(number))
    }

    private mutating func wait(_ number: UInt64, _ waiter: Waiter, _ stage: Waiter.Stage) {
        var waiter = waiter
        waiter.stage = stage
        waiters[number] = waiter
        steps.append(.schedule(number, after: waiter.deadline))
    }

    /// Answers a repeated request whose key belongs to a call that the service accepted.
    private mutating func repeated(_ number: UInt64, _ waiter: Waiter, _ accepted: Accepted) {
        guard accepted.data != nil else { return reply(waiter, .error(CallError.answerNotKept)) }
        guard waiter.isConfirmed else { return reply(waiter, accepted.response("accepted", clock)) }
        let rule = accepted.confirmation
        if accepted.isConfirmed || (!rule.needsSync && rule.isShown(by: agent)) {
            return confirm(waiter, accepted)
        }
        wait(number, waiter, .confirming(accepted, sync: number, isFresh: false))
        steps.append(.sync(number))
    }

    mutating func removeExpiredKeys() {
        for uid in books.keys.sorted() {
            books[uid]?.removeExpired(at: now.uptime)
            if books[uid]?.isEmpty == true { books[uid] = nil }
        }
    }
}
