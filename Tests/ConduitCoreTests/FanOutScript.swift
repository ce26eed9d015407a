// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A random script: events happen; ports open, subscribe, read (early or late, much or little), close and open again.
final class FanOutScript {
    private var dice: Dice
    private let harness: ConduitHarness
    let record = FanOutRecord()
    private(set) var clients: [FanOutClient] = []
    private var ports: UInt64 = 0
    private var number = 0
    private var contacts: [String: String] = [:]
    private var state = "Available"

    init(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        harness = ConduitHarness(hasWitness: true) {
            Self.bound(&$0, &dice)
            // Effectively unlimited: each change is sent at once.
            $0.connectedCCPsPerSecond = .max - 1
            $0.requestBurst = 1_000_000
        }
        self.dice = dice
        harness.showsPorts = true
        for number in 0..<6 { try arrive(isNarrow: number == 5 || number == 4 && seed % 2 == 0) }
    }

    private static func bound(_ settings: inout ConduitSettings, _ dice: inout Dice) {
        settings.logLines = [10, 60, 200, 100_000][dice.below(4)]
        settings.logBytes = dice.chance(8) ? 6_000 : 1 << 24
        settings.supersededBytes = dice.chance(4) ? 600 : 1 << 20
    }

    func play(steps: Int) throws {
        for _ in 0..<steps {
            harness.advance(Int64(dice.below(20)))
            switch dice.below(22) {
            case 0...2: try publish()
            case 3...4: try updateAgent()
            case 5: try handle(.accepted(contactId: dice.pick(Self.ids)))
            case 6...7: try broadcast()
            case 8...9: try metric()
            case 10...11: try reply()
            case 12: try subscribe()
            case 13: if dice.chance(2) { try reconnect() }
            case 14: if dice.chance(20) { try rebound() }
            default: try read()
            }
        }
        for client in clients {
            while harness.hasOutput(client.id) { try read(client, budget: 1 + dice.below(2_000)) }
            client.finish()
        }
    }

    /// How often a port was sent the same array as the port before it.
    var shared: Int { harness.shared }

    var faults: [String] { clients.flatMap(\.faults) }

    // MARK: Events

    private func handle(_ event: ConduitEvent, from: String? = nil, agent: (Int, AgentData)? = nil) throws {
        harness.handle(event)
        try record.append(harness.takeLogged(), from: from, agent: agent, at: harness.now.wall)
    }

    private func unique() -> JSON {
        number += 1
        return ["n": .int(number)]
    }

    private func publish() throws {
        let name = dice.pick(["auth_fail", "webSocket::all_message", "terminated"])
        try handle(.publish(name, RawJSON(unique())))
    }

    private func metric() throws {
        if dice.chance(2) { return try handle(.publish(EventName.apiMetric, RawJSON(unique()))) }
        let line = #"{"event":"send_logs","data":[\#(unique().text),\#(unique().text)]}"#
        try handle(.line(clients[0].id, Array(line.utf8)))
    }

    private static let ids = ["a", "b", "c"]

    private func updateAgent() throws {
        if dice.chance(3) { state = dice.pick(["Available", "Lunch", "Offline", "AfterCallWork"]) }
        for id in Self.ids where dice.chance(2) {
            contacts[id] = dice.pick([nil, "connecting", "connected", "ended", "missed", "error"])
        }
        number += 1
        let list = Self.ids.compactMap { id in contacts[id].map { "\(id)=\($0)" } }.joined(separator: " ")
        var configuration = JSONObject([("name", .string("Robin \(number)"))])
        configuration["username"] = "robin"
        let sketch = AgentSketch(list, state: ["name": .string(state), "type": "routable"])
        let agent = AgentData(snapshot: sketch.agent.snapshot, configuration: AgentConfiguration(json: configuration))
        try handle(.agent(agent), agent: (number, agent))
    }

