// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import NIOCore

/// Sign-in by way of an identity provider under another host name. The fields have SAML's names, but their values are
/// opaque: there is no XML and no signature.
struct SAMLService: Sendable {
    /// The cookie of the identity provider's own session.
    static let cookieName = "simulated-idp-session"

    let host: InstanceHost
    let signIn: SignInService

    // MARK: The instance

    /// GET /saml/login
    func start(_ request: Request, _ context: SimulatorContext) async -> Response {
        await host.note("saml", call: "GET /saml/login")
        let message = await host.issueSAMLRequest()
        let provider = await host.addresses.identityProvider
        let query = "SAMLRequest=\(message.value)&RelayState=\(message.relayState)"
        return .redirect(to: "\(provider)/idp/sso?\(query)", type: .found)
    }

    /// POST /saml/acs
    func consume(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note("saml", call: "POST /saml/acs")
        let message = Self.message("SAMLResponse", try await Self.fields(of: request))
        guard let cookie = await host.redeem(message) else { return Self.refusal("SAMLResponse") }
        var response = Response.redirect(to: "/home", type: .normal)
        response.headers[.setCookie] = signIn.setCookie(cookie)
        return response
    }

    /// GET /home
    func home(_ request: Request, _ context: SimulatorContext) async -> Response {
        await host.note("saml", call: "GET /home")
        guard let session = RequestCredentials(request).session, await host.isOpen(session: session) else {
            return .redirect(to: "/login", type: .found)
        }
        return .page(SignInPages.welcome)
    }

    // MARK: The identity provider

    /// GET /idp/sso
    func providerPage(_ request: Request, _ context: SimulatorContext) async -> Response {
        await host.note("saml", call: "GET /idp/sso")
        let query = Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { $1 })
        let message = Self.message("SAMLRequest", query)
        guard await host.isPending(message) else { return Self.refusal("SAMLRequest") }
        let cookie = RequestCredentials.cookie(Self.cookieName, in: request.headers[values: .cookie])
        if let cookie, await host.isOpen(providerSession: cookie) { return await answer(message) }
        return .page(SignInPages.form(note: "This is a simulated identity provider.", answering: message))
    }

    /// POST /idp/sso
    func enter(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note("saml", call: "POST /idp/sso")
        let fields = try await Self.fields(of: request)
        let message = Self.message("SAMLRequest", fields)
        guard await host.isPending(message) else { return Self.refusal("SAMLRequest") }
        do throws(ServiceFault) {
            try await signIn.check(fields)
        } catch {
            return .page(SignInPages.form(note: error.message, answering: message), status: error.status)
        }
        var response = await answer(message)
        // With an end, a browser keeps it when it is closed.
        response.headers[.setCookie] = signIn.setCookie(
            await host.openProviderSession(), name: Self.cookieName, path: "/idp",
            seconds: Int(Credentials.providerSessionSeconds))
        return response
    }

    private func answer(_ request: SAMLMessage) async -> Response {
        guard let response = await host.answer(request) else { return Self.refusal("SAMLRequest") }
        let origin = await host.addresses.origin
        return .page(SignInPages.relay(response, to: "\(origin)/saml/acs"))
    }

    // MARK: Messages

    private static func fields(of request: Request) async throws -> [String: String] {
        SignInService.formFields(String(buffer: try await request.body.collect(upTo: 1 << 16)))
    }

    private static func message(_ name: String, _ fields: [String: String]) -> SAMLMessage {
        SAMLMessage(value: fields[name] ?? "", relayState: fields["RelayState"] ?? "")
    }

    private static func refusal(_ field: String) -> Response {
        .page(
            SignInPages.refusal(
                "The \(field) is unknown, has been used or has expired, or the RelayState is not the one that belongs "
                    + "to it. Start again at /saml/login."),
            status: 403)
    }
}

extension SimulatedInstance.Addresses {
    /// The identity provider's origin: the same port under another host name. A browser then keeps the cookies of both
    /// apart.
    var identityProvider: String {
        let scheme = origin.hasPrefix("https://") ? "https://" : "http://"
        let authority = origin.dropFirst(scheme.count)
        let port = authority.lastIndex(of: ":").map { String(authority[$0...]) } ?? ""
        let host = String(authority.dropLast(port.count))
        let isAddress = host == "127.0.0.1" || host == "[::1]"
        return scheme + (isAddress ? "localhost" : "127.0.0.1") + port
    }
}
