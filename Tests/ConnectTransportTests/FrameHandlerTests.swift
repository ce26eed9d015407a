// SPDX-License-Identifier: Apache-2.0
import Logging
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOWebSocket
import Testing

@testable import ConnectTransport
@testable import SessionCore

@Suite("Frames of the websocket")
struct FrameHandlerTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        let transport = WebSocketTransport(
            loop: channel.eventLoop, settings: TransportSettings(userAgent: "test"),
            tls: try NIOSSLContext(configuration: .makeClientConfiguration()), logger: Logger(label: "test"))
        let handler = FrameHandler(id: WebSocketID(number: 1), transport: transport)
        try channel.pipeline.syncOperations.addHandler(handler)
        return channel
    }

    private func ping(_ channel: EmbeddedChannel, _ text: String) throws {
        try channel.writeInbound(NIOWebSocket.WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: text)))
    }

    private func pong(_ channel: EmbeddedChannel) throws -> String? {
        guard let frame = try channel.readOutbound(as: NIOWebSocket.WebSocketFrame.self) else { return nil }
        #expect(frame.opcode == .pong && frame.maskKey != nil)
        return String(buffer: frame.data)
    }

    /// The last value of the option autoRead; nil if it was never set.
    private func reads(_ channel: EmbeddedChannel) -> Bool? {
        channel.options.first { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool
    }

    private func setWritable(_ isWritable: Bool, _ channel: EmbeddedChannel) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    @Test("each ping is answered by a pong with its data")
    func answered() throws {
        let channel = try channel()
        for text in ["a", "", "c"] {
            try ping(channel, text)
            #expect(try pong(channel) == text)
        }
        #expect(try pong(channel) == nil)
    }

    @Test("while the service does not read: nothing is read, and only the newest ping is answered later")
    func unread() throws {
        let channel = try channel()
        setWritable(false, channel)
        #expect(reads(channel) == false)
        for number in 1...1000 { try ping(channel, "\(number)") }
        #expect(try pong(channel) == nil)
        setWritable(true, channel)
        #expect(reads(channel) == true)
        #expect(try pong(channel) == "1000")
        #expect(try pong(channel) == nil)
        setWritable(true, channel)
        #expect(try pong(channel) == nil)
        try ping(channel, "again")
        #expect(try pong(channel) == "again")
    }
}
