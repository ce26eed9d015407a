// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Sign-in by HTML form or JSON, session cookies, and access tokens for signed-in sessions.
struct SignInService: Sendable {
    static let cookieName = "connect-simulator-session"

    let host: InstanceHost
    let cti: CTIService
    let username: String
    let password: String
    let isSecure: Bool

    /// GET /auth/authorize
    func authorize(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note("authorize")
        if let reply = try await cti.fault(for: "authorize", context) { return .json(reply) }
        guard let (body, renewal) = await host.authorize(session: RequestCredentials(request).session) else {
            return .json(
                ["__type": "UnauthorizedException", "message": "not signed in: sign in with POST /login"], status: 401)
        }
        var response = Response.json(body)
        if let renewal { response.headers[.setCookie] = setCookie(renewal.cookie, seconds: Int(renewal.seconds)) }
        return response
    }

    private func setCookie(_ value: String, seconds: Int? = nil) -> String {
        "\(Self.cookieName)=\(value); Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
            + (seconds.map { "; Max-Age=\($0)" } ?? "")
    }

    /// GET /login
    func page(_ request: Request, _ context: SimulatorContext) async -> Response {
        await host.note("login")
        return .text(Self.form(note: "This is a simulated Amazon Connect instance."), type: "text/html; charset=utf-8")
    }

    /// POST /login, with a form or with JSON.
    func signIn(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note("login")
        let body = try await request.body.collect(upTo: 1 << 16)
        let isJSON = request.headers[.contentType]?.hasPrefix("application/json") ?? false
        let given = isJSON ? Self.json(body) : Self.formFields(String(buffer: body))
        guard given["username"] == username, given["password"] == password else {
            let message = "wrong user name or password"
            if isJSON { return .json(["__type": "UnauthorizedException", "message": .string(message)], status: 401) }
            return .text(Self.form(note: message), status: 401, type: "text/html; charset=utf-8")
        }
        let cookie = await host.openSession()
        var response =
            isJSON
            ? Response.json(["username": .string(username)])
            : Response.text(Self.welcome, type: "text/html; charset=utf-8")
        response.headers[.setCookie] = setCookie(cookie)
        return response
    }

    /// GET or POST /logout
    func signOut(_ request: Request, _ context: SimulatorContext) async -> Response {
        await host.note("logout")
        if let cookie = RequestCredentials(request).session { await host.closeSession(cookie) }
        var response = Response.json(["ok": true])
        response.headers[.setCookie] = "\(Self.cookieName)=; Path=/; Max-Age=0"
        return response
    }

    private static func json(_ body: ByteBuffer) -> [String: String] {
        let members = (try? JSON(bytes: body.readableBytesView))?.object ?? [:]
        var fields = members.compactMapValues(\.string)
        if let user = fields["user"] { fields["username"] = user }
        return fields
    }

    static func formFields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]) else { continue }
            fields[name] = parts.count == 2 ? decoded(parts[1]) : ""
        }
        return fields
    }

    /// Decodes application/x-www-form-urlencoded text; nil if an escape is malformed.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let welcome =
        "<!doctype html><title>Signed in</title><p>Signed in. You may close this page.</p>\n"

    private static func form(note: String) -> String {
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Sign in</title>
        <h1>Sign in</h1><p>\(note)</p>
        <form method="post" action="/login">
        <p><label>User name <input name="username" autocomplete="username" autofocus></label></p>
        <p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
        <p><button>Sign in</button></p>
        </form></html>

        """
    }
}
