import StreamsProtocol

/// Tokens of a client's `configure`, as in Streams. The daemon has no cookies here: it renews a token at the authorize
/// endpoint that the client named, else by the client's refresh token.
struct ConfigureSource: TokenSource {
    let kind = DaemonStatus.Session.Source.configure
    let waitsForConfigure = true
    let replacesRefusedToken = false
    let roundLimit: Int? = 4

    func request(held: Credentials?) -> TokenRequest? {
        held?.authorizeEndpoint.map { .authorize(url: $0) } ?? refresh(held)
    }

    func requestAfterSignOut(held: Credentials?) -> TokenRequest? { refresh(held) }

    func meansSignedOut(_ status: Int) -> Bool { status == 401 }

    func credentials(token: Secret, expiry: Int64?, held: Credentials?) -> Credentials? {
        held?.renewed(token: token, expiry: expiry)
    }

    private func refresh(_ held: Credentials?) -> TokenRequest? { held?.refreshToken.map { .refresh($0) } }
}
