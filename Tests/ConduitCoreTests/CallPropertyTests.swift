// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Any sequence of calls, answers, agents, deadlines and closings")
struct CallPropertyTests {
    @Test(
        "every request of an open port gets one answer, every key makes one call, no state is left",
        arguments: 1...4 as ClosedRange<UInt64>)
    func anything(seed: UInt64) throws {
        var world = try CallWorld(seed: seed)
        for _ in 0..<10_000 { try world.step() }
        try world.finish()
    }
}

/// A random sequence of events for a keeper, with a second, simpler model of the expected state.
private struct CallWorld {
    /// The use of a key, from its call until it expires or is refused.
    private struct Life {
        let call: UInt64
        let begun: Int64
        let method: String
        var data: JSON?
        var isOver = false
    }

    private struct Key: Hashable {
        let uid: UInt32
        let text: String
    }

    private static let methods = ["holdConnection", "sendDigits", "clearContact", "getEndpoints", "putAgentState"]
    private static let errors = CallHarness.refusals + CallHarness.doubts

    private let harness = CallHarness()
    private var random: CallNumbers
    private let agents: [AgentData]
    private let params: [JSON]
    private var asked = 0
    /// Unanswered requests by id, with port, key and method.
    private var open: [String: (port: PortID, key: Key?, method: String)] = [:]
    private var calls: [UInt64: (key: Key?, method: String)] = [:]
    private var syncs: [UInt64] = []
    private var lives: [Key: Life] = [:]
    private var lastNumber: UInt64 = 0
    private var answered: [String: Int] = [:]

    init(seed: UInt64) throws {
        random = CallNumbers(state: seed)
        let contacts = ["", Shown.contact("connected"), Shown.contact("connected", customer: "hold")]
        agents = try contacts.flatMap { try [Shown.agent(contacts: $0), Shown.agent(state: "Lunch", contacts: $0)] }
        params = [
            ["contactId": "c", "connectionId": "k", "state": ["name": "Lunch"]],
            ["contactId": "d", "connectionId": "k", "state": ["name": "Available"]],
        ]
    }

    mutating func step() throws {
        switch random.below(100) {
        case 0..<35: try ask()
        case 35..<60: if let call = calls.keys.sorted().randomElement(using: &random) { try answer(call) }
        case 60..<70: try check(harness.handle(.agent(agents[random.below(agents.count)])))
        case 70..<82: if !syncs.isEmpty { try sync(syncs.remove(at: random.below(syncs.count))) }
        case 82..<84: try close(PortID(number: UInt64(1 + random.below(6))))
        case 84..<85: try wait(Int64(random.below(4_000_000)))
        default: try wait(Int64(random.below(400)))
        }
    }

    mutating func finish() throws {
        for call in calls.keys.sorted() { try answer(call) }
        while !syncs.isEmpty { try sync(syncs.removeFirst()) }
        try wait(600_000)
        try #require(open.isEmpty)
        try #require(harness.isIdle)
        try wait(24 * 3_600_000)
        try check(harness.handle(.agent(agents[0])))
        try #require(harness.keeper.books.isEmpty)
        // Every kind of answer has to occur, or the test proves little.
        for kind in ["accepted", "confirmed", "timeout", "conflict", "unavailable", "too_many", "not_ready"] {
            try #require(answered[kind, default: 0] > 0, "nothing was \(kind)")
        }
    }

    // MARK: Events

