import HTTPTypes
import Hummingbird

/// Who sends a request, by what it carries.
struct Asker: Sendable, Equatable {
    /// The bearer as it is.
    var bearer: String?
    /// The value of the session's cookie.
    var session: String?

    init(bearer: String? = nil, session: String? = nil) {
        self.bearer = bearer
        self.session = session
    }

    init(_ request: Request) {
        bearer = request.headers[.amazonBearer]
        session = Self.session(in: request.headers[values: .cookie])
    }

    /// The tokens of a bearer as the agent-app service takes it: `{"<cookie's name>": "<token>"}`. Which name is
    /// the client's business.
    var namedTokens: [String] {
        guard let bearer, let members = (try? JSON(bytes: bearer.utf8))?.object else { return [] }
        return members.values.compactMap(\.string)
    }

    /// The tokens of a bearer of either form.
    var tokens: [String] { namedTokens + (bearer.map { [$0] } ?? []) }

    static func session(in cookies: [String]) -> String? {
        for pair in cookies.flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
            if parts.count == 2, parts[0] == SignInService.cookieName { return String(parts[1]) }
        }
        return nil
    }
}

extension InstanceHost {
    func isValid(anyOf tokens: [String]) -> Bool { tokens.contains { isValid(token: $0) } }

    /// - Throws: a `ServiceFault` if the service does not answer whoever asks.
    func admit(_ asker: Asker, to service: SideService) throws(ServiceFault) {
        switch service {
        case .agentApp:
            guard isValid(anyOf: asker.namedTokens) else { throw .unauthorized }
        case .taskTemplates, .quickResponses, .screenSharing:
            let isSignedIn = asker.session.map { isOpen(session: $0) } ?? false
            guard isSignedIn || isValid(anyOf: asker.tokens) else { throw .notSignedIn }
        case .discovery: break  // The signature in the URL is all there is.
        }
    }
}
