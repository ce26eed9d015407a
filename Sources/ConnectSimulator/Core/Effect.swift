// SPDX-License-Identifier: Apache-2.0

/// A side effect on sockets and listeners, which the pure instance returns for its host to carry out.
enum Effect: Sendable, Equatable {
    /// Send a frame to every websocket, or only to those that are subscribed to the topic.
    case push(topic: String, content: JSON, toSubscribersOnly: Bool)
    /// Cut every websocket without a close frame.
    case dropWebsockets
    /// Keep the websockets that are open now connected, but neither read nor write.
    case halfOpenWebsockets
    /// Close every websocket with a close frame.
    case closeWebsockets(code: Int)
    /// Cut every connection of the service's listener.
    case dropConnections
    /// Cut every connection of the service's listener and stop listening for a time.
    case listenerDown(seconds: Double)
    /// Take the system's time, and run as fast as it.
    case realTime
}
