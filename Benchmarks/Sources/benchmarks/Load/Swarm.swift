import Glibc

/// One publisher and many subscribers on one thread: what a system's fan-out is measured with.
final class Swarm {
    private let poller: Poller
    private let publisher: Publisher
    private let subscribers: [Link]
    private let scanners: UnsafeMutableBufferPointer<MarkScanner>
    private let held: UnsafeMutablePointer<UInt8>
    private let room: UnsafeMutablePointer<UInt8>
    private var isWatchingWrites = false
    private var timer: SteadyTimer?
    private let openedAt = Clock.now

    /// What the subscribers were delivered.
    private(set) var delivered: UInt64 = 0
    /// The latencies of messages that were sent at that time or later.
    private(set) var latencies = Latencies()
    private var recordsFrom = UInt64.max

    private static let roomSize = 256 << 10

    /// Connects them all, and waits until the server has said that they are subscribed.
    init(_ dialect: any Dialect, _ address: Address, subscribers count: Int, size: Int) throws(Failure) {
        guard size > Mark.length else { throw Failure("a payload needs more than \(Mark.length) bytes") }
        poller = try Poller()
        var links: [Link] = []
        for index in 0..<count {
            let link = try Link(address)
            try dialect.subscribe(link, number: index)
            link.descriptor.stopBlocking()
            try poller.add(link.descriptor, tag: index)
            links.append(link)
        }
        subscribers = links
        publisher = try Publisher(dialect, address, size: size)
        try poller.add(publisher.link.descriptor, tag: count)
        scanners = .allocate(capacity: count)
        scanners.initialize(repeating: MarkScanner(payload: size))
        held = .allocate(capacity: count * MarkScanner.headroom)
        room = .allocate(capacity: MarkScanner.headroom + Self.roomSize)
        try settle()
    }

    deinit {
        scanners.deallocate()
        held.deallocate()
        room.deallocate()
    }

    /// Connections that live for less than a second are a fault of their own to partylined, so all systems' live longer.
    func leave() {
        let age = Double(Clock.now - openedAt) / 1e9
        Clock.sleep(1.1 - age)
    }

    /// Reads what servers say on connect, until they have been silent for a while.
    private func settle() throws(Failure) {
        let deadline = Clock.now + 3.0.nanoseconds
        while Clock.now < deadline, try turn(100) > 0 {}
    }

    // MARK: For whoever drives it

    var count: UInt64 { UInt64(subscribers.count) }
    var published: UInt64 { publisher.published }
    /// Messages that were published and not delivered to everybody, on the average.
    var inFlight: UInt64 { publisher.published - delivered / count }
    var canPublish: Bool { publisher.isIdle }

    func publish(at time: UInt64) throws(Failure) { try publisher.publish(at: time) }

    /// Records the latencies of what is sent from then on.
    func record(from time: UInt64) { recordsFrom = time }

    /// Wakes up at steady times.
    func beat(from start: UInt64, every interval: UInt64) throws(Failure) {
        let timer = try SteadyTimer(from: start, every: interval)
        try poller.add(timer.descriptor, tag: subscribers.count + 1)
        self.timer = timer
    }

    /// Waits for something to happen, at most so many milliseconds, and deals with it; returns how much it was.
    @discardableResult
    func turn(_ milliseconds: CInt) throws(Failure) -> Int {
        if publisher.isIdle == isWatchingWrites {
            isWatchingWrites.toggle()
            try poller.watchWriting(isWatchingWrites, of: publisher.link.descriptor, tag: subscribers.count)
        }
        let events = poller.wait(milliseconds)
        for index in 0..<events {
            let tag = poller.tag(index)
            if tag < subscribers.count {
                try receive(tag)
            } else if tag == subscribers.count {
                _ = try read(publisher.link.descriptor)
                try publisher.flush()
            } else {
                timer?.clear()
            }
        }
        return events
    }

    /// Waits until everything that was published was delivered.
    func finish(seconds: Double = 10) throws(Failure) {
        let expected = published * count
        let deadline = Clock.now + seconds.nanoseconds
        while delivered < expected {
            try turn(10)
            if Clock.now > deadline { throw Failure("\(delivered) of \(expected) deliveries came") }
        }
    }

    // MARK: Reading

    @inline(__always)
    private func receive(_ index: Int) throws(Failure) {
        let count = try read(subscribers[index].descriptor)
        guard count > 0 else { return }
        let now = Clock.now
        scanners[index].feed(
            room + MarkScanner.headroom, count, holding: held + index * MarkScanner.headroom
        ) { sentAt in
            delivered &+= 1
            if sentAt >= recordsFrom { latencies.record(now &- sentAt) }
        }
    }

    /// How many bytes have come into the room; 0 if there are none yet.
    @inline(__always)
    private func read(_ descriptor: Descriptor) throws(Failure) -> Int {
        let count = Glibc.read(descriptor.number, room + MarkScanner.headroom, Self.roomSize)
        if count > 0 { return count }
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        throw Failure("the server closed a connection after \(delivered) deliveries")
    }
}
