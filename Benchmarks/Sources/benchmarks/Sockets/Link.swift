// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A connection for requests and answers with deadlines. Not optimized, except that the arrival time is consumed right after
/// the read.
final class Link {
    let descriptor: Descriptor
    /// Received bytes; the first `consumed` of them have been returned already.
    private(set) var pending: [UInt8] = []
    private var consumed = 0
    /// When the last read returned.
    private(set) var receivedAt: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(_ address: Address) throws(Failure) { descriptor = try address.connect() }

    func send(_ text: String) throws(Failure) { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor.number, buffer.baseAddress.map { $0 + done }, buffer.count - done,
                    CInt(MSG_NOSIGNAL))
            }
            if written > 0 { done += written } else if errno != EINTR { throw Failure("write: \(Address.errorText)") }
        }
    }

    /// The next line, without its newline; nil after the deadline.
    func line(before deadline: UInt64) throws(Failure) -> [UInt8]? {
        var searched = consumed
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { consumed = end + 1 }
                return Array(pending[consumed..<end])
            }
            searched = pending.count - consumed
            compact()
            guard try read(before: deadline) else { return nil }
        }
    }

    func bytes(_ count: Int, before deadline: UInt64) throws(Failure) -> [UInt8] {
        while pending.count - consumed < count {
            guard try read(before: deadline) else { throw Failure("timed out waiting for \(count) bytes") }
        }
        defer { consumed += count }
        return Array(pending[consumed..<(consumed + count)])
    }

    /// Waits for a text and drops everything up to its end.
    func expect(_ text: String, seconds: Double = 20) throws(Failure) {
        let deadline = Clock.now + seconds.nanoseconds
        let expected = Array(text.utf8)
        while true {
            if let end = pending[consumed...].firstEnd(of: expected) {
                consumed = end
                return compact()
            }
            guard try read(before: deadline) else { throw Failure("no \(text.debugDescription) within \(seconds) s") }
        }
    }

    /// Reads and drops everything that is available.
    func drain() throws(Failure) {
        while try read(before: 0) { forget() }
        forget()
    }

    private func forget() {
        pending.removeAll(keepingCapacity: true)
        consumed = 0
    }

    private func compact() {
        pending.removeFirst(consumed)
        consumed = 0
    }

    /// Reads once; false if nothing arrives before the deadline.
    private func read(before deadline: UInt64) throws(Failure) -> Bool {
        let now = Clock.now
        let timeout = deadline > now ? (deadline - now) / 1_000_000 + 1 : 0
        var ready = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, CInt(min(timeout, 3_600_000))) > 0 else { return false }
        let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor.number, $0.baseAddress, $0.count) }
        guard count > 0 else {
            throw Failure(count == 0 ? "the server closed the connection" : "read: \(Address.errorText)")
        }
        receivedAt = Clock.now
        pending += buffer[..<count]
        return true
    }
}

extension ArraySlice<UInt8> {
    /// The index after the first occurrence of `pattern`.
    fileprivate func firstEnd(of pattern: [UInt8]) -> Int? {
        guard let first = pattern.first, count >= pattern.count else { return nil }
        var start = startIndex
        while let place = self[start...].firstIndex(of: first), place + pattern.count <= endIndex {
            if self[place..<(place + pattern.count)].elementsEqual(pattern) { return place + pattern.count }
            start = place + 1
        }
        return nil
    }
}
