// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension CallKeeper {
    /// Handles the outcome of a call: the service's answer, or an error of the daemon.
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

    /// Records a failure under the key. A rejected call took no effect, so its key is released; after any other failure the
    /// call may have taken effect, and the key keeps the error.
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
                .info, "a late answer from the service was not delivered",
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
                removeWaiter(number)
                confirm(waiter, accepted)
            } else {
                waiters[number]?.stage = .confirming(accepted, sync: accepted.call, isFresh: false)
                isAsking = true
            }
        }
        // One snapshot serves all waiters; without it they would wait for the long poll.
        if isAsking { steps.append(.sync(accepted.call)) }
    }

    // MARK: Confirmation

    /// Handles a new agent. It may confirm calls, including calls that the service has not answered yet.
    mutating func changed(_ agent: AgentData) {
        self.agent = agent
        removeExpiredKeys()
        for (number, call) in calls where !call.isShown && !call.confirmation.needsSync {
            calls[number]?.isShown = call.confirmation.isShown(by: agent)
        }
        for number in waiters.keys.sorted() {
            guard let waiter = waiters[number],
                case .confirming(let accepted, _, let isFresh) = waiter.stage,
                isFresh || !accepted.confirmation.needsSync, accepted.confirmation.isShown(by: agent)
            else { continue }
            removeWaiter(number)
            confirm(waiter, accepted)
        }
    }

    /// Handles the end of a sync.
    ///
    /// - Parameter error: nil if the sync brought a snapshot.
    mutating func synced(_ sync: UInt64, _ error: ProtocolError?) {
        for number in waiters.keys.sorted() {
            guard let waiter = waiters[number],
                case .confirming(let accepted, sync, isFresh: false) = waiter.stage
            else { continue }
            if let error {
                // Only waiters that need this snapshot fail. The next agent can still confirm the others.
                guard accepted.confirmation.needsSync else { continue }
                respond(number, .error(CallError.noSnapshot(waiter, error)))
            } else if accepted.confirmation.isShown(by: agent) {
                removeWaiter(number)
                confirm(waiter, accepted)
            } else {
                waiters[number]?.stage = .confirming(accepted, sync: sync, isFresh: true)
            }
        }
    }

    /// Responds `confirmed` and records the confirmation under the key: later snapshots may no longer show the effect.
    mutating func confirm(_ waiter: Waiter, _ accepted: Accepted) {
        if let key = waiter.key { books[key.uid]?.confirm(key, call: accepted.call) }
        reply(waiter, accepted.response("confirmed", clock, newContact: accepted.confirmation.newContact(in: agent)))
    }

    // MARK: End of a request

    mutating func expired(_ number: UInt64) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        calls[number]?.abandoned = "its deadline had passed"
        reply(waiter, .error(CallError.timeout(waiter)))
    }

    /// The sign-in has ended: no snapshot will confirm its calls, and the next person must not get their outcomes. Requests
    /// that the service has not answered are answered by the session.
    mutating func sessionEnded() {
        for number in waiters.keys.sorted() {
            guard let waiter = waiters[number], case .confirming = waiter.stage else { continue }
            respond(number, .error(CallError.loggedOut(waiter)))
        }
        (agent, books) = (nil, [:])
    }

    mutating func stopping() {
        let error = ProtocolError(.unavailable, "the daemon is stopping")
        for number in waiters.keys.sorted() {
            guard let waiter = waiters[number] else { continue }
            let isAccepted = if case .confirming = waiter.stage { true } else { false }
            respond(number, .error(isAccepted ? CallError.noSnapshot(waiter, error) : CallError.stopping(waiter)))
        }
    }

    /// Removes the requests of a closed port. Their calls continue, and their keys still record the outcome.
    mutating func closed(_ port: PortID) {
        for number in waiters.filter({ $0.value.port == port }).keys.sorted() {
            removeWaiter(number)
            calls[number]?.abandoned = "its port had closed"
        }
    }

    private mutating func respond(_ number: UInt64, _ response: ConduitEvent.Response) {
        guard let waiter = waiters[number] else { return }
        removeWaiter(number)
        reply(waiter, response)
    }

    private mutating func removeWaiter(_ number: UInt64) {
        guard waiters.removeValue(forKey: number) != nil else { return }
        steps.append(.unschedule(number))
    }

    mutating func reply(_ waiter: Waiter, _ response: ConduitEvent.Response) {
        steps.append(.respond(waiter.port, waiter.requestId, response))
    }
}
