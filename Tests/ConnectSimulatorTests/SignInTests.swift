// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Testing

@testable import ConnectSimulator

@Suite("Sign-in: locked accounts, agents without access, the identity provider")
struct SignInTests {
    private static let right = ["username": "robin", "password": Site.password]
    private static let wrong = ["username": "robin", "password": "guess"]

    @Test(
        "wrong passwords in a row lock the account, a right one starts the count again",
        arguments: [
            (5, "wwwwwr", [401, 401, 401, 401, 401, 403]),
            (5, "wwwwrwwwwr", [401, 401, 401, 401, 200, 401, 401, 401, 401, 200]),
            (1, "rwrw", [200, 401, 403, 403]),
            (0, "wwwwwwwr", [401, 401, 401, 401, 401, 401, 401, 200]),
        ] as [(Int, String, [Int])])
    func wrongPasswordsAreCounted(lockAfter: Int, attempts: String, statuses: [Int]) {
        var account = AgentAccount(lockAfter: lockAfter)
        var found: [Int] = []
        for attempt in attempts { found.append(Self.status(&account, isRightPassword: attempt == "r")) }
        #expect(found == statuses)
    }

    private static func status(_ account: inout AgentAccount, isRightPassword: Bool) -> Int {
        do throws(ServiceFault) {
            try account.enter(isRightPassword: isRightPassword)
            return 200
        } catch {
            return error.status
        }
    }

    @Test("a locked account → 403 to form and JSON, with the right password too, until it is unlocked")
    func lockedAccountsRefuseTheRightPassword() async throws {
        let site = try await Site()
        for _ in 1...5 {
            let answer = try await site.post("/login", Self.wrong)
            #expect(answer.status == 401 && answer.text.contains("wrong user name or password"))
        }
        let form = try await site.post("/login", Self.right)
        #expect(form.status == 403 && form.cookie == nil)
        #expect(form.text.contains("this account is locked") && form.text.contains(#"name="password""#))
        let body = #"{"username":"robin","password":"\#(Site.password)"}"#
        let json = try await site.send(.post, "/login", [.contentType: "application/json"], body: body)
        #expect(json.status == 403 && json.cookie == nil)
        #expect(json.json == ["__type": "AccountLockedException", "message": "this account is locked"])
        let state = await site.state()
        #expect(state["account"] == ["locked": true, "access": true] && state["sessions"] == 0)

        try await site.control("account", ["locked": false])
        for _ in 1...4 {
            #expect(try await site.post("/login", Self.wrong).status == 401, "unlocking forgets the wrong passwords")
        }
        let unlocked = try await site.post("/login", Self.right)
        #expect(unlocked.status == 200 && unlocked.cookie?.hasPrefix("connect-simulator-session=session-") == true)
    }

    @Test("a wrong user name does not count; a control step locks at once; reset restores the account")
    func controlStepsLockTheAccount() async throws {
        let site = try await Site { $0.lockAfter = 1 }
        #expect(try await site.post("/login", ["username": "kim", "password": "guess"]).status == 401)
        #expect(try await site.post("/login", Self.right).status == 200)
        try await site.control("account", ["locked": true])
        #expect(try await site.post("/login", Self.right).status == 403)
        try await site.control("account", ["access": false])
        #expect(try await site.post("/login", Self.right).status == 403, "the step changes only its members")
        #expect(await site.state()["account"] == ["locked": true, "access": false])
        try await site.control("reset")
        #expect(await site.state()["account"] == ["locked": false, "access": true])
        #expect(try await site.post("/login", Self.right).status == 200)
    }

    @Test("an agent without access signs in, but authorize and CTI operations answer 403")
    func agentsWithoutAccessGetNoToken() async throws {
        let site = try await Site()
        let cookie = try #require(try await site.post("/login", Self.right).cookie)
        let issued = try await site.get("/connect/auth/authorize", cookie: cookie)
        let token = try #require(issued.json["accessToken"]?.string)
        #expect(try await site.call("GetAgentConfiguration", token: token).status == 200)
        try await site.control("account", ["access": false])

        let signedIn = try await site.post("/login", Self.right)
        #expect(signedIn.status == 200 && signedIn.cookie != nil)
        let denied: JSON = [
            "__type": "AccessDeniedException", "message": "this user may not use the contact control panel",
        ]
        for path in ["/connect/auth/authorize", "/auth/authorize"] {
            let answer = try await site.get(path, cookie: cookie)
            #expect(answer.status == 403 && answer.json == denied, "\(path)")
            #expect(try await site.get(path).status == 401, "\(path) without a session")
        }
        let state = await site.state()
        #expect(state["validTokens"] == 1, "no token was issued")
        for operation in ["GetAgentConfiguration", "GetAgentSnapshot"] {
            let answer = try await site.call(operation, token: token)
            #expect(answer.status == 403 && answer.json == denied, "\(operation)")
        }
        #expect(try await site.call("GetAgentConfiguration", token: "x").status == 401)

        try await site.control("account", ["access": true])
        #expect(try await site.get("/auth/authorize", cookie: cookie).status == 200)
        #expect(try await site.call("GetAgentConfiguration", token: token).status == 200)
    }

