// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The errors of `call` that the daemon itself creates. Each states whether the call took effect and what to do next.
enum CallError {
    private static let check = "check with partyline get snapshot whether it was done before you repeat it"

    /// The deadline passed. A repetition is safe with a key or if the call only reads.
    static func timeout(_ waiter: Waiter) -> ProtocolError {
        let within = "within \(waiter.deadline) ms"
        let isSafe = waiter.key != nil || waiter.onlyReads
        guard case .called = waiter.stage else {
            return ProtocolError(
                .timeout, "the service accepted \(waiter.method), but no snapshot has shown it \(within)",
                hint: waiter.key == nil
                    ? "it is done or in progress: partyline get snapshot shows the current state"
                    : "repeat the request with the same idempotencyKey to wait longer: nothing is done twice",
                retryable: isSafe)
        }
        let doubt = waiter.onlyReads ? "" : ": it is not known whether it was done"
        return ProtocolError(
            .timeout, "the service has not answered \(waiter.method) \(within)\(doubt)",
            hint: waiter.key == nil
                ? (isSafe ? "partyline status" : check + ", or use an idempotencyKey")
                : "repeat the request with the same idempotencyKey to get the answer: nothing is done twice",
            retryable: isSafe)
    }

    /// The daemon stops before the service has answered.
    static func stopping(_ waiter: Waiter) -> ProtocolError {
        let doubt = waiter.onlyReads ? "" : ": it is not known whether it was done"
        return ProtocolError(
            .unavailable, "the daemon is stopping, and the service has not answered \(waiter.method)\(doubt)",
            hint: waiter.onlyReads ? "repeat the request when the daemon runs again" : check,
            retryable: waiter.key != nil || waiter.onlyReads)
    }

    /// The session was logged out before a snapshot has confirmed the call.
    static func loggedOut(_ waiter: Waiter) -> ProtocolError {
        ProtocolError(
            .unavailable,
            "the service accepted \(waiter.method), and the session was logged out before it was confirmed",
            hint: "partyline status")
    }

    /// No snapshot is available to confirm the call.
    static func noSnapshot(_ waiter: Waiter, _ error: ProtocolError) -> ProtocolError {
        ProtocolError(
            .unavailable,
            "the service accepted \(waiter.method), but there is no snapshot to confirm it: \(error.message)",
            hint: waiter.key == nil
                ? "wait until partyline status shows a link, then " + check
                : "repeat the request with the same idempotencyKey: nothing is done twice",
            retryable: waiter.key != nil || waiter.onlyReads)
    }

    /// The key belongs to a call that may or may not have taken effect.
    static func uncertain(_ error: ProtocolError) -> ProtocolError {
        ProtocolError(
            .conflict,
            "the call with this idempotencyKey has ended, but it is not known whether it took effect: \(error.message)",
            hint: "check with partyline get snapshot; if it did not take effect, repeat it with another idempotencyKey")
    }

    static let keyReused = ProtocolError(
        .conflict, "this idempotencyKey was used for a call with another method or other params",
        hint: "use a new idempotencyKey for each new call, and the same one only to repeat a call")

    static let answerNotKept = ProtocolError(
        .conflict, "the call with this idempotencyKey succeeded, but its answer was too large to be kept",
        hint: "check the effect with partyline get snapshot; to repeat the call use another idempotencyKey")

    static func tooManyKeys(_ uid: UInt32, _ limit: Int) -> ProtocolError {
        ProtocolError(
            .tooMany, "user \(uid) has \(limit) calls with an idempotencyKey in progress, which is the limit",
            hint: "repeat the request when one of them is answered, or call without an idempotencyKey", retryable: true)
    }

    /// Truncates a text to that many bytes and adds an ellipsis. A character that is cut becomes U+FFFD.
    static func cut(_ text: String, to bytes: Int) -> String {
        text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self) + "…"
    }
}
