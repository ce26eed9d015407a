// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("configure")
struct ConfigureTests {
    private let transport = #"{"transportType":"web_socket","authentication":{"authToken":"t1"}}"#
    private let poll = #"{"timeout":30000,"authentication":{"authToken":"t1"}}"#
    private let ignored =
        "a configure was ignored: it needs authToken, region, endpoint, agentAppEndpoint and authCookieName, "
        + "and every endpoint must be https (or http on loopback)"
    private let plain = #"{"authentication":{"authToken":"t1"}}"#

    @Test("a complete configure starts the token check, the websocket and both pollers, in this order")
    func complete() {
        let harness = SessionHarness()
        #expect(harness.handle(.start) == [])
        let actions = harness.handle(.configure(Fixture.configure()))
        #expect(
            actions == [
                .schedule(.tokenCheck, after: 300_000),
                .send(Fixture.id(1), Fixture.call("CreateTransport", transport)),
                .send(Fixture.id(2), Fixture.call("GetAgentSnapshot", poll, timeout: 45_000)),
                .schedule(.configuration, after: 30_000),
                .send(Fixture.id(3), Fixture.call("GetAgentConfiguration", plain)),
            ])
    }

    @Test(
        "an incomplete configure → ignored with a warning",
        arguments: ["region", "endpoint", "agentAppEndpoint", "authCookieName"])
    func incomplete(member: String) {
        for absent in [JSON?.none, JSON?.some(.null)] {
            let harness = SessionHarness()
            var data = Fixture.configure().object ?? JSONObject()
            data[member] = absent
            #expect(harness.handle(.configure(.object(data))) == [.log(.warning, ignored)])
            // The token counts as seen, so a complete configure with it is ignored too.
            #expect(harness.handle(.configure(Fixture.configure())) == [])
            #expect(harness.handle(.configure(Fixture.configure("t2"))).count == 5)
        }
    }

    @Test("optional members may be absent: taskTemplatesEndpoint, expiry, refresh token, authorizeEndpoint")
    func optional() {
        let harness = SessionHarness()
        var data = Fixture.configure().object ?? JSONObject()
        for name in ["taskTemplatesEndpoint", "authTokenExpiration", "refreshToken", "authorizeEndpoint"] {
            data[name] = .null
        }
        #expect(harness.handle(.configure(.object(data))).count == 5)
        #expect(harness.status.auth.expiresAt == nil)
    }

    @Test(
        "no token → ignored without a warning",
        arguments: [[:], ["authToken": ""], ["authToken": .null], ["authToken": 7], .null, [], "t1"] as [JSON])
    func noToken(data: JSON) {
        let harness = SessionHarness()
        #expect(harness.handle(.configure(data)) == [])
        #expect(harness.status.state == .waiting)
    }

    @Test(
        "an endpoint without TLS → ignored with a warning, except on loopback",
        arguments: ["endpoint", "authorizeEndpoint", "agentAppEndpoint", "taskTemplatesEndpoint"])
    func clear(member: String) {
        for url in ["http://x.example/", "ftp://x.example/", "", "https://", "http://127.0.0.1@x.example/"] {
            let harness = SessionHarness()
            var data = Fixture.configure().object ?? JSONObject()
            data[member] = .string(url)
            #expect(harness.handle(.configure(.object(data))) == [.log(.warning, ignored)], "\(url)")
        }
        for url in ["HTTPS://x.example/", "http://127.0.0.1:8080/api", "http://[::1]/", "http://localhost:1"] {
            let harness = SessionHarness()
            var data = Fixture.configure().object ?? JSONObject()
            data[member] = .string(url)
            #expect(harness.handle(.configure(.object(data))).count == 5, "\(url)")
        }
    }

    @Test("the same token again → ignored")
    func same() throws {
        let harness = try SessionHarness.configured()
        #expect(harness.handle(.configure(Fixture.configure())) == [])
    }

    @Test("another token replaces the current one; calls under way continue")
    func replaced() throws {
        let harness = try SessionHarness.running()
        #expect(harness.handle(.configure(Fixture.configure("t2", expires: 1_735_800_000_000))) == [])
        #expect(harness.status.auth.expiresAt == 1_735_800_000_000)
        #expect(try harness.pending("GetAgentSnapshot").headers.last?.value == Secret("t1"))
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(100)
        let body = #"{"nextToken":"n1","timeout":30000,"authentication":{"authToken":"t2"}}"#
        #expect(
            try harness.pending("GetAgentSnapshot")
                == Fixture.call("GetAgentSnapshot", body, token: "t2", timeout: 45_000))
        // Only the last token counts as seen, so the first one is accepted again.
        #expect(harness.handle(.configure(Fixture.configure("t1"))) == [])
        harness.handle(.call(.request(PortID(number: 1), requestId: nil), method: "getAgentStates", params: [:]))
        #expect(try harness.pending("GetAgentStates").headers.last?.value == Secret("t1"))
    }

    @Test("with session source authorize → ignored")
    func authorizeMode() {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        #expect(harness.handle(.configure(Fixture.configure())) == [])
        #expect(harness.status.state == .starting)
    }
}