    /// The query of the identity provider's page for a new request.
    private static func start(_ site: Site) async throws -> String {
        let start = try await site.get("/saml/login")
        let location = try #require(start.location)
        let page = "http://localhost:8080/idp/sso?"
        #expect(start.status == 302 && location.hasPrefix(page), "\(location)")
        return String(location.dropFirst(page.count))
    }

    @Test("SAML: the browser goes to the identity provider's host and back, and is signed in")
    func theIdentityProviderSignsIn() async throws {
        let site = try await Site()
        let query = try await Self.start(site)
        let form = try await site.get("/idp/sso?\(query)")
        #expect(form.status == 200 && form.cookie == nil)
        for part in [#"name="username""#, #"name="password""#, #"action="/idp/sso""#] {
            #expect(form.text.contains(part), "\(part)")
        }
        let request = form.message("SAMLRequest")
        #expect(request == SignInService.formFields(query))

        let wrong = try await site.post("/idp/sso", request.merging(Self.wrong) { $1 })
        #expect(wrong.status == 401 && wrong.cookie == nil && wrong.text.contains("wrong user name or password"))
        #expect(wrong.message("SAMLRequest") == request, "the next attempt needs them")
        try await site.control("account", ["locked": true])
        let locked = try await site.post("/idp/sso", request.merging(Self.right) { $1 })
        #expect(locked.status == 403 && locked.cookie == nil && locked.text.contains("this account is locked"))
        try await site.control("account", ["locked": false])

        let answer = try await site.post("/idp/sso", request.merging(Self.right) { $1 })
        #expect(answer.status == 200 && answer.text.contains(#"action="http://127.0.0.1:8080/saml/acs""#))
        let header = try #require(answer.headers[.setCookie])
        #expect(header.hasPrefix("simulated-idp-session=idp-") && header.contains("; Path=/idp; HttpOnly"))
        #expect(header.hasSuffix("; Max-Age=28800"))
        let response = answer.message("SAMLResponse")
        #expect(response["RelayState"] == request["RelayState"])
        let end = try await site.post("/saml/acs", response)
        #expect(end.status == 303 && end.location == "/home")

        let cookie = try #require(end.cookie)
        let home = try await site.get("/home", cookie: cookie)
        #expect(home.status == 200 && home.text.contains("Signed in. You may close this page."))
        #expect(try await site.get("/auth/authorize", cookie: cookie).status == 200)
        for stranger in [nil, "connect-simulator-session=x", answer.cookie] {
            let refused = try await site.get("/home", cookie: stranger)
            #expect(refused.status == 302 && refused.location == "/login", "\(stranger ?? "no cookie")")
        }
    }

    @Test("SAML: each message is valid once, and only with its RelayState; the page says why")
    func messagesAreValidOnce() async throws {
        let site = try await Site()
        let request = SignInService.formFields(try await Self.start(site))
        var strangers: [[String: String]] = [
            [:], ["SAMLRequest": "request-x", "RelayState": "x"], request.merging(["RelayState": "x"]) { $1 },
        ]
        for fields in strangers { try await Self.expectRefusal(fields, site) }
        let answer = try await site.post("/idp/sso", request.merging(Self.right) { $1 })
        #expect(answer.status == 200)
        try await Self.expectRefusal(request, site)

        let response = answer.message("SAMLResponse")
        strangers = [
            [:], ["SAMLResponse": "response-x", "RelayState": "x"], response.merging(["RelayState": "x"]) { $1 },
        ]
        for fields in strangers { try await Self.expectRejection(fields, site) }
        #expect(try await site.post("/saml/acs", response).status == 303)
        try await Self.expectRejection(response, site)
        #expect(await site.state()["sessions"] == 1)
    }

