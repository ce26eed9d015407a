import StreamsProtocol

/// A port's requests against the clock: a bucket of tokens that refills steadily, one token a request.
///
/// It is counted in thousandths, so that a millisecond brings a whole number of them at every rate and none get lost.
/// A clock that goes backwards brings nothing, and is then counted from.
struct RequestPace: Equatable {
    enum Verdict: Equatable {
        case granted
        /// There will be a token in so many milliseconds.
        case refused(retryAfter: Int64)
        /// Refused too often without a pause: the port does not listen, and is to be closed.
        case flooding
    }

    /// Requests refused without a pause that make a flood.
    static let flood = 1_000
    /// A second in which nothing was refused: who was told to wait has waited. (A token that came in between is no
    /// pause; otherwise who floods fast enough would never be found out.)
    static let pause: Int64 = 1_000

    /// Requests a second in the long run.
    private(set) var perSecond: Int64 = 1
    /// Requests at once after a rest.
    private(set) var burst: Int64 = 1
    private var thousandths: Int64
    private var countedAt: Int64?
    private var refusals = 0
    private var refusedAt: Int64 = 0

    /// A full bucket. Both numbers are 1 to 1,000,000; what is out of that counts as the nearest that is in it.
    init(perSecond: Int, burst: Int) {
        thousandths = 0
        change(perSecond: perSecond, burst: burst)
        thousandths = self.burst * 1_000
    }

    /// After a reload. The tokens that there are stay, as far as they fit.
    mutating func change(perSecond: Int, burst: Int) {
        self.perSecond = Int64(min(max(1, perSecond), 1_000_000))
        self.burst = Int64(min(max(1, burst), 1_000_000))
    }

    /// Takes a token for a request, if there is one.
    mutating func take(at uptime: Int64) -> Verdict {
        refill(at: uptime)
        guard thousandths < 1_000 else {
            thousandths -= 1_000
            return .granted
        }
        return refuse(at: uptime)
    }

    /// True if nothing is left of what was asked and refused: it is like a new one.
    func isRested(at uptime: Int64) -> Bool {
        left(at: uptime) >= burst * 1_000 && (refusals == 0 || uptime - refusedAt >= Self.pause)
    }

    /// What two have left together: the tokens of the one that has fewer, the refusals of the one that has more.
    func joined(_ other: RequestPace, at uptime: Int64) -> RequestPace {
        var joined = self
        joined.thousandths = min(left(at: uptime), other.left(at: uptime))
        joined.countedAt = uptime
        joined.refusals = max(refusals, other.refusals)
        joined.refusedAt = max(refusedAt, other.refusedAt)
        return joined
    }

    private mutating func refill(at uptime: Int64) {
        thousandths = left(at: uptime)
        countedAt = uptime
    }

    private func left(at uptime: Int64) -> Int64 {
        let full = burst * 1_000
        // More time than it takes to fill the bucket makes no difference, and must not overflow.
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

    /// What a refused request is answered with.
    func error(retryAfter: Int64) -> ProtocolError {
        ProtocolError(
            .tooMany,
            "this port asks more than \(perSecond) times a second (limits.requestsPerSecond), "
                + "after \(burst) at once (limits.requestBurst)",
            hint: "wait \(retryAfter) ms, or raise limits.requestsPerSecond in the daemon's configuration, then: "
                + "partyline reload", retryable: true, retryAfterMs: Int(retryAfter))
    }
}
