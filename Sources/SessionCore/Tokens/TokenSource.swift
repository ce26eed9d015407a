import StreamsProtocol

/// Where a session gets its tokens: a type for each value of `session.source` in the configuration.
///
/// `TokenMachine` asks its source wherever sources differ, so a new source is a new type and no branch elsewhere.
protocol TokenSource: Sendable {
    /// The value of `session.source` that selects this source.
    var kind: DaemonStatus.Session.Source { get }
    /// True if the first token comes with a client's `configure`; otherwise the source is asked for it at start.
    var waitsForConfigure: Bool { get }
    /// True if a token that a call met a 401 with is replaced at once, however long it would have been valid.
    var replacesRefusedToken: Bool { get }
    /// How many rounds of failed attempts are followed by another one; nil if all are.
    var roundLimit: Int? { get }

    /// What brings a new token; nil if nothing does.
    func request(held: Credentials?) -> TokenRequest?
    /// What may still bring one after the authorize endpoint said that the sign-in is over; nil if nothing does.
    func requestAfterSignOut(held: Credentials?) -> TokenRequest?
    /// True if that status of the authorize endpoint says that the sign-in is over.
    func meansSignedOut(_ status: Int) -> Bool
    /// The credentials with a new token; nil if nothing says where to send it.
    func credentials(token: Secret, expiry: Int64?, held: Credentials?) -> Credentials?
}

extension SessionSettings.Source {
    /// The source that the configuration selects.
    var tokenSource: any TokenSource {
        switch self {
        case .configure: ConfigureSource()
        case .authorize(let instance): AuthorizeSource(instance: instance)
        }
    }
}

/// A request that brings a token.
enum TokenRequest: Equatable {
    /// Asks an authorize endpoint, with the cookies.
    case authorize(url: String)
    /// Calls `getNewAuthToken` with a refresh token.
    case refresh(Secret)

    /// The timer of its next attempt.
    var timer: SessionTimer {
        switch self {
        case .authorize: .authorize
        case .refresh: .newToken
        }
    }
}
