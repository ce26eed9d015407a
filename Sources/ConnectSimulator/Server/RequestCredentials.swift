// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird

/// The credentials that a request carries.
struct RequestCredentials: Sendable, Equatable {
    /// The value of X-Amz-Bearer, not parsed.
    var bearer: String?
    /// The value of the session cookie.
    var session: String?

    init(bearer: String? = nil, session: String? = nil) {
        self.bearer = bearer
        self.session = session
    }

    init(_ request: Request) {
        bearer = request.headers[.amazonBearer]
        session = Self.session(in: request.headers[values: .cookie])
    }

    /// The tokens of a bearer in the agent-app service's form, `{"<cookie's name>": "<token>"}`. Any name is accepted.
    var namedTokens: [String] {
        guard let bearer, let members = (try? JSON(bytes: bearer.utf8))?.object else { return [] }
        return members.values.compactMap(\.string)
    }

    /// The tokens of a bearer in either form.
    var tokens: [String] { namedTokens + (bearer.map { [$0] } ?? []) }

    static func session(in cookies: [String]) -> String? { cookie(SignInService.cookieName, in: cookies) }

    static func cookie(_ name: String, in cookies: [String]) -> String? {
        for pair in cookies.flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }
}

extension InstanceHost {
    func isValid(anyOf tokens: [String]) -> Bool { tokens.contains { isValid(token: $0) } }

    /// - Throws: a `ServiceFault` with status 401 if the credentials are not valid for the service.
    func admit(_ credentials: RequestCredentials, to service: SideService) throws(ServiceFault) {
        switch service {
        case .agentApp:
            guard isValid(anyOf: credentials.namedTokens) else { throw .unauthorized }
        case .taskTemplates, .quickResponses, .screenSharing:
            let isSignedIn = credentials.session.map { isOpen(session: $0) } ?? false
            guard isSignedIn || isValid(anyOf: credentials.tokens) else { throw .notSignedIn }
        case .discovery: break  // `activeInstance` checks the signature in the URL.
        }
    }
}
