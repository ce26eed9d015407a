// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The websocket that `createTransport` returned.
struct WebSocketOffer {
    /// Anyone who holds this URL can act as the agent.
    let url: Secret
    /// In seconds.
    let lifetime: Int

    /// In seconds. Streams rejects a shorter lifetime.
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

enum WebSocketURL {
    static func isAllowed(_ url: String, plainLoopback: Bool) -> Bool {
        url.lowercased().hasPrefix("wss://") || (plainLoopback && PlainURL.isLoopback(url, scheme: "ws"))
    }
}

/// Why the returned websocket is not opened.
enum WebSocketOfferProblem: Error, Equatable {
    case incomplete
    case plain
    /// It is on loopback without TLS, and `webSocket.allowPlainLoopback` is off.
    case plainLoopback
    /// The lifetime in seconds is too short.
    case short(Int)

    /// For the log. It must not contain the URL, which is a secret.
    var message: String {
        switch self {
        case .incomplete: "createTransport returned no websocket URL or no lifetime"
        case .plain: "createTransport returned a websocket URL that is not wss://: it is not opened"
        case .plainLoopback:
            "createTransport returned a websocket on loopback without TLS: it is not opened; "
                + "for a simulator, set webSocket.allowPlainLoopback"
        case .short(let seconds):
            "createTransport returned a websocket with a lifetime of only \(seconds) s: it is not opened"
        }
    }
}
