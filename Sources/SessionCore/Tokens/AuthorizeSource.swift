// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Gets tokens from the instance's authorize endpoint, with the cookies of a file. Rounds that fail without a refusal are
/// repeated without limit.
struct AuthorizeSource: TokenSource {
    let instance: SessionSettings.Instance

    let kind = DaemonStatus.Session.Source.authorize
    let waitsForConfigure = false
    let replacesRefusedToken = true
    let roundLimit: Int? = nil

    let loginURL: String? = nil

    var endpoint: String? { instance.endpoint }

    var logoutEndpoint: String? { instance.logoutEndpoint }

    func request(held: Credentials?) -> TokenRequest? { .authorize(url: instance.authorizeEndpoint) }

    func requestAfterSignOut(held: Credentials?) -> TokenRequest? { request(held: held) }

    /// Expired cookies also cause a 403, or a redirect to the sign-in page.
    func meansSignedOut(_ status: Int) -> Bool { status == 401 || status == 403 || (300..<400).contains(status) }

    func credentials(token: Secret, expiry: Int64?, held: Credentials?) -> Credentials? {
        Credentials(token: token, expiry: expiry, instance: instance)
    }
}
