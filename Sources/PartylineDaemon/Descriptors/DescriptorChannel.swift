// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix

/// Watches a descriptor of the kernel that becomes readable, such as a timerfd(2) or an inotify(7), on an event loop.
enum DescriptorChannel {
    /// The channel owns the descriptor. Its bytes are read and dropped: that it was readable is the whole message.
    static func open(
        _ descriptor: CInt, on loop: any EventLoop, isReadable: @escaping () -> Void
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(isReadable, eventLoop: loop)
        return NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(isReadable: bound.value))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let isReadable: () -> Void

        init(isReadable: @escaping () -> Void) { self.isReadable = isReadable }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

        func channelReadComplete(context: ChannelHandlerContext) { isReadable() }
    }
}
