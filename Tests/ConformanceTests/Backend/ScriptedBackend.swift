// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Amazon Connect on the loopback, over plain HTTP: every service on one port, with the answers that the scene sets.
final class ScriptedBackend {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let core: NIOLoopBound<BackendCore>
    private let loop: any EventLoop
    private let listener: any Channel
    /// Host and port.
    let authority: String

    init() throws {
        let loop = Self.group.next()
        let core = try loop.submit { NIOLoopBound(BackendCore(loop: loop), eventLoop: loop) }.wait()
        self.loop = loop
        self.core = core
        listener = try ServerBootstrap(group: Self.group)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.configure(channel, core) }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        let authority = "127.0.0.1:\(listener.localAddress?.port ?? 0)"
        self.authority = authority
        try loop.submit { core.value.authority = authority }.wait()
    }

    deinit { listener.close(promise: nil) }

    /// Runs a closure with the core on its event loop.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (BackendCore) throws -> Answer) throws -> Answer {
        try loop.submit { [core] in try question(core.value) }.wait()
    }

    private static func configure(_ channel: any Channel, _ core: NIOLoopBound<BackendCore>) throws {
        let handler = NIOLoopBound(HTTPHandler(core: core.value), eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [upgrader(core)],
                completionHandler: { $0.pipeline.syncOperations.removeHandler(handler.value, promise: nil) }
            ))
        try channel.pipeline.syncOperations.addHandler(handler.value)
    }

    /// A handshake that is to fail is not upgraded: `HTTPHandler` answers it.
    private static func upgrader(_ core: NIOLoopBound<BackendCore>) -> NIOWebSocketServerUpgrader {
        NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, head in
                let isWelcome = head.uri.hasPrefix("/ws") && core.value.opensSockets
                return channel.eventLoop.makeSucceededFuture(isWelcome ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    core.value.note(SeenRequest(head: head, body: []))
                    try channel.pipeline.syncOperations.addHandler(SocketHandler(core: core.value))
                }
            })
    }
}
