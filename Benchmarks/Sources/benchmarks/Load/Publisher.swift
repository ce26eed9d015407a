import Glibc

/// The one connection that publishes. Its message is made once; only the time in it changes.
final class Publisher {
    let link: Link
    private let frame: UnsafeMutableBufferPointer<UInt8>
    private let mark: UnsafeMutablePointer<UInt8>
    private var written: Int
    private(set) var published: UInt64 = 0

    init(_ dialect: any Dialect, _ address: Address, size: Int) throws(Failure) {
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        let (bytes, payloadAt) = dialect.frame(payload)
        frame = .allocate(capacity: bytes.count)
        _ = frame.initialize(from: bytes)
        guard let start = frame.baseAddress else { throw Failure("a message of no bytes") }
        mark = start + payloadAt
        written = bytes.count
        link = try Link(address)
        try dialect.publish(link)
        link.descriptor.stopBlocking()
    }

    deinit { frame.deallocate() }

    /// True if the last message is on its way as a whole.
    var isIdle: Bool { written == frame.count }

    /// Begins to send a message that says it was sent at that time.
    func publish(at time: UInt64) throws(Failure) {
        Mark.write(time, to: mark)
        written = 0
        published += 1
        try flush()
    }

    /// Goes on with it.
    func flush() throws(Failure) {
        while written < frame.count {
            let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(frame)[written...])
            let count = send(link.descriptor.number, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                throw Failure("the publisher cannot write: \(Address.errorText)")
            }
        }
    }
}
