/// How long `WebSocketManager` waits: every failure of a kind doubles the wait for the next one, up to a limit.
struct WebSocketBackoff: Sendable {
    private let timers: SessionTimers
    private var random: SplitMix64
    private var transportFailures = 0
    private var refusals = 0
    private(set) var openTimeouts = 0

    init(timers: SessionTimers, seed: UInt64) {
        self.timers = timers
        random = SplitMix64(seed: seed)
    }

    // MARK: What happened

    mutating func transportSucceeded() {
        transportFailures = 0
        openTimeouts = 0
    }

    mutating func openTimedOut() { openTimeouts += 1 }

    mutating func opened() { openTimeouts = 0 }

    /// A websocket was lost after it had served for a while.
    mutating func lived() { refusals = 0 }

    // MARK: What to wait

    /// From a createTransport that failed to the next one.
    mutating func afterTransportFailure() -> Int64 {
        defer { transportFailures += 1 }
        return doubled(timers.transportRetryBase, transportFailures, limit: timers.transportRetryLimit)
    }

    /// From a websocket that was refused to the next createTransport.
    mutating func afterRefusal() -> Int64 {
        defer { refusals += 1 }
        return jittered(doubled(timers.webSocketRetryBase, refusals, limit: timers.webSocketRetryLimit))
    }

    /// How long a websocket may take to open.
    mutating func openLimit() -> Int64 {
        jittered(doubled(timers.webSocketOpenTimeout, openTimeouts, limit: timers.webSocketRetryLimit))
    }

    private func doubled(_ base: Int64, _ times: Int, limit: Int64) -> Int64 {
        min(base << Int64(min(times, 8)), limit)
    }

    /// ±30 %, as the reference spreads its retries.
    private mutating func jittered(_ milliseconds: Int64) -> Int64 {
        Int64((Double(milliseconds) * Double.random(in: 0.7...1.3, using: &random)).rounded())
    }
}
