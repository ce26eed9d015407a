// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Gets tokens from a client's `configure`, as in Streams. The daemon has no cookies of its own here. It renews a token at
/// the client's authorize endpoint, or with the client's refresh token if there is no endpoint.
struct ConfigureSource: TokenSource {
    let kind = DaemonStatus.Session.Source.configure
    let waitsForConfigure = true
    let replacesRefusedToken = false
    let roundLimit: Int? = 4
    let endpoint: String? = nil
    let loginURL: String? = nil
    let logoutEndpoint: String? = nil

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
