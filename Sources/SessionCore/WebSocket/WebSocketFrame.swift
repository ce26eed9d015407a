import AgentModel
import StreamsProtocol

/// The frames that `WebSocketManager` itself sends, and the topics that clients may not send on.
enum WebSocketFrame {
    static let heartbeatTopic = "aws/heartbeat"
    static let subscribeTopic = "aws/subscribe"
    static let reserved: Set<String> = [heartbeatTopic, subscribeTopic, "aws/unsubscribe"]
    static let heartbeat = JSON(dictionaryLiteral: ("topic", .string(heartbeatTopic))).encoded

    static func subscribe(_ topics: [String]) -> [UInt8] {
        let frame: JSON = [
            "topic": .string(subscribeTopic), "content": ["topics": .array(topics.map { .string($0) })],
        ]
        return frame.encoded
    }
}
