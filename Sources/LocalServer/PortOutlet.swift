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
    /// was one. A little that is left of much does not keep the much.
    func write(_ buffer: ByteBuffer) -> ByteBuffer? {
        guard isFree else { return buffer }
        let count = buffer.withUnsafeReadableBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Self.flags)
        }
        guard count < buffer.readableBytes else { return nil }
        guard count > 0 else { return buffer }
        let left = buffer.readableBytes - count
        guard left < buffer.readableBytes / 4 else {
            return buffer.getSlice(at: buffer.readerIndex + count, length: left)
        }
        return ByteBuffer(bytes: buffer.readableBytesView.suffix(left))
    }

    /// A client that has gone is no signal, and a full socket nothing to wait for.
    private static let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
}
