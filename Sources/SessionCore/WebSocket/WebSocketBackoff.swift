// SPDX-License-Identifier: Apache-2.0

/// The waits of `WebSocketManager`. Each kind of failure doubles its own wait, up to a limit.
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

    // MARK: Events

    /// Another session starts.
    mutating func reset() { (transportFailures, refusals, openTimeouts) = (0, 0, 0) }

    mutating func transportSucceeded() {
        transportFailures = 0
        openTimeouts = 0
    }

    mutating func openTimedOut() { openTimeouts += 1 }

    mutating func opened() { openTimeouts = 0 }

    /// A websocket was lost after it had been open for at least `webSocketRetryBase`.
    mutating func lived() { refusals = 0 }

    // MARK: Waits

    /// From a failed createTransport to the next one.
    mutating func afterTransportFailure() -> Int64 {
        defer { transportFailures += 1 }
        return doubled(timers.transportRetryBase, transportFailures, limit: timers.transportRetryLimit)
    }

    /// From a refused websocket to the next createTransport.
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

    /// ±30 %, like the real worker's jitter.
    private mutating func jittered(_ milliseconds: Int64) -> Int64 {
        Int64((Double(milliseconds) * Double.random(in: 0.7...1.3, using: &random)).rounded())
    }
}
