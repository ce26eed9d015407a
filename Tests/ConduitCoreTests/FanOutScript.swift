import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A script of chance: things happen, ports come, ask, read (soon or late, much or little), go and come again.
final class FanOutScript {
    private var dice: Dice
    private let harness: ConduitHarness
    let record = FanOutRecord()
    private(set) var sights: [FanOutSight] = []
    private var ports: UInt64 = 0
    private var number = 0
    private var contacts: [String: String] = [:]
    private var state = "Available"

    init(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        harness = ConduitHarness(hasWitness: true) {
            Self.bound(&$0, &dice)
            // So that each change is told at once.
            $0.connectedCCPsPerSecond = .max - 1
            $0.requestBurst = 1_000_000
        }
        self.dice = dice
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
            case 3...4: try see()
            case 5: try tell(.accepted(contactId: dice.pick(Self.ids)))
            case 6...7: try broadcast()
            case 8...9: try metric()
            case 10...11: try reply()
            case 12: try subscribe()
            case 13: if dice.chance(2) { try reconnect() }
            case 14: if dice.chance(20) { try rebound() }
            default: try read()
            }
        }
        for sight in sights {
            while harness.hasOutput(sight.id) { try read(sight, budget: 1 + dice.below(2_000)) }
            sight.drained()
        }
    }

    /// How often a port was sent the bytes of the one before it.
    var shared: Int { harness.shared }

    var faults: [String] { sights.flatMap(\.faults) }

    // MARK: What happens

    private func tell(_ event: ConduitEvent, from: String? = nil, agent: (Int, Agent)? = nil) throws {
        harness.handle(event)
        try record.take(harness.takeTold(), from: from, agent: agent, at: harness.now.wall)
    }

    private func unique() -> JSON {
        number += 1
        return ["n": .int(number)]
    }

    private func publish() throws {
        let name = dice.pick(["auth_fail", "webSocket::all_message", "terminated"])
        try tell(.publish(name, RawJSON(unique())))
    }

    private func metric() throws {
        if dice.chance(2) { return try tell(.publish(EventName.apiMetric, RawJSON(unique()))) }
        let line = #"{"event":"send_logs","data":[\#(unique().text),\#(unique().text)]}"#
        try tell(.line(sights[0].id, Array(line.utf8)))
    }

    private static let ids = ["a", "b", "c"]

    private func see() throws {
        if dice.chance(3) { state = dice.pick(["Available", "Lunch", "Offline", "AfterCallWork"]) }
        for id in Self.ids where dice.chance(2) {
            contacts[id] = dice.pick([nil, "connecting", "connected", "ended", "missed", "error"])
        }
        number += 1
        let list = Self.ids.compactMap { id in contacts[id].map { "\(id)=\($0)" } }.joined(separator: " ")
        var configuration = JSONObject([("name", .string("Robin \(number)"))])
        configuration["username"] = "robin"
        let sight = DerivationSight(list, state: ["name": .string(state), "type": "routable"])
        let agent = Agent(snapshot: sight.agent.snapshot, configuration: AgentConfiguration(json: configuration))
        try tell(.agent(agent), agent: (number, agent))
    }

    private func broadcast() throws {
        let page = sights[0].id
        let name = dice.pick(["mute", "contact::shown::a", "contact::view", "contact::accepted", "agent::refresh"])
        number += 1
        let data = #"{"contactId":"\#(dice.pick(Self.ids))","n":\#(number)}"#
        let line = #"{"event":"broadcast","data":{"event":"\#(name)","data":\#(data)}}"#
        let from = try #require(harness.conduit.ports[page]?.name)
        try tell(.line(page, Array(line.utf8)), from: from)
    }

    private func rebound() throws {
        var settings = harness.conduit.settings
        Self.bound(&settings, &dice)
        try tell(.settings(settings))
    }

    // MARK: What ports do

    private func arrive(isNarrow: Bool) throws {
        let id = try open(isNarrow)
        let sight = FanOutSight(id, isNarrow: isNarrow, record) { [harness] in !harness.hasLine(at: $0) }
        sight.opened(id)
        sights.append(sight)
    }

    private func open(_ isNarrow: Bool) throws -> PortID {
        ports += 1
        let id = PortID(number: ports)
        let uid = isNarrow ? 2000 : ConduitHarness.owner
        try tell(.opened(id, ConduitHarness.peer(uid: uid), nonce: "n\(ports)"))
        return id
    }

    /// It is gone with all that it had not read, and comes again from its last clock.
    private func reconnect() throws {
        let sight = dice.pick(Array(sights.dropFirst()))
        try tell(.closed(sight.id))
        sight.opened(try open(sight.isNarrow))
        if sight.clock != nil || dice.chance(2) { try subscribe(sight) }
    }

    private func subscribe() throws {
        let sight = dice.pick(Array(sights.dropFirst()))
        if dice.chance(5) {
            harness.ask(sight.id, "unsubscribe")
            return sight.unsubscribes()
        }
        try subscribe(sight)
    }

    private func subscribe(_ sight: FanOutSight) throws {
        // The same as before to go on, or others.
        let isSame = sight.isSubscriber && dice.chance(2)
        let others = (0...dice.below(4)).map { _ in dice.pick(FanOutPattern.all) }
        let patterns = isSame ? sight.want.patterns ?? others : others
        let isLatest = isSame ? sight.want.isLatest : dice.chance(4)
        let since = dice.chance(6) ? nil : sight.clock
        var params: [(String, JSON)] = [("events", .array(patterns.map { .string($0.text) }))]
        if let since { params.append(("since", .string(since))) }
        if isLatest { params.append(("mode", "latest")) }
        harness.ask(sight.id, "subscribe", .object(JSONObject(params)))
        sight.asks(patterns, isLatest: isLatest, since: since)
    }

    private func reply() throws {
        let sight = dice.pick(sights)
        if dice.chance(2) {
            try tell(.line(sight.id, Array(#"{"event":"synchronize"}"#.utf8)))
            return sight.due(#"{"event":"acknowledge"}"#)
        }
        number += 1
        try tell(.answered(.request(sight.id, requestId: RawJSON(.int(number))), .success(.null)))
        let data = #"{"event":"api_response","requestId":\#(number),"data":null,"err":null}"#
        sight.due(#"{"event":"api_response","data":\#(data)}"#)
    }

    /// One reads, or all of them, as after a line that everybody is told.
    private func read() throws {
        if dice.chance(8) {
            for sight in sights { for line in harness.read(sight.id) { try sight.take(line) } }
            return
        }
        try read(dice.pick(sights), budget: dice.chance(3) ? .max : 1 + dice.below(800))
    }

    private func read(_ sight: FanOutSight, budget: Int) throws {
        for line in harness.read(sight.id, budget: budget, isLate: dice.chance(3)) { try sight.take(line) }
    }
}
