import Glibc

/// A connection for talk: it says something and waits for the answer, with a deadline. Nothing here is in a hurry but
/// the time at which something came, which is taken when the read returns.
final class Link {
    let descriptor: Descriptor
    /// What has come and was not taken yet.
    private(set) var pending: [UInt8] = []
    private var taken = 0
    /// When the newest of it came.
    private(set) var cameAt: UInt64 = 0
    private var room = [UInt8](repeating: 0, count: 64 << 10)

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

    /// The next line, without its newline; nil if none comes in time.
    func line(before deadline: UInt64) throws(Failure) -> [UInt8]? {
        var searched = taken
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { taken = end + 1 }
                return Array(pending[taken..<end])
            }
            searched = pending.count - taken
            compact()
            guard try read(before: deadline) else { return nil }
        }
    }

    /// So many bytes.
    func bytes(_ count: Int, before deadline: UInt64) throws(Failure) -> [UInt8] {
        while pending.count - taken < count {
            guard try read(before: deadline) else { throw Failure("\(count) bytes were expected in vain") }
        }
        defer { taken += count }
        return Array(pending[taken..<(taken + count)])
    }

    /// Waits until a text has come, and forgets everything up to its end.
    func expect(_ text: String, seconds: Double = 20) throws(Failure) {
        let deadline = Clock.now + seconds.nanoseconds
        let wanted = Array(text.utf8)
        while true {
            if let end = pending[taken...].firstEnd(of: wanted) {
                taken = end
                return compact()
            }
            guard try read(before: deadline) else { throw Failure("no \(text.debugDescription) within \(seconds) s") }
        }
    }

    /// Forgets all that has come.
    func drain() throws(Failure) {
        while try read(before: 0) { forget() }
        forget()
    }

    private func forget() {
        pending.removeAll(keepingCapacity: true)
        taken = 0
    }

    private func compact() {
        pending.removeFirst(taken)
        taken = 0
    }

    /// Reads what there is; false if nothing comes in time.
    private func read(before deadline: UInt64) throws(Failure) -> Bool {
        let now = Clock.now
        let patience = deadline > now ? (deadline - now) / 1_000_000 + 1 : 0
        var ready = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, CInt(min(patience, 3_600_000))) > 0 else { return false }
        let count = room.withUnsafeMutableBytes { Glibc.read(descriptor.number, $0.baseAddress, $0.count) }
        guard count > 0 else {
            throw Failure(count == 0 ? "the other side closed the connection" : "read: \(Address.errorText)")
        }
        cameAt = Clock.now
        pending += room[..<count]
        return true
    }
}

extension ArraySlice<UInt8> {
    /// Where the first occurrence of other bytes ends.
    fileprivate func firstEnd(of wanted: [UInt8]) -> Int? {
        guard let first = wanted.first, count >= wanted.count else { return nil }
        var start = startIndex
        while let place = self[start...].firstIndex(of: first), place + wanted.count <= endIndex {
            if self[place..<(place + wanted.count)].elementsEqual(wanted) { return place + wanted.count }
            start = place + 1
        }
        return nil
    }
}
