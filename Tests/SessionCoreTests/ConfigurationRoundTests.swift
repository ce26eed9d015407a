// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Configuration rounds")
struct ConfigurationRoundTests {
    private let token = #""authentication":{"authToken":"t1"}}"#

    @Test("fetches the configuration first, then the four lists in parallel")
    func order() throws {
        let harness = try SessionHarness.configured()
        let actions = try harness.answer("GetAgentConfiguration", Fixture.configuration)
        #expect(
            actions == [
                try Fixture.metric("getAgentConfiguration"),
                .send(Fixture.id(4), Fixture.call("GetAgentPermissions", #"{"maxResults":500,"# + token)),
                .send(Fixture.id(5), Fixture.call("GetAgentStates", #"{"maxResults":500,"# + token)),
                .send(Fixture.id(6), Fixture.call("GetDialableCountryCodes", #"{"maxResults":500,"# + token)),
                .send(
                    Fixture.id(7),
                    Fixture.call(
                        "GetRoutingProfileQueues", #"{"maxResults":500,"routingProfileARN":"arn:rp","# + token)),
            ])
    }

    @Test("the published agent contains the four lists")
    func complete() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.forget()
        try harness.completeRound()
        let agent = try #require(harness.agents.first)
        #expect(harness.agents.count == 1)
        let expected: JSON = [
            "name": "Ann", "username": "ann", "softphoneEnabled": true, "softphoneAutoAccept": false, "extension": "",
            "routingProfile": [
                "name": "Basic", "routingProfileARN": "arn:rp", "queues": [["queueARN": "arn:q", "name": "Sales"]],
            ],
            "future": ["a": 1], "permissions": ["outboundCall"],
            "agentStates": [["type": "routable", "name": "Available", "agentStateARN": "arn:s"]],
            "dialableCountries": ["ch"],
        ]
        #expect(JSON.object(agent.configuration.json) == expected)
        #expect(harness.recorded.last == .publishAgent(agent))
        #expect(harness.status.state == .running)
    }

    @Test("no agent is published until every list has arrived", arguments: Fixture.lists.keys.sorted())
    func oneMissing(last: String) throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        for (name, body) in Fixture.lists where name != last { try harness.answer(name, body) }
        #expect(harness.agents.isEmpty)
        #expect(harness.status.state == .starting)
        try harness.answer(last, Fixture.lists[last] ?? "")
        #expect(harness.agents.count == 1)
    }

    private static let pages: [(String, String, String)] = [
        ("GetAgentPermissions", "permissions", #""p""#), ("GetAgentStates", "states", #"{"name":"s"}"#),
        ("GetDialableCountryCodes", "countryCodes", #""c""#),
        ("GetRoutingProfileQueues", "queues", #"{"queueARN":"q"}"#),
    ]

    @Test("every list is fetched page by page")
    func paging() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        for (name, member, element) in Self.pages {
            try harness.answer(name, #"{"\#(member)":[\#(element),\#(element)],"nextToken":"n1"}"#)
            let arn = name == "GetRoutingProfileQueues" ? #""routingProfileARN":"arn:rp","# : ""
            let body = #"{"maxResults":500,"nextToken":"n1",\#(arn)"# + token
            #expect(try harness.pending(name) == Fixture.call(name, body))
            try harness.answer(name, #"{"\#(member)":[],"nextToken":"n2"}"#)
            #expect(harness.agents.isEmpty)
            let none = name == "GetAgentStates" ? "null" : "\"\""
            try harness.answer(name, #"{"\#(member)":[\#(element)],"nextToken":\#(none)}"#)
        }
        let configuration = try #require(harness.agents.first).configuration
        #expect(configuration.permissions == ["p", "p", "p"])
        #expect(configuration.agentStates.map(\.name) == ["s", "s", "s"])
        #expect(configuration.dialableCountries == ["c", "c", "c"])
        #expect(configuration.routingProfile?.queues.count == 3)
    }

    @Test("a new round starts every 30 s with empty lists")
    func interval() throws {
        let harness = try SessionHarness.running()
        harness.advance(29_899)
        #expect(harness.count(of: "GetAgentConfiguration") == 0)
        harness.advance(1)
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        try harness.completeRound()
        #expect(harness.agents.last?.configuration.permissions == ["outboundCall"])
        #expect(harness.wait(for: .configuration) == 30_000)
    }

    @Test(
        "one failed list → the round is abandoned, the other calls are cancelled, nothing is published",
        arguments: 0..<4)
    func failingList(index: Int) throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        harness.forget()
        let name = Fixture.lists.keys.sorted()[index]
        let others = harness.calls.filter { Fixture.lists[$0.call.purpose] != nil && $0.call.purpose != name }
        let method = name.prefix(1).lowercased() + name.dropFirst()
        let actions = try harness.answer(name, #"{"__type":"X","message":"broken"}"#, status: 400)
        let given = others.map(\.id).flatMap { [SessionAction.cancel($0), .unschedule(.callRetry($0))] }
        let metric = try Fixture.metric(method, status: 400, error: Fixture.error("X", "broken", 400))
        #expect(
            actions == [metric] + given + [.log(.warning, "the configuration could not be fetched", ["why": "broken"])])
        // Late responses of the cancelled calls are ignored.
        for (id, call) in others {
            let body = Array((Fixture.lists[call.purpose] ?? "").utf8)
            #expect(harness.handle(.http(id, .response(status: 200, reason: "OK", body: body))) == [])
        }
        harness.advance(29_999)
        #expect(harness.count(of: "GetAgentConfiguration") == 0)
        harness.advance(1)
        try harness.completeRound()
        #expect(harness.agents.count == 1)
    }

    @Test("an abandoned round also cancels a list that waits for its retry")
    func failingWhileRetrying() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        try harness.answer("GetAgentStates", status: 503)
        try harness.answer("GetAgentPermissions", status: 404)
        harness.advance(1_000)
        #expect(harness.sends(of: "GetAgentStates") == 1)
        #expect(harness.timers.keys.filter { if case .callRetry = $0 { true } else { false } } == [])
    }

    @Test("a failed round keeps the last complete configuration")
    func lastGood() throws {
        let harness = try SessionHarness.running()
        harness.advance(30_000)
        try harness.answer("GetAgentConfiguration", status: 400)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.agents.last?.configuration.name == "Ann")
    }

    @Test("a response without a configuration → the round fails", arguments: ["{}", #"{"configuration":null}"#, "x"])
    func noConfiguration(body: String) throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentConfiguration", body)
        #expect(Fixture.lists.keys.allSatisfy { harness.count(of: $0) == 0 })
        #expect(harness.wait(for: .configuration) == 30_000)
    }

    @Test("a null or absent list is empty; the routing profile may be absent")
    func emptyLists() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        try harness.answer("GetAgentConfiguration", #"{"configuration":{"name":"Ann"}}"#)
        let body = #"{"maxResults":500,"routingProfileARN":"","# + token
        #expect(try harness.pending("GetRoutingProfileQueues") == Fixture.call("GetRoutingProfileQueues", body))
        for name in Fixture.lists.keys.sorted() { try harness.answer(name, #"{"permissions":null}"#) }
        let expected: JSON = ["name": "Ann", "permissions": [], "agentStates": [], "dialableCountries": []]
        #expect(harness.agents.last.map { JSON.object($0.configuration.json) } == expected)
    }

    @Test("a reload starts a round at once or after the current one; without a session it is ignored")
    func reload() throws {
        let fresh = SessionHarness()
        #expect(fresh.handle(.reloadConfiguration) == [])

        let harness = try SessionHarness.running()
        #expect(harness.handle(.reloadConfiguration).first == .schedule(.configuration, after: 30_000))
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        #expect(harness.handle(.reloadConfiguration) == [])
        #expect(harness.handle(.reloadConfiguration) == [])
        try harness.completeRound()
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        try harness.completeRound()
        #expect(harness.count(of: "GetAgentConfiguration") == 0)
        #expect(harness.agents.count == 2)
    }

    @Test("a reload during a round that fails starts another round")
    func reloadWhileFailing() throws {
        let harness = try SessionHarness.running()
        harness.handle(.reloadConfiguration)
        harness.handle(.reloadConfiguration)
        try harness.answer("GetAgentConfiguration", status: 400)
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        try harness.answer("GetAgentConfiguration", status: 400)
        #expect(harness.count(of: "GetAgentConfiguration") == 0)
    }
}
