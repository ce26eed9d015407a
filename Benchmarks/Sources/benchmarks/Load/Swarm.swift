// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The load of a fan-out measurement: one publisher and many subscribers on one thread.
final class Swarm {
    private let poller: Poller
    private let publisher: Publisher
    private let subscribers: [Link]
    private let scanners: UnsafeMutableBufferPointer<MarkScanner>
    private let held: UnsafeMutablePointer<UInt8>
    private let buffer: UnsafeMutablePointer<UInt8>
    private var isWatchingWrites = false
    private var timer: SteadyTimer?
    private let openedAt = Clock.now

    /// The number of messages that all subscribers together have received.
    private(set) var delivered: UInt64 = 0
    /// The latencies of messages whose mark is not before `recordsFrom`.
    private(set) var latencies = Latencies()
    private var recordsFrom = UInt64.max

    private static let bufferSize = 256 << 10

    /// Connects the publisher and all subscribers, and waits until the server has confirmed the subscriptions.
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
        buffer = .allocate(capacity: MarkScanner.headroom + Self.bufferSize)
        try settle()
    }

    deinit {
        scanners.deallocate()
        held.deallocate()
        buffer.deallocate()
    }

    /// Waits until the connections are older than a second: partylined limits connections that are closed sooner. Used for
    /// all systems, so that they are measured alike.
    func waitUntilClosable() {
        let age = Double(Clock.now - openedAt) / 1e9
        Clock.sleep(1.1 - age)
    }

    /// Reads the servers' greetings, until nothing arrives for 100 ms.
    private func settle() throws(Failure) {
        let deadline = Clock.now + 3.0.nanoseconds
        while Clock.now < deadline, try turn(100) > 0 {}
    }

    // MARK: Interface of the workloads

    var count: UInt64 { UInt64(subscribers.count) }
    var published: UInt64 { publisher.published }
    /// Messages that were published and not delivered yet, averaged over the subscribers.
    var inFlight: UInt64 { publisher.published - delivered / count }
    var canPublish: Bool { publisher.isIdle }

    func publish(at time: UInt64) throws(Failure) { try publisher.publish(at: time) }

    /// Records the latencies of messages whose mark is `start` or later.
    func record(from time: UInt64) { recordsFrom = time }

    /// Starts a periodic timer that ends `turn`.
    func startTimer(from start: UInt64, every interval: UInt64) throws(Failure) {
        let timer = try SteadyTimer(from: start, every: interval)
        try poller.add(timer.descriptor, tag: subscribers.count + 1)
        self.timer = timer
    }

    /// Waits for events and handles them.
    /// - Returns: the number of events; 0 after the timeout.
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

    /// Waits until all published messages have been delivered.
    func finish(seconds: Double = 10) throws(Failure) {
        let expected = published * count
        let deadline = Clock.now + seconds.nanoseconds
        while delivered < expected {
            try turn(10)
            if Clock.now > deadline { throw Failure("only \(delivered) of \(expected) deliveries arrived") }
        }
    }

    // MARK: Reading

    @inline(__always)
    private func receive(_ index: Int) throws(Failure) {
        let count = try read(subscribers[index].descriptor)
        guard count > 0 else { return }
        let now = Clock.now
        scanners[index].feed(
            buffer + MarkScanner.headroom, count, holding: held + index * MarkScanner.headroom
        ) { sentAt in
            delivered &+= 1
            if sentAt >= recordsFrom { latencies.record(now &- sentAt) }
        }
    }

    /// Reads into the buffer.
    /// - Returns: the number of bytes; 0 if none are available.
    @inline(__always)
    private func read(_ descriptor: Descriptor) throws(Failure) -> Int {
        let count = Glibc.read(descriptor.number, buffer + MarkScanner.headroom, Self.bufferSize)
        if count > 0 { return count }
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        throw Failure("the server closed a connection after \(delivered) deliveries")
    }
}
