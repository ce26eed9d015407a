import AgentModel
import StreamsProtocol

/// Tells the events that are not the agent's. What happens all the time (metrics, logs, answers) is left out.
struct EventNarrator {
    private var ports: Int?

    /// An unknown event is a broadcast, unless the line says that it is none.
    mutating func sentence(_ event: String, _ data: JSON?, isBroadcast: Bool? = nil) -> Sentence? {
        switch event {
        case EventName.updateConnectedCCPs: return portSentence(data)
        case EventName.webSocketAllMessage: return ChatNarrator.sentence(data)
        case EventName.error:
            return Sentence(who: "partylined", what: "says: \(data?["message"]?.string ?? "error")", tone: .bad)
        case EventName.bye:
            return Sentence(who: "partylined", what: "says goodbye: \(data?["reason"]?.string ?? "")", tone: .bad)
        case let event:
            if let sentence = Self.known[event] { return sentence }
            return isBroadcast == false || Self.isRoutine(event) ? nil : Self.broadcast(event)
        }
    }

    private mutating func portSentence(_ data: JSON?) -> Sentence? {
        guard let count = data?["length"]?.int, count != ports else { return nil }
        ports = count
        return Sentence(
            who: "the line", what: count == 1 ? "has 1 program on it" : "has \(count) programs on it", tone: .quiet)
    }

    private static let known: [String: Sentence] = [
        EventName.webSocketConnectionGain: Sentence(who: "websocket", what: "is connected", tone: .good),
        EventName.webSocketConnectionLost: Sentence(who: "websocket", what: "is lost", tone: .bad),
        EventName.webSocketInitFailure: Sentence(who: "websocket", what: "cannot be had", tone: .bad),
        EventName.webSocketSubscriptionFailure: Sentence(who: "websocket", what: "got no subscription", tone: .bad),
        EventName.authFail: Sentence(who: "sign-in", what: "is no longer accepted", tone: .bad),
        EventName.accessDenied: Sentence(who: "sign-in", what: "is denied: the agent may not do this", tone: .bad),
        EventName.ctiAuthorizeRetriesExhausted: Sentence(who: "sign-in", what: "was refused too often", tone: .bad),
        EventName.authorizeRetriesExhausted: Sentence(who: "sign-in", what: "could not be renewed", tone: .bad),
        EventName.authorizeSuccess: Sentence(who: "sign-in", what: "is renewed", tone: .good),
        EventName.terminated: Sentence(who: "session", what: "was terminated", tone: .bad),
        EventName.lagged: Sentence(who: "this program", what: "was too slow, lines were left out", tone: .bad),
        "disasterRecovery::failover": Sentence(who: "region", what: "changes (failover)", tone: .waiting),
        "disasterRecovery::force_offline": Sentence(who: "region", what: "goes offline", tone: .bad),
    ]

    private static func isRoutine(_ event: String) -> Bool {
        let routine = [
            EventName.acknowledge, EventName.agentUpdate, EventName.apiMetric, EventName.apiResponse,
            EventName.masterResponse, EventName.response, EventName.agentWebSocketGained, EventName.agentWebSocketLost,
            EventName.webSocketConnectionOpen, EventName.webSocketConnectionClose,
            EventName.webSocketSubscriptionUpdate, EventName.contactView, "log", "server_bound_internal_log",
        ]
        return routine.contains(event)
    }

    private static func broadcast(_ event: String) -> Sentence {
        Sentence(who: "a program", what: "broadcast \(event)", tone: .quiet)
    }
}

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
