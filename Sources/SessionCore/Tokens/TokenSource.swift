// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Where a session gets its tokens. Each value of `session.source` in the configuration has its own type.
///
/// Everything that differs between sources is a requirement here, so `TokenMachine` needs no branch for a new source.
protocol TokenSource: Sendable {
    var kind: DaemonStatus.Session.Source { get }
    /// True if the first token comes from a client's `configure`. Otherwise the session requests it at start.
    var waitsForConfigure: Bool { get }
    /// True if a 401 of a call replaces the token at once, even if the token has not expired.
    var replacesRefusedToken: Bool { get }
    /// After more failed rounds than this, no further round follows; nil means no limit.
    var roundLimit: Int? { get }

    /// The CTI service's URL; nil if it arrives with the first token.
    var endpoint: String? { get }

    /// The page that a person can sign in at with `partyline login`; nil if the source takes no such sign-in.
    var loginURL: String? { get }
    /// The URL that ends the session at the service; nil if the daemon has no cookies for it.
    var logoutEndpoint: String? { get }

    /// The request for a new token; nil if there is no way to get one.
    func request(held: Credentials?) -> TokenRequest?
    /// The request to try after the authorize endpoint has refused the sign-in; nil if there is none.
    func requestAfterSignOut(held: Credentials?) -> TokenRequest?
    /// True if this status of the authorize endpoint means that the sign-in is no longer valid.
    func meansSignedOut(_ status: Int) -> Bool
    /// The credentials with a new token; nil if there are no endpoints to use it with.
    func credentials(token: Secret, expiry: Int64?, held: Credentials?) -> Credentials?
}

extension TokenSource {
    /// The authorize endpoint, if the source knows it before there is a token.
    var authorizeURL: String? {
        guard case .authorize(let url)? = request(held: nil) else { return nil }
        return url
    }
}

extension SessionSettings.Source {
    var tokenSource: any TokenSource {
        switch self {
        case .configure: ConfigureSource()
        case .authorize(let instance): AuthorizeSource(instance: instance)
        case .login(let instance): LoginSource(instance: instance)
        }
    }
}

/// A request for a token.
enum TokenRequest: Equatable {
    /// A GET of an authorize endpoint, with the session's cookies.
    case authorize(url: String)
    /// A call of `getNewAuthToken` with a refresh token.
    case refresh(Secret)

    /// The timer of the request's next attempt.
    var timer: SessionTimer {
        switch self {
        case .authorize: .authorize
        case .refresh: .newToken
        }
    }
}
