import AgentModel
import StreamsProtocol

/// The websocket that `createTransport` offers: where it is, and for how long.
struct WebSocketOffer {
    /// Anyone who holds this URL can act as the agent.
    let url: Secret
    /// In seconds.
    let lifetime: Int

    /// Less is not worth a websocket. Streams' threshold.
    private static let leastLifetime = 300

    init(_ answer: JSON, plainLoopback: Bool) throws(WebSocketOfferProblem) {
        let transport = answer["webSocketTransport"]
        guard let url = transport?["url"]?.string, let lifetime = transport?["transportLifeTimeInSeconds"]?.int else {
            throw .incomplete
        }
        guard WebSocketURL.isAllowed(url, plainLoopback: plainLoopback) else {
            throw WebSocketURL.isAllowed(url, plainLoopback: true) ? .plainLoopback : .plain
        }
        guard lifetime >= Self.leastLifetime else { throw .short(lifetime) }
        (self.url, self.lifetime) = (Secret(url), lifetime)
    }
}

/// Which URLs a websocket may be opened to.
enum WebSocketURL {
    static func isAllowed(_ url: String, plainLoopback: Bool) -> Bool {
        url.lowercased().hasPrefix("wss://") || (plainLoopback && PlainURL.isLoopback(url, scheme: "ws"))
    }
}

/// Why an offered websocket is not opened.
enum WebSocketOfferProblem: Error, Equatable {
    case incomplete
    case plain
    /// It is this machine's own, and that is not allowed.
    case plainLoopback
    /// So many seconds.
    case short(Int)

    /// For the log. The URL is a secret and not in it.
    var message: String {
        switch self {
        case .incomplete: "createTransport answered without a websocket's url and lifetime"
        case .plain: "createTransport offers a websocket that is not wss://, which is not opened"
        case .plainLoopback:
            "createTransport offers a websocket of this machine without TLS, as a simulator's, which is not opened: "
                + "set webSocket.allowPlainLoopback to allow it"
        case .short(let seconds): "createTransport offers a websocket for only \(seconds) s, which is not opened"
        }
    }
}
