// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOSSL
import Synchronization

/// The open connections of one listener, kept so that the control API can cut them.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var refusesNew = false
    }

    private let state = Mutex(State())

    /// Keeps a connection until it closes, or cuts it at once if new connections are refused.
    func add(_ channel: any Channel) {
        let isRefused = state.withLock { state in
            if !state.refusesNew { state.channels[ObjectIdentifier(channel)] = channel }
            return state.refusesNew
        }
        guard !isRefused else { return abort(channel) }
        channel.closeFuture.whenComplete { _ in self.remove(channel) }
    }

    private func remove(_ channel: any Channel) {
        state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
    }

    /// Cuts every connection.
    /// - Parameter thenRefuse: whether to cut new connections until `allowNew`.
    func abortAll(thenRefuse: Bool = false) {
        let channels = state.withLock { state in
            state.refusesNew = thenRefuse
            return Array(state.channels.values)
        }
        for channel in channels { abort(channel) }
    }

    func allowNew() { state.withLock { $0.refusesNew = false } }
}

/// Cuts a connection as a failing network does: no websocket close frame, no TLS close_notify; the peer receives RST.
func abort(_ channel: any Channel) {
    channel.eventLoop.execute {
        if let options = channel as? any SocketOptionProvider {
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        // Close below TLS, because the TLS handler would wait for the peer's close_notify.
        if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            channel.close(promise: nil)
        }
    }
}

final class ConnectionTracker: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let registry: ConnectionRegistry

    init(registry: ConnectionRegistry) { self.registry = registry }

    func handlerAdded(context: ChannelHandlerContext) { registry.add(context.channel) }
}