    private mutating func ask() throws {
        asked += 1
        let uid: UInt32 = random.below(2) == 0 ? 1000 : 1001
        let key = random.below(3) > 0 ? Key(uid: uid, text: "\(random.below(40))") : nil
        // Mostly the key's own method, so that repetitions are more frequent than conflicts.
        let own = key.flatMap { Int($0.text) }.map { Self.methods[$0 % Self.methods.count] }
        let method = random.below(8) > 0 ? own ?? "sendDigits" : Self.methods[random.below(Self.methods.count)]
        let request = CallKeeper.Request(
            port: PortID(number: UInt64(1 + random.below(6))), requestId: RawJSON(.string("r\(asked)")), uid: uid,
            method: method, params: params[random.below(10) == 0 ? 1 : 0], isConfirmed: random.below(2) == 0,
            deadline: Int64(1 + random.below(2000)), key: key?.text)
        open["r\(asked)"] = (request.port, key, method)
        let steps = harness.handle(.asked(request))
        for case .call(let number, let port, let called, let params) in steps {
            try #require((port, called, params) == (request.port, request.method, request.params))
            try begin(number, key, method)
        }
        try check(steps)
    }

    /// Checks a call: a key makes one only if it is new, was refused, or has expired.
    private mutating func begin(_ number: UInt64, _ key: Key?, _ method: String) throws {
        try #require(number > lastNumber)
        lastNumber = number
        calls[number] = (key, method)
        guard let key else { return }
        if let life = lives[key] {
            try #require(life.isOver && life.begun + 24 * 3_600_000 <= harness.uptime, "\(key) acted twice")
        }
        lives[key] = Life(call: number, begun: harness.uptime, method: method)
    }

    private mutating func answer(_ number: UInt64) throws {
        let call = try #require(calls[number])
        calls[number] = nil
        let error = random.below(3) == 0 ? Self.errors[random.below(Self.errors.count)] : nil
        let data: JSON = ["answer": .int(Int(number))]
        if let key = call.key, lives[key]?.call == number {
            let isRefusal = error.map { Self.isRefusal($0, call.method) } ?? false
            lives[key]?.isOver = true
            lives[key]?.data = error == nil ? data : nil
            if isRefusal { lives[key] = nil }
        }
        try check(harness.handle(.answered(number, error.map { .failure($0) } ?? .success(data))))
        try #require(!harness.keeper.waiters.values.contains { $0.isWaiting(for: number) })
    }

    private static func isRefusal(_ error: CallOutcome.Failure, _ method: String) -> Bool {
        method.hasPrefix("get") || CallHarness.refusals.contains(error)
    }

    private mutating func sync(_ number: UInt64) throws {
        let error = random.below(6) == 0 ? ProtocolError(.unavailable, "no link") : nil
        try check(harness.handle(.synced(number, error)))
    }

    private mutating func close(_ port: PortID) throws {
        let steps = harness.handle(.closed(port))
        open = open.filter { $0.value.port != port }
        try check(steps)
    }

    private mutating func wait(_ milliseconds: Int64) throws { try check(harness.advance(milliseconds)) }

    // MARK: Checks

    private mutating func check(_ steps: [CallKeeper.Step]) throws {
        for step in steps {
            switch step {
            case .respond(let port, let id, let response): try check(port, id, response)
            case .sync(let number): syncs.append(number)
            default: break
            }
        }
        try #require(harness.keeper.waiters.count == open.count)
        try #require(Set(harness.timers.keys) == Set(harness.keeper.waiters.keys))
        try #require(Set(harness.keeper.calls.keys) == Set(calls.keys))
    }

    private mutating func check(_ port: PortID, _ id: RawJSON, _ response: ConduitEvent.Response) throws {
        let text = try #require(id.string)
        let request = try #require(open[text], "\(text) was answered twice or is gone")
        open[text] = nil
        try #require(request.port == port)
        switch response {
        case .data(let data):
            let status = try #require(data["status"]?.string)
            answered[status, default: 0] += 1
            guard let key = request.key else { return }
            // All answers under one key have the same data until the key expires.
            try #require(lives[key]?.method == request.method && lives[key]?.data == data["data"])
        case .encoded: Issue.record("the answer to a call is encoded with its envelope")
        case .error(let error): answered[error.code.rawValue, default: 0] += 1
        }
    }
}

/// SplitMix64: the same sequence on every machine.
private struct CallNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