    private func broadcast() throws {
        let page = clients[0].id
        let name = dice.pick(["mute", "contact::shown::a", "contact::view", "contact::accepted", "agent::refresh"])
        number += 1
        let data = #"{"contactId":"\#(dice.pick(Self.ids))","n":\#(number)}"#
        let line = #"{"event":"broadcast","data":{"event":"\#(name)","data":\#(data)}}"#
        let from = try #require(harness.conduit.ports[page]?.name)
        try handle(.line(page, Array(line.utf8)), from: from)
    }

    private func rebound() throws {
        var settings = harness.conduit.settings
        Self.bound(&settings, &dice)
        try handle(.settings(settings))
    }

    // MARK: Ports

    private func arrive(isNarrow: Bool) throws {
        let id = try open(isNarrow)
        let client = FanOutClient(id, isNarrow: isNarrow, record) { [harness] in !harness.hasLine(at: $0) }
        client.opened(id)
        clients.append(client)
    }

    private func open(_ isNarrow: Bool) throws -> PortID {
        ports += 1
        let id = PortID(number: ports)
        let uid = isNarrow ? 2000 : ConduitHarness.owner
        try handle(.opened(id, ConduitHarness.peer(uid: uid), nonce: "n\(ports)"))
        return id
    }

    /// Closes a port with all its unread lines, and opens it again from its last clock.
    private func reconnect() throws {
        let client = dice.pick(Array(clients.dropFirst()))
        try handle(.closed(client.id))
        client.opened(try open(client.isNarrow))
        if client.clock != nil || dice.chance(2) { try subscribe(client) }
    }

    private func subscribe() throws {
        let client = dice.pick(Array(clients.dropFirst()))
        if dice.chance(5) {
            harness.ask(client.id, "unsubscribe")
            return client.expectUnsubscription()
        }
        try subscribe(client)
    }

    private func subscribe(_ client: FanOutClient) throws {
        // The same subscription, to resume it, or another one.
        let isSame = client.isSubscriber && dice.chance(2)
        let others = (0...dice.below(4)).map { _ in dice.pick(FanOutPattern.all) }
        // A subscription to nothing that the role sees is refused (UnseenEventTests).
        let seen = client.isNarrow ? FanOutPattern.all.filter { $0.text == "agent::*" } : []
        let patterns = isSame ? client.subscription.patterns ?? others + seen : others + seen
        let isLatest = isSame ? client.subscription.isLatest : dice.chance(4)
        let since = dice.chance(6) ? nil : client.clock
        var params: [(String, JSON)] = [("events", .array(patterns.map { .string($0.text) }))]
        if let since { params.append(("since", .string(since))) }
        if isLatest { params.append(("mode", "latest")) }
        harness.ask(client.id, "subscribe", .object(JSONObject(params)))
        client.expectSubscription(patterns, isLatest: isLatest, since: since)
    }

    private func reply() throws {
        let client = dice.pick(clients)
        if dice.chance(2) {
            try handle(.line(client.id, Array(#"{"event":"synchronize"}"#.utf8)))
            return client.expectReply(#"{"event":"acknowledge"}"#)
        }
        number += 1
        try handle(.answered(.request(client.id, requestId: RawJSON(.int(number))), .success(.null)))
        let data = #"{"event":"api_response","requestId":\#(number),"data":null,"err":null}"#
        client.expectReply(#"{"event":"api_response","data":\#(data)}"#)
    }

    /// One port reads, or all of them, as after a line to everyone.
    private func read() throws {
        if dice.chance(8) {
            for client in clients { for line in harness.read(client.id) { try client.receive(line) } }
            return
        }
        try read(dice.pick(clients), budget: dice.chance(3) ? .max : 1 + dice.below(800))
    }

    private func read(_ client: FanOutClient, budget: Int) throws {
        for line in harness.read(client.id, budget: budget, isLate: dice.chance(3)) { try client.receive(line) }
    }
}