    /// The identity provider must refuse this request, with the right password too.
    private static func expectRefusal(_ request: [String: String], _ site: Site) async throws {
        let query = request.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        let page = try await site.get("/idp/sso?\(query)")
        let answer = try await site.post("/idp/sso", request.merging(right) { $1 })
        for refused in [page, answer] {
            #expect(refused.status == 403 && refused.cookie == nil, "\(query)")
            #expect(refused.text.contains("The SAMLRequest is unknown, has been used or has expired"))
        }
    }

    /// The instance must refuse this response.
    private static func expectRejection(_ response: [String: String], _ site: Site) async throws {
        let refused = try await site.post("/saml/acs", response)
        #expect(refused.status == 403 && refused.cookie == nil, "\(response.keys.sorted())")
        #expect(refused.text.contains("The SAMLResponse is unknown, has been used or has expired"))
    }

    @Test("requests expire after 600 s, responses after 300 s, the identity provider's sessions after 8 h")
    func messagesExpire() throws {
        var credentials = Bench().instance.credentials
        let request = credentials.issueSAMLRequest(at: 0)
        #expect(credentials.isPending(request, at: 600) && !credentials.isPending(request, at: 600.001))
        var late = credentials
        #expect(late.answer(request, at: 600.001) == nil)
        guard let response = credentials.answer(request, at: 600) else {
            Issue.record("a request within its lifetime was not answered")
            return
        }
        late = credentials
        let lateSession = late.redeem(response, at: 900.001)
        let session = credentials.redeem(response, at: 900)
        #expect(session && !lateSession)
        let cookie = credentials.openProviderSession(at: 0)
        #expect(credentials.isOpen(providerSession: cookie, at: 28_799.999))
        #expect(!credentials.isOpen(providerSession: cookie, at: 28_800))
    }

    @Test("the identity provider's cookie skips its form for 8 h, after sessions-end and for a locked account too")
    func theProvidersCookieSkipsTheForm() async throws {
        let site = try await Site()
        let request = SignInService.formFields(try await Self.start(site))
        let cookie = try #require(try await site.post("/idp/sso", request.merging(Self.right) { $1 }).cookie)
        try await site.control("sessions-end")
        try await site.control("account", ["locked": true])
        let second = try await Self.start(site)
        let form = try await site.get("/idp/sso?\(second)", cookie: "simulated-idp-session=idp-0")
        #expect(form.field("SAMLRequest") != nil && form.field("SAMLResponse") == nil)
        let skipped = try await site.get("/idp/sso?\(second)", cookie: cookie)
        #expect(skipped.status == 200 && skipped.field("SAMLRequest") == nil)
        #expect(try await site.post("/saml/acs", skipped.message("SAMLResponse")).status == 303)

        try await site.control("clock-shift", ["seconds": 28_801])
        let third = try await Self.start(site)
        let ended = try await site.get("/idp/sso?\(third)", cookie: cookie)
        #expect(ended.field("SAMLRequest") != nil && ended.field("SAMLResponse") == nil)
    }

    @Test("neither the state nor the request log contains a secret of the sign-in")
    func secretsAreNotShown() async throws {
        let site = try await Site()
        let request = SignInService.formFields(try await Self.start(site))
        let answer = try await site.post("/idp/sso", request.merging(Self.right) { $1 })
        let response = answer.message("SAMLResponse")
        let end = try await site.post("/saml/acs", response)
        let cookies = [answer, end].compactMap(\.cookie).map { String($0.split(separator: "=")[1]) }
        let secrets = Array(request.values) + Array(response.values) + cookies + [Site.password]
        #expect(secrets.count == 7 && secrets.allSatisfy { $0.count > 10 })
        let shown = await site.state().text + site.host.requests(of: nil).text
        #expect(shown.contains("POST /saml/acs"))
        for secret in secrets { #expect(!shown.contains(secret)) }
        #expect(await site.host.counts() == ["saml": 3])
    }

    @Test("the identity provider has another host name than the instance, and the same port")
    func theProviderHasAnotherHostName() {
        let table = [
            ("http://127.0.0.1:8080", "http://localhost:8080"), ("https://[::1]:1", "https://localhost:1"),
            ("https://localhost:443", "https://127.0.0.1:443"),
        ]
        for (origin, provider) in table {
            #expect(SimulatedInstance.Addresses(origin: origin).identityProvider == provider)
        }
    }
}
