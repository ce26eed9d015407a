// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The connection that publishes. It reuses one message and only changes the time in it.
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
        guard let start = frame.baseAddress else { throw Failure("the message is empty") }
        mark = start + payloadAt
        written = bytes.count
        link = try Link(address)
        try dialect.publish(link)
        link.descriptor.stopBlocking()
    }

    deinit { frame.deallocate() }

    /// Whether the last message has been written completely.
    var isIdle: Bool { written == frame.count }

    /// Begins to send a message with `time` in its mark.
    func publish(at time: UInt64) throws(Failure) {
        Mark.write(time, to: mark)
        written = 0
        published += 1
        try flush()
    }

    /// Writes the rest of the message, as far as the socket accepts it.
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
