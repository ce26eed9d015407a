// SPDX-License-Identifier: Apache-2.0
import AgentModel
import OrderedCollections
import StreamsProtocol

/// The idempotency keys of one user and the outcomes of their calls. Bounded in number, bytes and time.
///
/// A key is added when its call is made. It is removed when the call is rejected, when the key expires, or when there are
/// too many keys: then the oldest keys whose calls have ended are evicted, never one whose call is in progress. The book is
/// in memory only and does not survive a restart.
struct KeyBook: Equatable {
    struct Limits: Equatable {
        /// Maximum number of keys.
        var keys = 1000
        /// Maximum bytes of keys and answers.
        var bytes = 1 << 20
        /// The largest answer that is stored, in bytes.
        var answerBytes = 64 << 10
        /// Milliseconds until a key expires.
        var lifetime: Int64 = 24 * 3_600_000
    }

    enum Outcome: Equatable {
        case accepted(Accepted)
        /// It is unknown whether the call took effect.
        case uncertain(ProtocolError)
    }

    /// The result of a lookup.
    enum Finding: Equatable {
        /// The key is new: the call may be made.
        case unknown
        /// The number of the call in progress.
        case underWay(UInt64)
        case accepted(Accepted)
        case uncertain(ProtocolError)
        /// The key was used with another method or other parameters.
        case other
        /// The key is new, and there is no room for it.
        case full
    }

    private struct Entry: Equatable {
        let digest: CallDigest
        let call: UInt64
        let begun: Int64
        var outcome: Outcome?
        var size: Int
    }

    let limits: Limits
    /// Oldest first.
    private var entries: OrderedDictionary<CallKey, Entry> = [:]
    private(set) var bytes = 0

    init(limits: Limits) { self.limits = limits }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    func find(_ key: CallKey, _ digest: CallDigest) -> Finding {
        guard let entry = entries[key] else {
            let isFull = entries.count >= limits.keys && !entries.values.contains { $0.outcome != nil }
            return isFull ? .full : .unknown
        }
        guard entry.digest == digest else { return .other }
        switch entry.outcome {
        case nil: return .underWay(entry.call)
        case .accepted(let accepted): return .accepted(accepted)
        case .uncertain(let error): return .uncertain(error)
        }
    }

    /// Adds a new key for a call that is about to be made.
    mutating func begin(_ key: CallKey, _ digest: CallDigest, call: UInt64, at uptime: Int64) {
        let size = key.bytes.count
        entries[key] = Entry(digest: digest, call: call, begun: uptime, outcome: nil, size: size)
        bytes += size
        evict()
    }

    mutating func end(_ key: CallKey, call: UInt64, _ outcome: Outcome) {
        guard var entry = entries[key], entry.call == call else { return }
        let stored = trimmed(outcome)
        entry.outcome = stored.outcome
        entry.size += stored.size
        bytes += stored.size
        entries[key] = entry
        evict()
    }

    /// Removes the key of a call that took no effect, so that it can be used again.
    mutating func free(_ key: CallKey, call: UInt64) {
        guard let entry = entries[key], entry.call == call else { return }
        entries[key] = nil
        bytes -= entry.size
    }

    /// Records that a snapshot has shown the effect of the call.
    mutating func confirm(_ key: CallKey, call: UInt64) {
        guard var entry = entries[key], entry.call == call, case .accepted(var accepted) = entry.outcome else { return }
        accepted.isConfirmed = true
        entry.outcome = .accepted(accepted)
        entries[key] = entry
    }

    mutating func removeExpired(at uptime: Int64) {
        guard let oldest = entries.values.first, oldest.begun <= uptime - limits.lifetime else { return }
        entries.removeAll { $0.value.outcome != nil && $0.value.begun <= uptime - limits.lifetime }
        bytes = entries.values.reduce(0) { $0 + $1.size }
    }

    /// Drops an answer that is too large; returns the outcome to store and its size in bytes.
    private func trimmed(_ outcome: Outcome) -> (outcome: Outcome, size: Int) {
        switch outcome {
        case .uncertain(let error): return (outcome, error.message.utf8.count)
        case .accepted(var accepted):
            let size = accepted.data?.encoded.count ?? 0
            guard size > limits.answerBytes else { return (outcome, size + accepted.confirmation.size) }
            accepted.data = nil
            return (.accepted(accepted), accepted.confirmation.size)
        }
    }

    private mutating func evict() {
        while entries.count > limits.keys || bytes > limits.bytes {
            guard let index = entries.values.firstIndex(where: { $0.outcome != nil }) else { return }
            bytes -= entries.remove(at: index).value.size
        }
    }
}
