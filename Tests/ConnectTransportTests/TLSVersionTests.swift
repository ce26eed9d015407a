// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import ConnectSimulator
@testable import ConnectTransport
@testable import SessionCore

@Suite("TLS versions that the service may offer")
struct TLSVersionTests {
    /// Answers every connection with one response, once the handshake is complete.
    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }

    private static func outcome(atMost version: TLSVersion) async throws -> HTTPOutcome {
        let material = try TLSMaterial()
        let authority = FileManager.default.temporaryDirectory.appending(path: "ca-\(UUID().uuidString).pem")
        try Data(material.authorityPEM.utf8).write(to: authority)
        defer { try? FileManager.default.removeItem(at: authority) }
        var tls = material.serverConfiguration
        (tls.minimumTLSVersion, tls.maximumTLSVersion) = (.tlsv1, version)
        let context = try NIOSSLContext(configuration: tls)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), Responder(),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        var settings = TransportSettings(userAgent: "test")
        settings.trustRootsFile = authority.path()
        let loop = group.next()
        let ended = loop.makePromise(of: HTTPOutcome.self)
        let transport = try await loop.submit { [settings] in
            let transport = try ConnectTransport(
                loop: loop, settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { if case .http(_, let outcome) = $0 { ended.succeed(outcome) } }
            transport.send(
                CallID(number: 1),
                HTTPCall(purpose: "x", method: .get, url: "https://127.0.0.1:\(port)/", timeout: 10_000))
            return NIOLoopBound(transport, eventLoop: loop)
        }.get()
        let outcome = try await ended.futureResult.get()
        try await loop.flatSubmit { transport.value.shutDown() }.get()
        try await group.shutdownGracefully()
        return outcome
    }

    @Test("1.0 and 1.1 → refused before anything is sent", arguments: [TLSVersion.tlsv1, .tlsv11])
    func old(version: TLSVersion) async throws {
        guard case .failure(let reason) = try await Self.outcome(atMost: version) else {
            Issue.record("the service answered")
            return
        }
        #expect(reason.hasSuffix("it does not offer TLS 1.2 or later"))
    }

    @Test("1.2 and 1.3 → used", arguments: [TLSVersion.tlsv12, .tlsv13])
    func new(version: TLSVersion) async throws {
        guard case .response(let response) = try await Self.outcome(atMost: version) else {
            Issue.record("no response")
            return
        }
        #expect(response.status == 200)
    }
}
