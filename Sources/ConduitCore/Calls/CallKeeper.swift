import AgentModel
import StreamsProtocol

/// The requests `call` of our own protocol: each gets one final answer, whatever the service does.
///
/// A pure machine within the conduit's. An answer of the service is either handed on at once (`accepted`) or kept until a
/// snapshot shows what it was for (`confirmed`); a deadline ends both. Of the calls with one idempotency key only the first
/// goes to the service; the others wait for its outcome, or get it from the book of keys after it ended.
///
/// It counts on two things. The session makes a call under a number once: it may repeat what the service refused to take
/// (429, throttling), never what may have been done already. And an agent's line is in the log before the agent comes
/// here, so that the clock of an answer is not older than the snapshot that confirms it.
struct CallKeeper {
    /// A `call` whose parameters were checked.
    struct Request: Equatable {
        let port: PortID
        let requestId: RawJSON
        let uid: UInt32
        let method: String
        let params: JSON
        /// True if only a snapshot that shows it is answer enough.
        let isConfirmed: Bool
        /// Milliseconds until the answer is `timeout`.
        let deadline: Int64
        let key: String?

        /// What the method does. One that no service has will be refused.
        var effect: OperationEffect { ServiceOperation(method)?.effect ?? .acts }
    }

    enum Event: Equatable {
        /// A client asks for a call.
        case asked(Request)
        /// The call of that number ended.
        case answered(UInt64, CallOutcome)
        case agent(Agent)
        /// A sync ended; the agent that it brought came before.
        case synced(UInt64, ProtocolError?)
        /// The timer of that number is due.
        case deadline(UInt64)
        case closed(PortID)
    }

    enum Step: Equatable {
        /// Make this call; the answer comes back under its number.
        case call(UInt64, PortID, method: String, params: JSON)
        /// Ask for a snapshot, from now on.
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
        /// True once a snapshot showed it, although the answer was still on its way.
        var isShown = false
        /// Why nobody waits for it under its own number any more.
        var abandoned: String?
    }

    let limits: KeyBook.Limits
    var now = Moment(wall: 0, uptime: 0)
    var clock = ""
    var steps: [Step] = []
    var agent: Agent?
    /// Calls that were made, by number.
    var calls: [UInt64: Call] = [:]
    /// Requests that have no answer yet, by the number of their timer.
    var waiters: [UInt64: Waiter] = [:]
    /// The idempotency keys of each user.
    var books: [UInt32: KeyBook] = [:]
    /// The number of the next request, of its call, its timer and its sync; they only grow.
    private var next: UInt64 = 1

    init(limits: KeyBook.Limits = KeyBook.Limits()) { self.limits = limits }

    /// Takes an event and says what is to be done, in order.
    ///
    /// - Parameter clock: where the event log is now.
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
        }
        defer { steps = [] }
        return steps
    }

    // MARK: Asking

    private mutating func asked(_ request: Request) {
        let number = next
        next += 1
        forgetOldKeys()
        let waiter = Waiter(request, number)
        guard let text = request.key else { return begin(number, request, waiter) }
        let key = CallKey(uid: request.uid, text: text)
        let digest = CallDigest(request.method, request.params)
        switch books[request.uid, default: KeyBook(limits: limits)].look(key, digest) {
        case .unknown:
            books[request.uid, default: KeyBook(limits: limits)].begin(key, digest, call: number, at: now.uptime)
            begin(number, request, waiter)
        case .underWay(let call): wait(number, waiter, .called(call))
        case .accepted(let accepted): repeated(number, waiter, accepted)
        case .uncertain(let error): tell(waiter, .error(CallError.uncertain(error)))
        case .other: tell(waiter, .error(CallError.keyOfAnother))
        case .full: tell(waiter, .error(CallError.tooManyKeys(request.uid, limits.keys)))
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

    /// A call that the service took is asked for again under its key.
    private mutating func repeated(_ number: UInt64, _ waiter: Waiter, _ accepted: Accepted) {
        guard accepted.data != nil else { return tell(waiter, .error(CallError.answerNotKept)) }
        guard waiter.isConfirmed else { return tell(waiter, accepted.response("accepted", clock)) }
        let rule = accepted.confirmation
        if accepted.isConfirmed || (!rule.needsSync && rule.isShown(by: agent)) {
            return confirm(waiter, accepted)
        }
        wait(number, waiter, .confirming(accepted, sync: number, isFresh: false))
        steps.append(.sync(number))
    }

    mutating func forgetOldKeys() {
        for uid in books.keys.sorted() {
            books[uid]?.forgetOld(at: now.uptime)
            if books[uid]?.isEmpty == true { books[uid] = nil }
        }
    }
}
