// SPDX-License-Identifier: Apache-2.0

/// The two workloads: closed loop and fixed rate.
extension Swarm {
    struct Throughput {
        let deliveriesPerSecond: Double
        /// The load's own processor use, as a fraction of a core.
        let ownLoad: Double
    }

    /// Closed loop: publishes as fast as the server delivers, with at most `window` messages in flight.
    func throughput(seconds: Double, warmUp: Double = 0.3, window: UInt64 = 16) throws(Failure) -> Throughput {
        try publish(until: Clock.now + warmUp.nanoseconds, window)
        let (begin, deliveredBefore, usedBefore) = (Clock.now, delivered, Clock.used)
        try publish(until: begin + seconds.nanoseconds, window)
        let span = Double(Clock.now - begin)
        let result = Throughput(
            deliveriesPerSecond: Double(delivered - deliveredBefore) / span * 1e9,
            ownLoad: Double(Clock.used - usedBefore) / span)
        try finish()
        return result
    }

    private func publish(until end: UInt64, _ window: UInt64) throws(Failure) {
        var (last, lastChange) = (delivered, Clock.now)
        while case let now = Clock.now, now < end {
            while canPublish, inFlight < window { try publish(at: Clock.now) }
            try turn(10)
            if delivered != last { (last, lastChange) = (delivered, now) }
            if now - min(now, lastChange) > 5_000_000_000 {
                throw Failure("no delivery for 5 s; \(published * count - delivered) are outstanding")
            }
        }
    }

    /// Fixed rate: publishes `rate` messages per second. Each mark has the time at which its message was due, so a delayed
    /// publisher counts towards the latency.
    func latencies(rate: Double, seconds: Double, warmUp: Double = 0.5) throws(Failure) -> Latencies {
        let interval = UInt64(1e9 / rate)
        let start = Clock.now + 0.02.nanoseconds
        let total = UInt64(rate * (seconds + warmUp))
        let first = published
        record(from: start + UInt64(rate * warmUp) * interval)
        try startTimer(from: start, every: interval)
        while published - first < total {
            while canPublish, published - first < total {
                let due = start + (published - first) * interval
                if due > Clock.now { break }
                try publish(at: due)
            }
            try turn(100)
            if Clock.now > start + (seconds + warmUp + 15).nanoseconds {
                throw Failure("the server could not sustain \(rate) messages per second")
            }
        }
        try finish()
        return latencies
    }
}
