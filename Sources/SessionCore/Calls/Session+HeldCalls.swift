// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Calls of the CTI service that received a 401 and wait for a new token. Each is made once more with it; only a second 401
/// is told. A call cannot take effect before its token has been checked, so a repetition is safe. None waits longer than its
/// client does.
extension Session {
    /// Holds a call after its first 401, if the source can replace the token.
    mutating func isHeld(_ id: CallID, _ call: PendingCall, _ outcome: HTTPOutcome) -> Bool {
        guard tokens.source.replacesRefusedToken, call.mayBeRepeated, call.isUnauthorized(outcome) else { return false }
        calls[id]?.refusal = outcome
        if let token = credentials?.token, token != call.bearer {
            // It was made with the token before.
            again(id, token)
        } else {
            let limit = call.deadline.map { $0 - now.uptime } ?? .max
            actions.append(.schedule(.callRetry(id), after: max(0, min(limit, scaled(settings.timers.callTimeout)))))
            run(tokens.handle(.unauthorized, at: now))
        }
        return true
    }

    /// There is a new token.
    mutating func repeatHeldCalls() {
        guard let token = credentials?.token else { return }
        for id in heldCalls { again(id, token) }
    }

    /// Delivers the 401s if no new token is to be expected soon.
    mutating func settleHeldCalls() {
        // A delivery may end here again: the loop goes on then.
        guard !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        for id in heldCalls where !isReplacingToken { deliverRefusal(of: id) }
    }

    /// Delivers the 401 of a call that has waited long enough.
    mutating func deliverRefusal(of id: CallID) {
        guard let call = calls[id], let refusal = call.refusal else { return }
        calls[id]?.refusal = nil
        actions.append(.unschedule(.callRetry(id)))
        conclude(id, call, refusal)
    }

    private var isReplacingToken: Bool {
        tokens.isReplacingToken && pauses.remaining("authorize", at: now) == nil
    }

    var heldCalls: [CallID] {
        calls.filter { $0.value.refusal != nil }.keys.sorted { $0.number < $1.number }
    }

    private mutating func again(_ id: CallID, _ token: Secret) {
        guard let call = calls[id], call.deadline.map({ now.uptime < $0 }) ?? true else {
            return deliverRefusal(of: id)
        }
        calls[id]?.renew(with: token)
        actions.append(.unschedule(.callRetry(id)))
        attempt(id)
    }
}
