// SPDX-License-Identifier: Apache-2.0
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A service on loopback that answers requests with any bytes.
final class RawService: Sendable {
    struct Answer: Sendable {
        var bytes: [UInt8]
        /// Closes the connection after the answer.
        var closes = false

        init(_ text: String, closes: Bool = false) { self.init([UInt8](text.utf8), closes: closes) }

        init(_ bytes: [UInt8], closes: Bool = false) { (self.bytes, self.closes) = (bytes, closes) }

        /// A complete JSON response.
        static func json(_ text: String) -> Answer {
            Answer(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
            )
        }
    }

    private let answer: Mutex<@Sendable (_ request: String) -> Answer?>
    private let seen = Mutex<[String]>([])
    private let channel: any Channel

    /// - Parameter answer: gets the head of each request. Nil: no answer.
    init(_ answer: @escaping @Sendable (_ request: String) -> Answer?) throws {
        self.answer = Mutex(answer)
        let service = Mutex<RawService?>(nil)
        let find: @Sendable () -> RawService? = { service.withLock { $0 } }
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler { find()?.respond(to: $0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        service.withLock { $0 = self }
    }

    /// Stops listening. The handlers keep the service alive until then.
    func stop() { try? channel.close().wait() }

    var port: Int { channel.localAddress?.port ?? 0 }
    /// The heads of the requests so far.
    var requests: [String] { seen.withLock { $0 } }

    func change(_ new: @escaping @Sendable (_ request: String) -> Answer?) { answer.withLock { $0 = new } }

    private func respond(to head: String) -> Answer? {
        seen.withLock { $0.append(head) }
        return answer.withLock { $0 }(head)
    }

    /// Reads requests with their bodies, and writes the answers.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let respond: (String) -> Answer?
        private var input = ""

        init(respond: @escaping (String) -> Answer?) { self.respond = respond }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            input += buffer.readString(length: buffer.readableBytes) ?? ""
            while let head = nextHead() {
                guard let answer = respond(head) else { continue }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.bytes)), promise: nil)
                if answer.closes { return context.close(promise: nil) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func nextHead() -> String? {
            guard let end = input.range(of: "\r\n\r\n") else { return nil }
            let head = String(input[..<end.lowerBound])
            let length =
                head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.drop { $0 != " " }.dropFirst()) } ?? 0
            let body = input[end.upperBound...].utf8
            guard body.count >= length else { return nil }
            input = String(body.dropFirst(length)) ?? ""
            return head
        }
    }
}
