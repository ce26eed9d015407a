import AgentModel
import OrderedCollections
import StreamsProtocol

/// The idempotency keys of one user, and what became of their calls. Bounded in number, bytes and time.
///
/// A key is in the book from the moment that its call is made. It leaves when the call was refused for certain, after its
/// time, or when there are too many: then the oldest that have ended go first, so that no call under way is forgotten. The
/// book is in memory: a daemon that starts again knows no keys.
struct KeyBook: Equatable {
    struct Limits: Equatable {
        /// Keys of one user.
        var keys = 1000
        /// Bytes of keys and answers of one user.
        var bytes = 1 << 20
        /// The largest answer that is kept.
        var answerBytes = 64 << 10
        /// How long a key is kept, in milliseconds.
        var lifetime: Int64 = 24 * 3_600_000
    }

    /// How a call ended.
    enum Outcome: Equatable {
        case accepted(Accepted)
        /// It may have acted or not.
        case uncertain(ProtocolError)
    }

    /// What is known of a key.
    enum Finding: Equatable {
        /// Nothing: the call may be made.
        case unknown
        case underWay(UInt64)
        case accepted(Accepted)
        case uncertain(ProtocolError)
        /// It was used for a call that is not the same.
        case other
        /// Nothing, and there is no room for it.
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

    func look(_ key: CallKey, _ digest: CallDigest) -> Finding {
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

    /// A call is being made under a key that is not in the book.
    mutating func begin(_ key: CallKey, _ digest: CallDigest, call: UInt64, at uptime: Int64) {
        let size = key.bytes.count
        entries[key] = Entry(digest: digest, call: call, begun: uptime, outcome: nil, size: size)
        bytes += size
        makeRoom()
    }

    mutating func end(_ key: CallKey, call: UInt64, _ outcome: Outcome) {
        guard var entry = entries[key], entry.call == call else { return }
        let kept = fitting(outcome)
        entry.outcome = kept.outcome
        entry.size += kept.size
        bytes += kept.size
        entries[key] = entry
        makeRoom()
    }

    /// The call did certainly not act: the key can be used again.
    mutating func free(_ key: CallKey, call: UInt64) {
        guard let entry = entries[key], entry.call == call else { return }
        entries[key] = nil
        bytes -= entry.size
    }

    /// A snapshot showed what the call was for.
    mutating func confirm(_ key: CallKey, call: UInt64) {
        guard var entry = entries[key], entry.call == call, case .accepted(var accepted) = entry.outcome else { return }
        accepted.isConfirmed = true
        entry.outcome = .accepted(accepted)
        entries[key] = entry
    }

    mutating func forgetOld(at uptime: Int64) {
        guard let oldest = entries.values.first, oldest.begun <= uptime - limits.lifetime else { return }
        entries.removeAll { $0.value.outcome != nil && $0.value.begun <= uptime - limits.lifetime }
        bytes = entries.values.reduce(0) { $0 + $1.size }
    }

    /// What is kept of an outcome, and its size.
    private func fitting(_ outcome: Outcome) -> (outcome: Outcome, size: Int) {
        switch outcome {
        case .uncertain(let error): return (outcome, error.message.utf8.count)
        case .accepted(var accepted):
            let size = accepted.data?.encoded.count ?? 0
            guard size > limits.answerBytes else { return (outcome, size + accepted.confirmation.size) }
            accepted.data = nil
            return (.accepted(accepted), accepted.confirmation.size)
        }
    }

    private mutating func makeRoom() {
        while entries.count > limits.keys || bytes > limits.bytes {
            guard let index = entries.values.firstIndex(where: { $0.outcome != nil }) else { return }
            bytes -= entries.remove(at: index).value.size
        }
    }
}
