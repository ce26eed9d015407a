// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Gets tokens like `AuthorizeSource`, with the cookies of a sign-in that a client hands over (`setCredentials`).
struct LoginSource: TokenSource {
    private let authorize: AuthorizeSource

    let kind = DaemonStatus.Session.Source.login
    let waitsForConfigure = false
    let replacesRefusedToken = true
    let roundLimit: Int? = nil

    init(instance: SessionSettings.Instance) { authorize = AuthorizeSource(instance: instance) }

    var endpoint: String? { authorize.endpoint }

    var loginURL: String? { authorize.instance.loginURL }

    var logoutEndpoint: String? { authorize.logoutEndpoint }

    func request(held: Credentials?) -> TokenRequest? { authorize.request(held: held) }

    func requestAfterSignOut(held: Credentials?) -> TokenRequest? { authorize.requestAfterSignOut(held: held) }

    func meansSignedOut(_ status: Int) -> Bool { authorize.meansSignedOut(status) }

    func credentials(token: Secret, expiry: Int64?, held: Credentials?) -> Credentials? {
        authorize.credentials(token: token, expiry: expiry, held: held)
    }
}
