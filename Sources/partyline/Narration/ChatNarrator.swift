import AgentModel
import StreamsProtocol

/// What people say in a chat, out of a frame of the topic `aws/chat`. Its content is JSON inside a string.
enum ChatNarrator {
    static func sentence(_ frame: JSON?) -> Sentence? {
        guard frame?["topic"]?.string == "aws/chat", let content = content(frame?["content"]) else { return nil }
        guard content["Type"]?.string == "MESSAGE", let words = content["Content"]?.string else { return nil }
        let role = content["ParticipantRole"]?.string?.lowercased()
        let who = content["DisplayName"]?.string ?? role.map { "the \($0)" } ?? "somebody"
        return Sentence(who: who, what: "says: \(words)")
    }

    private static func content(_ value: JSON?) -> JSON? {
        guard let text = value?.string else { return value }
        return try? JSON(parsing: text)
    }
}
