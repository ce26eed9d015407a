import AgentModel
import StreamsProtocol

extension CallKeeper {
    /// The service answered, or the daemon did in its place.
    mutating func answered(_ number: UInt64, _ outcome: CallOutcome) {
        guard let call = calls.removeValue(forKey: number) else { return }
        let waiting = waiters.filter { $0.value.isWaiting(for: number) }.keys.sorted()
        switch outcome {
        case .success(let data):
            let accepted = Accepted(
                call: number, data: data, confirmation: call.confirmation.refined(by: data), isConfirmed: call.isShown)
            if let key = call.key { books[key.uid]?.end(key, call: number, .accepted(accepted)) }
            logIfLate(call, "accepted")
            deliver(accepted, to: waiting)
        case .failure(let failure):
            let failure = ServiceFailure(call.method, onlyReads: call.onlyReads, failure)
            if let key = call.key { keep(failure, key, number) }
            logIfLate(call, failure.error.message)
            for waiter in waiting { respond(waiter, .error(failure.error)) }
        }
        if let uid = call.key?.uid, books[uid]?.isEmpty == true { books[uid] = nil }
    }

    /// What the key remembers of a failure: that it is not known whether the call acted. What was refused was not done, so
    /// its key is free again.
    private mutating func keep(_ failure: ServiceFailure, _ key: CallKey, _ number: UInt64) {
        if failure.isRefusal {
            books[key.uid]?.free(key, call: number)
        } else {
            books[key.uid]?.end(key, call: number, .uncertain(failure.error))
        }
    }

    private mutating func logIfLate(_ call: Call, _ outcome: String) {
        guard let why = call.abandoned else { return }
        steps.append(
            .log(
                .info, "a late answer of the service was not delivered",
                ["method": call.method, "why": why, "outcome": outcome]))
    }

    private mutating func deliver(_ accepted: Accepted, to waiting: [UInt64]) {
        let rule = accepted.confirmation
        let isShown = accepted.isConfirmed || (!rule.needsSync && rule.isShown(by: agent))
        var isAsking = false
        for number in waiting {
            guard let waiter = waiters[number] else { continue }
            if !waiter.isConfirmed {
                respond(number, accepted.response("accepted", clock))
            } else if isShown {
                leave(number)
                confirm(waiter, accepted)
            } else {
                waiters[number]?.stage = .confirming(accepted, sync: accepted.call, isFresh: false)
                isAsking = true
            }
        }
        // One snapshot for all of them, so that nobody waits for the long poll.
        if isAsking { steps.append(.sync(accepted.call)) }
    }

    // MARK: Confirming

    /// A new agent may show what calls were for, also of those whose answer is still on its way.
    mutating func changed(_ agent: Agent) {
        self.agent = agent
        forgetOldKeys()
        for (number, call) in calls where !call.isShown && !call.confirmation.needsSync {
            calls[number]?.isShown = call.confirmation.isShown(by: agent)
        }
        for number in waiters.keys.sorted() {
            guard let waiter = waiters[number],
                case .confirming(let accepted, _, let isFresh) = waiter.stage,
                isFresh || !accepted.confirmation.needsSync, accepted.confirmation.isShown(by: agent)
            else { continue }
            leave(number)
            confirm(waiter, accepted)
        }
    }

    mutating func synced(_ sync: UInt64, _ error: ProtocolError?) {
        for number in waiters.keys.sorted() {
            guard let waiter = waiters[number],
                case .confirming(let accepted, sync, isFresh: false) = waiter.stage
            else { continue }
            if let error {
                // A confirmation that needs this very snapshot will not come; for the others the next agent is as good.
                guard accepted.confirmation.needsSync else { continue }
                respond(number, .error(CallError.noSnapshot(waiter, error)))
            } else if accepted.confirmation.isShown(by: agent) {
                leave(number)
                confirm(waiter, accepted)
            } else {
                waiters[number]?.stage = .confirming(accepted, sync: sync, isFresh: true)
            }
        }
    }

    /// Answers that a snapshot shows it, and remembers so for the key: it holds later, when the agent has moved on.
    mutating func confirm(_ waiter: Waiter, _ accepted: Accepted) {
        if let key = waiter.key { books[key.uid]?.confirm(key, call: accepted.call) }
        tell(waiter, accepted.response("confirmed", clock))
    }

    // MARK: Ending

    mutating func expired(_ number: UInt64) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        calls[number]?.abandoned = "its deadline had passed"
        tell(waiter, .error(CallError.timeout(waiter)))
    }

    /// Nobody is there to be answered. The calls go on, and their keys will know how they ended.
    mutating func closed(_ port: PortID) {
        for number in waiters.filter({ $0.value.port == port }).keys.sorted() {
            leave(number)
            calls[number]?.abandoned = "its port had closed"
        }
    }

    private mutating func respond(_ number: UInt64, _ response: ConduitEvent.Response) {
        guard let waiter = waiters[number] else { return }
        leave(number)
        tell(waiter, response)
    }

    private mutating func leave(_ number: UInt64) {
        guard waiters.removeValue(forKey: number) != nil else { return }
        steps.append(.unschedule(number))
    }

    mutating func tell(_ waiter: Waiter, _ response: ConduitEvent.Response) {
        steps.append(.respond(waiter.port, waiter.requestId, response))
    }
}
