/// The two ways of driving a swarm.
extension Swarm {
    struct Throughput {
        let deliveriesPerSecond: Double
        /// The part of a processor that the load itself took.
        let ownLoad: Double
    }

    /// Closed loop: as fast as the server takes it, with so many messages in flight.
    func throughput(seconds: Double, warmUp: Double = 0.3, window: UInt64 = 16) throws(Failure) -> Throughput {
        try press(until: Clock.now + warmUp.nanoseconds, window)
        let (begin, deliveredBefore, usedBefore) = (Clock.now, delivered, Clock.used)
        try press(until: begin + seconds.nanoseconds, window)
        let span = Double(Clock.now - begin)
        let result = Throughput(
            deliveriesPerSecond: Double(delivered - deliveredBefore) / span * 1e9,
            ownLoad: Double(Clock.used - usedBefore) / span)
        try finish()
        return result
    }

    private func press(until end: UInt64, _ window: UInt64) throws(Failure) {
        var (last, lastChange) = (delivered, Clock.now)
        while case let now = Clock.now, now < end {
            while canPublish, inFlight < window { try publish(at: Clock.now) }
            try turn(10)
            if delivered != last { (last, lastChange) = (delivered, now) }
            if now - min(now, lastChange) > 5_000_000_000 {
                throw Failure("nothing came for 5 s, with \(published * count - delivered) deliveries due")
            }
        }
    }

    /// On a schedule: so many messages a second, each marked with the time at which it was due. A publisher that is held
    /// up is therefore part of what is measured.
    func latencies(rate: Double, seconds: Double, warmUp: Double = 0.5) throws(Failure) -> Latencies {
        let interval = UInt64(1e9 / rate)
        let start = Clock.now + 0.02.nanoseconds
        let total = UInt64(rate * (seconds + warmUp))
        let first = published
        record(from: start + UInt64(rate * warmUp) * interval)
        try beat(from: start, every: interval)
        while published - first < total {
            while canPublish, published - first < total {
                let due = start + (published - first) * interval
                if due > Clock.now { break }
                try publish(at: due)
            }
            try turn(100)
            if Clock.now > start + (seconds + warmUp + 15).nanoseconds { throw Failure("the schedule was not kept") }
        }
        try finish()
        return latencies
    }
}
