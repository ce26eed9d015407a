// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Hands inputs from any thread to the client's own thread, and wakes it from poll(2).
final class Mailbox: Sendable {
    /// The reading end of a socket pair: readable while there may be inputs.
    let descriptor: Int32
    private let writer: Int32
    private let inputs = Mutex<[ClientMachine.Input]>([])

    init() throws(ConnectionError) {
        var ends: [Int32] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else { throw .system(errno: errno, action: "socketpair") }
        (descriptor, writer) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    func put(_ input: ClientMachine.Input) {
        inputs.withLock { $0.append(input) }
        var byte: UInt8 = 1
        // It fails only if the pair is full, and then the other end is readable anyway.
        _ = Glibc.send(writer, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    /// The inputs so far, in order.
    func takeAll() -> [ClientMachine.Input] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while read(descriptor, &bytes, bytes.count) == bytes.count {}
        return inputs.withLock { inputs in
            defer { inputs = [] }
            return inputs
        }
    }
}
