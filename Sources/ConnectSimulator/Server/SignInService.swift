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
        do throws(ServiceFault) {
            let (body, renewal) = try await host.authorize(session: RequestCredentials(request).session)
            var response = Response.json(body)
            if let renewal { response.headers[.setCookie] = setCookie(renewal.cookie, seconds: Int(renewal.seconds)) }
            return response
        } catch {
            return .json(error.body, status: error.status)
        }
    }

    /// A Set-Cookie header.
    /// - Parameter value: opens a session of the instance or of the identity provider.
    func setCookie(
        _ value: String, name: String = SignInService.cookieName, path: String = "/", seconds: Int? = nil
    ) -> String {
        "\(name)=\(value); Path=\(path); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
            + (seconds.map { "; Max-Age=\($0)" } ?? "")
    }

    /// GET /login
    func page(_ request: Request, _ context: SimulatorContext) async -> Response {
        await host.note("login")
        return .page(SignInPages.form(note: "This is a simulated Amazon Connect instance."))
    }

    /// POST /login, with a form or with JSON.
    func signIn(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note("login")
        let body = try await request.body.collect(upTo: 1 << 16)
        let isJSON = request.headers[.contentType]?.hasPrefix("application/json") ?? false
        let given = isJSON ? Self.json(body) : Self.formFields(String(buffer: body))
        do throws(ServiceFault) {
            try await check(given)
        } catch {
            if isJSON { return .json(error.body, status: error.status) }
            return .page(SignInPages.form(note: error.message), status: error.status)
        }
        let cookie = await host.openSession()
        var response = isJSON ? Response.json(["username": .string(username)]) : Response.page(SignInPages.welcome)
        response.headers[.setCookie] = setCookie(cookie)
        return response
    }

    /// - Throws: a fault if the user name or the password is wrong, or if the account is locked.
    func check(_ given: [String: String]) async throws(ServiceFault) {
        guard given["username"] == username else { throw .wrongPassword }
        try await host.enter(isRightPassword: given["password"] == password)
    }

    /// GET or POST /logout
    func signOut(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        await host.note("logout")
        if let reply = try await cti.fault(for: "logout", context) { return .json(reply) }
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
}
