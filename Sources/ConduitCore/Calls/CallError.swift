import StreamsProtocol

/// The errors that a `call` gets from the daemon itself. Each says what is known of the deed, and what to do next.
enum CallError {
    private static let look = "look whether it was done (partyline get snapshot) before you do it again"

    /// The deadline passed. Asking again is safe under a key, or where nothing is done.
    static func timeout(_ waiter: Waiter) -> ProtocolError {
        let within = "within \(waiter.deadline) ms"
        let isSafe = waiter.key != nil || waiter.onlyReads
        guard case .called = waiter.stage else {
            return ProtocolError(
                .timeout, "the service took \(waiter.method), but no snapshot has shown it \(within)",
                hint: waiter.key == nil
                    ? "it is done or being done: partyline get snapshot shows how far it is"
                    : "ask again with the same idempotencyKey: that waits on, and does nothing twice",
                retryable: isSafe)
        }
        let doubt = waiter.onlyReads ? "" : ": it is not known whether it was done"
        return ProtocolError(
            .timeout, "the service has not answered \(waiter.method) \(within)\(doubt)",
            hint: waiter.key == nil
                ? (isSafe ? "partyline status shows the link to the service" : look + ", or use an idempotencyKey")
                : "ask again with the same idempotencyKey: the answer is kept for it, and nothing is done twice",
            retryable: isSafe)
    }

    /// There was no snapshot to see it in.
    static func noSnapshot(_ waiter: Waiter, _ error: ProtocolError) -> ProtocolError {
        ProtocolError(
            .unavailable,
            "the service took \(waiter.method), but there is no snapshot to confirm it: \(error.message)",
            hint: waiter.key == nil ? look : "ask again with the same idempotencyKey: nothing is done twice",
            retryable: waiter.key != nil || waiter.onlyReads)
    }

    /// A key of a call that may or may not have acted.
    static func uncertain(_ error: ProtocolError) -> ProtocolError {
        ProtocolError(
            .conflict, "the call of this idempotencyKey has ended, and nobody knows whether it acted: \(error.message)",
            hint: "partyline get snapshot shows whether it did; if not, call again with another idempotencyKey")
    }

    static let keyOfAnother = ProtocolError(
        .conflict, "this idempotencyKey belongs to a call of another method or with other params",
        hint: "a new call needs a new idempotencyKey; only a repetition has the same")

    static let answerNotKept = ProtocolError(
        .conflict, "the call of this idempotencyKey succeeded, but its answer was too large to be kept",
        hint: "partyline get snapshot shows what it did; to ask once more use another idempotencyKey")

    static func tooManyKeys(_ uid: UInt32, _ limit: Int) -> ProtocolError {
        ProtocolError(
            .tooMany, "user \(uid) has \(limit) calls with an idempotencyKey under way, and there may be no more",
            hint: "ask again when one of them has its answer, or call without idempotencyKey", retryable: true)
    }

    /// So many bytes of a text at most.
    static func cut(_ text: String, to bytes: Int) -> String {
        text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self) + "…"
    }
}
