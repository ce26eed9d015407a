import Glibc
import NIOCore

/// Where a port's bytes go: into its socket at once, as long as the client keeps up; what the socket does not take goes
/// the channel's way, which waits until it is ready.
///
/// A turn of the loop writes to every port, and a channel's own way costs as much as the write itself: it wants its
/// list of pending writes, its pipeline and its promises in the cache, for each port anew (Benchmarks/README.md).
struct PortOutlet {
    /// The channel's own descriptor, which it closes; none once the channel is closed, for then it may be another's.
    private var descriptor: CInt
    /// True while the channel holds something that the socket did not take: nothing may overtake it.
    private var isWaiting = false

    init(descriptor: CInt = -1) { self.descriptor = descriptor }

    /// True if a write goes into the socket.
    var isFree: Bool { descriptor >= 0 && !isWaiting }

    /// The channel is active, and on its event loop. False if it has no socket that could be written to.
    mutating func open(_ channel: any Channel) -> Bool {
        let operations = channel.pipeline.syncOperations
        descriptor =
            (try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }) ?? -1
        return isFree
    }

    /// The channel is gone.
    mutating func close() { descriptor = -1 }

    /// The channel has been given something, or has sent all of it.
    mutating func channelIsWaiting(_ isWaiting: Bool) { self.isWaiting = isWaiting }

    /// Writes as much as the socket takes; returns what is left for the channel, which also finds the error if there
    /// was one.
    func write(_ bytes: [UInt8]) -> ByteBuffer? {
        guard isFree else { return ByteBuffer(bytes: bytes) }
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Self.flags) }
        return count == bytes.count ? nil : ByteBuffer(bytes: bytes[max(count, 0)...])
    }

    /// MSG_NOSIGNAL: a write to a closed socket returns EPIPE instead of raising SIGPIPE. MSG_DONTWAIT: a full socket
    /// returns EAGAIN.
    private static let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
}
