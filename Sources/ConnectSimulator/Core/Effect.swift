/// Something the instance wants done that takes hands: sockets and listeners.
enum Effect: Sendable, Equatable {
    /// A frame to every websocket that subscribed to the topic, or to every one.
    case push(topic: String, content: JSON, toSubscribersOnly: Bool)
    /// Cut every websocket, with neither close frame nor goodbye.
    case dropWebsockets
    /// Keep the websockets open, but neither read nor answer on those that are open now.
    case halfOpenWebsockets
    /// Close every websocket with a close frame.
    case closeWebsockets(code: Int)
    /// Cut every connection of the service's listener.
    case dropConnections
    /// Cut them and refuse new ones for so many seconds.
    case listenerDown(seconds: Double)
}
