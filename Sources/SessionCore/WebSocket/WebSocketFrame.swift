// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The frames that `WebSocketManager` sends itself, and the topics that clients may not use.
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
