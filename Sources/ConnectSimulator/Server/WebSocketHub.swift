// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOWebSocket
import Synchronization

/// The open websockets and their subscriptions; carries out the effects that apply to all of them.
final class WebSocketHub: Sendable {
    private struct Socket {
        var channel: any Channel
        var topics: [String] = []
        /// The TCP connection stays open, but nothing is read or written.
        var isHalfOpen = false
    }

    private struct State {
        var sockets: [Int: Socket] = [:]
        var opened = 0
    }

    private let state = Mutex(State())

    /// - Returns: the socket's number, from 1.
    func add(_ channel: any Channel) -> Int {
        let id = state.withLock { state in
            state.opened += 1
            state.sockets[state.opened] = Socket(channel: channel)
            return state.opened
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.sockets[id] = nil } }
        return id
    }

    func subscribe(_ id: Int, to topics: [String]) {
        state.withLock { state in
            let known = state.sockets[id]?.topics ?? []
            state.sockets[id]?.topics += topics.filter { !known.contains($0) }
        }
    }

    func isHalfOpen(_ id: Int) -> Bool { state.withLock { $0.sockets[id]?.isHalfOpen ?? false } }

    /// The `websockets` member of GET /state.
    var json: JSON {
        let sockets = state.withLock { $0.sockets }
        return .array(
            sockets.sorted { $0.key < $1.key }.map { id, socket in
                [
                    "id": .int(id), "topics": .array(socket.topics.map(JSON.string)),
                    "halfOpen": .bool(socket.isHalfOpen),
                ]
            })
    }

    func perform(_ effect: Effect) {
        switch effect {
        case .push(let topic, let content, let toSubscribersOnly):
            push(topic, content, toSubscribersOnly)
        case .dropWebsockets: for socket in all { abort(socket.channel) }
        case .halfOpenWebsockets: halfOpen()
        case .closeWebsockets(let code):
            for socket in all { close(socket.channel, code: code) }
        case .dropConnections, .listenerDown, .realTime: break
        }
    }

    private var all: [Socket] { state.withLock { $0.sockets.sorted { $0.key < $1.key }.map(\.value) } }

    private func push(_ topic: String, _ content: JSON, _ toSubscribersOnly: Bool) {
        let frame: JSON = ["topic": .string(topic), "content": content]
        for socket in all where !socket.isHalfOpen {
            guard !toSubscribersOnly || socket.topics.contains(topic) else { continue }
            send(frame, on: socket.channel)
        }
    }

    private func halfOpen() {
        let sockets = state.withLock { state in
            for id in state.sockets.keys { state.sockets[id]?.isHalfOpen = true }
            return Array(state.sockets.values)
        }
        for socket in sockets { _ = socket.channel.setOption(.autoRead, value: false) }
    }
}

/// Sends a text frame. Thread-safe.
func send(_ frame: JSON, on channel: any Channel) {
    channel.writeAndFlush(
        WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: frame.bytes)), promise: nil)
}

/// Sends a close frame, then closes the channel. Thread-safe.
func close(_ channel: any Channel, code: Int) {
    var data = ByteBuffer()
    data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: code))
    let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    channel.writeAndFlush(frame).whenComplete { _ in channel.close(promise: nil) }
}
