// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Calls that received a 401 and wait for a new token. Each is made once more with it; only a second 401 is told. A call
/// cannot take effect before its token has been checked, so a repetition is safe.
extension Session {
    /// Holds a call after its first 401, if the source can replace the token.
    mutating func isHeld(_ id: CallID, _ call: PendingCall, _ outcome: HTTPOutcome) -> Bool {
        guard tokens.source.replacesRefusedToken, call.mayBeRepeated, call.isUnauthorized(outcome) else { return false }
        calls[id]?.refusal = outcome
        if let token = credentials?.token, token != call.token {
            // It was made with the token before.
            again(id, token)
        } else {
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
        guard !tokens.isReplacingToken else { return }
        for id in heldCalls {
            guard let call = calls[id], let refusal = call.refusal else { continue }
            calls[id]?.refusal = nil
            conclude(id, call, refusal)
        }
    }

    private var heldCalls: [CallID] {
        calls.filter { $0.value.refusal != nil }.keys.sorted { $0.number < $1.number }
    }

    private mutating func again(_ id: CallID, _ token: Secret) {
        calls[id]?.renew(with: token)
        attempt(id)
    }
}
