// SPDX-License-Identifier: Apache-2.0
import CPlain
import Glibc

/// An epoll instance.
final class Poller {
    private let descriptor: Descriptor
    private let tags: UnsafeMutableBufferPointer<UInt32>

    init() throws(Failure) {
        descriptor = Descriptor(plain_poller())
        guard descriptor.number >= 0 else { throw Failure("epoll: \(Address.errorText)") }
        tags = .allocate(capacity: 256)
    }

    deinit { tags.deallocate() }

    /// Watches a descriptor for reading.
    func add(_ descriptor: Descriptor, tag: Int) throws(Failure) { try watch(descriptor, tag, isKnown: false) }

    /// Adds or removes a watched descriptor's event for writing.
    func watchWriting(_ isWatched: Bool, of descriptor: Descriptor, tag: Int) throws(Failure) {
        try watch(descriptor, tag, isKnown: true, forWriting: isWatched)
    }

    private func watch(
        _ watched: Descriptor, _ tag: Int, isKnown: Bool, forWriting: Bool = false
    ) throws(Failure) {
        let result = plain_watch(descriptor.number, watched.number, UInt32(tag), isKnown ? 1 : 0, forWriting ? 1 : 0)
        guard result == 0 else { throw Failure("epoll_ctl: \(Address.errorText)") }
    }

    /// Waits for events.
    /// - Returns: their number, at most 256.
    @inline(__always)
    func wait(_ milliseconds: CInt) -> Int {
        Int(plain_wait(descriptor.number, tags.baseAddress, CInt(tags.count), milliseconds))
    }

    /// The tag of an event of the last `wait`.
    @inline(__always)
    func tag(_ index: Int) -> Int { Int(tags[index]) }
}

/// A periodic timer with a descriptor for epoll.
struct SteadyTimer {
    let descriptor: Descriptor

    init(from start: UInt64, every interval: UInt64) throws(Failure) {
        descriptor = Descriptor(plain_timer(start, interval))
        guard descriptor.number >= 0 else { throw Failure("timerfd: \(Address.errorText)") }
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor.number, &count, MemoryLayout<UInt64>.size)
    }
}
