// SPDX-License-Identifier: Apache-2.0
import AgentModel
import NIOCore
import NIOWebSocket
import StreamsProtocol

/// The open websockets, their configured behavior, and the frames they received.
///
/// A class, because closing a channel calls back into it.
final class BackendSockets {
    /// success, failure or ignore.
    private var subscribe = "success"
    /// echo or ignore.
    private var heartbeat = "echo"
    /// transportLifeTimeInSeconds of the next transport.
    private(set) var life = 3600
    private(set) var frames: [SeenFrame] = []
    private var open: [Int: any Channel] = [:]
    private var opened = 0

    func add(_ channel: any Channel) -> Int {
        opened += 1
        open[opened] = channel
        return opened
    }

    func remove(_ number: Int) { open[number] = nil }

    func received(_ text: [UInt8], on number: Int) {
        let frame = (try? JSON(parsing: text)) ?? .null
        frames.append(SeenFrame(socket: number, frame: frame))
        guard let channel = open[number], let answer = answer(to: frame) else { return }
        Self.send(answer.encoded, on: channel)
    }

    private func answer(to frame: JSON) -> JSON? {
        switch frame["topic"] {
        case "aws/heartbeat": heartbeat == "echo" ? ["topic": "aws/heartbeat", "statusCode": 200] : nil
        case "aws/subscribe":
            subscribe == "ignore"
                ? nil
                : [
                    "topic": "aws/subscribe",
                    "content": ["status": .string(subscribe), "topics": frame["content"]?["topics"] ?? []],
                ]
        default: nil
        }
    }

    // MARK: Commands

    func apply(_ command: String, _ value: JSON) throws {
        switch command {
        case "sockets":
            subscribe = value["subscribe"]?.string ?? subscribe
            heartbeat = value["heartbeat"]?.string ?? heartbeat
            life = value["life"]?.int ?? life
        case "push": push(value)
        case "pushText": for channel in open.values { Self.send(Array((value.string ?? "").utf8), on: channel) }
        case "closeSockets": for channel in open.values { close(channel, value) }
        case "dropSockets": for channel in open.values { channel.close(promise: nil) }
        default: throw Scene.Malformed(description: "unknown backend command \(command)")
        }
    }

    /// Sends a frame to every websocket, or `{to: number, frame: …}` to one.
    private func push(_ value: JSON) {
        let frame = value["to"] == nil ? value : value["frame"] ?? .null
        for (number, channel) in open where value["to"] == nil || value["to"]?.int == number {
            Self.send(frame.encoded, on: channel)
        }
    }

    private func close(_ channel: any Channel, _ value: JSON) {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: value["code"]?.int ?? 1000))
        data.writeString(value["reason"]?.string ?? "")
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: data), promise: nil)
    }

    private static func send(_ text: [UInt8], on channel: any Channel) {
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: text)), promise: nil)
    }
}
