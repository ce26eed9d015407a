// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The rate limit of a port's requests: a token bucket, with one token per request.
///
/// Counts thousandths of a token: at every rate a millisecond adds a whole number of them, so nothing is lost by rounding.
/// If the clock goes backwards, no tokens are added, and counting continues from the new time.
struct RequestPace: Equatable {
    enum Verdict: Equatable {
        case granted
        /// `retryAfter` is the number of milliseconds until the next token.
        case refused(retryAfter: Int64)
        /// Refused too often without a pause: the port is to be closed.
        case flooding
    }

    /// The number of refusals without a pause that counts as flooding.
    static let flood = 1_000
    /// Milliseconds without a refusal that reset the count: the client has waited as it was asked to. A granted request
    /// alone does not reset it; otherwise a flooding client, which gets a token now and then, would never be detected.
    static let pause: Int64 = 1_000

    /// The sustained rate.
    private(set) var perSecond: Int64 = 1
    /// The capacity of the bucket, in requests.
    private(set) var burst: Int64 = 1
    private var thousandths: Int64
    private var countedAt: Int64?
    private var refusals = 0
    private var refusedAt: Int64 = 0

    /// Creates a full bucket. Both values are clamped to 1...1,000,000.
    init(perSecond: Int, burst: Int) {
        thousandths = 0
        change(perSecond: perSecond, burst: burst)
        thousandths = self.burst * 1_000
    }

    /// Applies new limits after a reload. Keeps the current tokens, up to the new capacity.
    mutating func change(perSecond: Int, burst: Int) {
        self.perSecond = Int64(min(max(1, perSecond), 1_000_000))
        self.burst = Int64(min(max(1, burst), 1_000_000))
    }

    /// Takes a token for a request, if one is available.
    mutating func take(at uptime: Int64) -> Verdict {
        refill(at: uptime)
        guard thousandths < 1_000 else {
            thousandths -= 1_000
            return .granted
        }
        return refuse(at: uptime)
    }

    /// True if the pace is equivalent to a new one: a full bucket and no recent refusals.
    func isRested(at uptime: Int64) -> Bool {
        available(at: uptime) >= burst * 1_000 && (refusals == 0 || uptime - refusedAt >= Self.pause)
    }

    /// Combines two paces into the stricter one: the lower number of tokens, the higher number of refusals.
    func merged(_ other: RequestPace, at uptime: Int64) -> RequestPace {
        var merged = self
        merged.thousandths = min(available(at: uptime), other.available(at: uptime))
        merged.countedAt = uptime
        merged.refusals = max(refusals, other.refusals)
        merged.refusedAt = max(refusedAt, other.refusedAt)
        return merged
    }

    private mutating func refill(at uptime: Int64) {
        thousandths = available(at: uptime)
        countedAt = uptime
    }

    private func available(at uptime: Int64) -> Int64 {
        let full = burst * 1_000
        // Capped at the time that fills the bucket, because the multiplication below could overflow.
        let elapsed = min(max(0, uptime - (countedAt ?? uptime)), full / perSecond + 1)
        return min(full, thousandths + elapsed * perSecond)
    }

    private mutating func refuse(at uptime: Int64) -> Verdict {
        if uptime - refusedAt >= Self.pause { refusals = 0 }
        refusals += 1
        refusedAt = uptime
        guard refusals < Self.flood else { return .flooding }
        return .refused(retryAfter: (1_000 - thousandths + perSecond - 1) / perSecond)
    }

    /// The error for a refused request.
    func error(retryAfter: Int64) -> ProtocolError {
        ProtocolError(
            .tooMany,
            "this port sends more than \(perSecond) requests per second (limits.requestsPerSecond) "
                + "after a burst of \(burst) (limits.requestBurst)",
            hint: "wait \(retryAfter) ms, or raise limits.requestsPerSecond in the daemon's configuration, then: "
                + "partyline reload", retryable: true, retryAfterMs: Int(retryAfter))
    }
}
