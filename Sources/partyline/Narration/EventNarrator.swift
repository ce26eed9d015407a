// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Turns events that are not about the agent into sentences. Frequent events (metrics, logs, replies) have none.
struct EventNarrator {
    private var ports: Int?
    private var link = LinkNarrator()

    /// Treats an unknown event as a broadcast unless `isBroadcast` is false.
    mutating func sentence(_ event: String, _ data: JSON?, isBroadcast: Bool? = nil) -> Sentence? {
        switch event {
        case EventName.updateConnectedCCPs: return portSentence(data)
        case EventName.auth: return Self.signInSentence(data)
        case EventName.link: return link.sentence(data)
        case EventName.webSocketAllMessage: return ChatNarrator.sentence(data)
        case EventName.error:
            return Sentence(who: "partylined", what: "reports: \(data?["message"]?.string ?? "error")", tone: .bad)
        case EventName.bye:
            return Sentence(
                who: "partylined", what: "closes the connection: \(data?["reason"]?.string ?? "")", tone: .bad)
        case let event:
            if let sentence = Self.known[event] { return sentence }
            return isBroadcast == false || Self.isRoutine(event) ? nil : Self.broadcast(event)
        }
    }

    private mutating func portSentence(_ data: JSON?) -> Sentence? {
        guard let count = data?["length"]?.int, count != ports else { return nil }
        ports = count
        return Sentence(
            who: "partylined", what: count == 1 ? "has 1 connection" : "has \(count) connections", tone: .quiet)
    }

    /// Only the states that no event of Streams tells.
    private static func signInSentence(_ data: JSON?) -> Sentence? {
        let reason = data?["reason"]?.string.map { ": \($0)" } ?? ""
        return switch data?["state"]?.string.flatMap(DaemonStatus.Auth.State.init) {
        case .failing: Sentence(who: "sign-in", what: "cannot be renewed at the moment\(reason)", tone: .bad)
        case .expired: Sentence(who: "sign-in", what: "has expired\(reason)", tone: .bad)
        case .prompting: Sentence(who: "sign-in", what: "is needed\(reason) (partyline login)", tone: .bad)
        case .required: Sentence(who: "sign-in", what: "is needed again\(reason)", tone: .bad)
        case .some(.none), .authorizing, .signedIn, .degraded, .refused, nil: nil
        }
    }

    private static let known: [String: Sentence] = [
        EventName.webSocketConnectionGain: Sentence(who: "websocket", what: "is connected", tone: .good),
        EventName.webSocketConnectionLost: Sentence(who: "websocket", what: "is lost", tone: .bad),
        EventName.webSocketInitFailure: Sentence(who: "websocket", what: "could not be opened", tone: .bad),
        EventName.webSocketSubscriptionFailure: Sentence(who: "websocket", what: "could not subscribe", tone: .bad),
        EventName.authFail: Sentence(who: "sign-in", what: "is no longer accepted", tone: .bad),
        EventName.accessDenied: Sentence(who: "sign-in", what: "is denied: the agent may not do this", tone: .bad),
        EventName.ctiAuthorizeRetriesExhausted: Sentence(who: "sign-in", what: "was refused too often", tone: .bad),
        EventName.authorizeRetriesExhausted: Sentence(who: "sign-in", what: "could not be renewed", tone: .bad),
        EventName.authorizeSuccess: Sentence(who: "sign-in", what: "is renewed", tone: .good),
        EventName.terminated: Sentence(who: "session", what: "was terminated", tone: .bad),
        EventName.lagged: Sentence(who: "this program", what: "was too slow, events were skipped", tone: .bad),
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

/// The sentence for a chat message in a frame of the topic `aws/chat`. The frame's content is JSON in a string.
enum ChatNarrator {
    static func sentence(_ frame: JSON?) -> Sentence? {
        guard frame?["topic"]?.string == "aws/chat", let content = content(frame?["content"]) else { return nil }
        guard content["Type"]?.string == "MESSAGE", let message = content["Content"]?.string else { return nil }
        let role = content["ParticipantRole"]?.string?.lowercased()
        let who = content["DisplayName"]?.string ?? role.map { "the \($0)" } ?? "a participant"
        return Sentence(who: who, what: "says: \(message)")
    }

    private static func content(_ value: JSON?) -> JSON? {
        guard let text = value?.string else { return value }
        return try? JSON(parsing: text)
    }
}
