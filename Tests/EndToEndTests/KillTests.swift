// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

/// How often each of these tests kills the daemon. `PARTYLINE_KILLS=200` sets another number.
private let rounds = ProcessInfo.processInfo.environment["PARTYLINE_KILLS"].flatMap(Int.init) ?? 15

extension EndToEnd {
    /// `PARTYLINE_KILLS=200 swift test --filter KillTests`.
    @Suite("Kills")
    struct KillTests {
        @Test(
            "kill -9 at any instant → the state can be read, and no event that a client saw is lost, repeated or changed",
            arguments: [
                // The first is so small that each round starts several segments; the second is so large that none is
                // ever full.
                (stateBytes: 65_536, mayForget: true), (stateBytes: 16_777_216, mayForget: false),
            ])
        func kills(stateBytes: Int, mayForget: Bool) throws {
            let trial = try KillTrial(stateBytes: stateBytes, seed: UInt64(stateBytes))
            for _ in 0..<rounds { try trial.round() }
            try trial.finish()
            #expect(trial.findings == [])
            #expect(trial.stage.warnings == [])
            #expect(trial.seen > rounds * 10)
            if !mayForget { #expect(trial.freshStarts == 0) }
        }
    }
}

/// One daemon after another on one socket, each killed while it is busy, and two clients that resume.
///
/// The first client reads to the end, including what was in its socket when the daemon died. The second closes earlier:
/// what it receives later was read from the kept state, and must equal what the first one received.
private final class KillTrial {
    let stage: Stage
    /// Inconsistencies, as text.
    private(set) var findings: [String] = []
    /// The number of subscriptions that could not resume.
    private(set) var freshStarts = 0
    /// The number of broadcasts that the clients received.
    private(set) var seen = 0
    private let stateBytes: Int
    private var generator: Seeded
    private var number = 0
    /// The first number of each round. Numbers before it may be missing: the daemon never received them.
    private var firsts: Set<Int> = []
    private var steady = Memory()
    private var straggler = Memory()

    /// The lines that a client received, with a new segment for each fresh start.
    private struct Memory {
        var clock: String?
        var segments: [[String]] = [[]]
        var last: Int?
    }

    init(stateBytes: Int, seed: UInt64) throws {
        stage = try Stage()
        self.stateBytes = stateBytes
        generator = Seeded(seed)
    }

    func round() throws {
        if generator.below(4) == 0 { try killAtStart() }
        try start()
        let first = try subscribe(&steady)
        let second = try subscribe(&straggler)
        let sender = try RawSocket(path: stage.socket)
        let count = 60 + generator.below(200)
        let begin = number
        firsts.insert(begin)
        try sender.write(broadcasts(count))
        // The daemon is killed after this number, or soon after, while others are in transit.
        let mark = begin + generator.below(count)
        try second.wait(for: "load::event") { $0.data?["n"]?.int ?? 0 >= begin + generator.below(mark - begin + 1) }
        try first.wait(for: "load::event") { $0.data?["n"]?.int ?? 0 >= mark }
        usleep(UInt32(generator.below(3000)))
        try stage.endDaemon()
        try first.readToTheEnd()
        record(first, &steady)
        record(second, &straggler)
    }

    /// The last daemon is not killed: both clients reach the same end.
    func finish() throws {
        try start()
        let clients = [try subscribe(&steady), try subscribe(&straggler)]
        let sender = try stage.client()
        firsts.insert(number)
        try sender.send("broadcast", ["event": "load::event", "data": ["n": .int(number)]])
        for client in clients { try client.wait(for: "load::event") { $0.data?["n"]?.int == number } }
        record(clients[0], &steady)
        record(clients[1], &straggler)
        compare()
    }

    // MARK: Steps

    private var settings: [String: String] {
        ["PARTYLINE_STATE_BYTES": String(stateBytes), "PARTYLINE_LOG_LEVEL": "info"]
    }

    private func start() throws { try stage.startDaemonWithoutSession(settings) }

    /// Starts a daemon and kills it about when it starts to listen.
    private func killAtStart() throws {
        let program = try Program(
            "partylined", ["--socket", stage.socket],
            environment: settings.merging(["PARTYLINE_SESSION_SOURCE": "configure"]) { $1 }, folder: stage.folder)
        usleep(UInt32(generator.below(80_000)))
        program.kill(SIGKILL)
        _ = try program.end()
    }

    private func subscribe(_ memory: inout Memory) throws -> Subscriber {
        let client = try Subscriber(stage.socket, ["load::*"], since: memory.clock)
        if client.answer.isFresh, memory.clock != nil {
            freshStarts += 1
            memory.segments.append([])
            memory.last = nil
        }
        memory.clock = client.answer.clock
        return client
    }

    private func broadcasts(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let pad = String(repeating: "x", count: [0, 50, 500][generator.below(3)])
            bytes += ServerLine.encode(
                "broadcast", ["event": "load::event", "data": ["n": .int(number), "pad": .string(pad)]])
            number += 1
        }
        return bytes
    }

    // MARK: Checks

    /// Numbers must be consecutive, except for those that a killed daemon never received.
    private func record(_ client: Subscriber, _ memory: inout Memory) {
        for event in client.events {
            let number = event.data?["n"]?.int ?? -1
            if let last = memory.last, number != last + 1, !firsts.contains(number) || number <= last {
                findings.append("\(number) after \(last)")
            }
            memory.last = number
        }
        memory.segments[memory.segments.count - 1] += client.events.lines
        memory.clock = client.events.last?.clock ?? memory.clock
        if client.lags != [] { findings.append("lagged: \(client.lags)") }
        seen += client.events.count
    }

    /// Both clients must have received the same lines wherever their segments overlap.
    private func compare() {
        for left in steady.segments {
            for right in straggler.segments where !agree(left[...], right[...]) {
                findings.append("different lines: \(left.count) lines at one client, \(right.count) at the other")
            }
        }
    }

    private func agree(_ left: ArraySlice<String>, _ right: ArraySlice<String>) -> Bool {
        guard let first = right.first, let other = left.first else { return true }
        if let place = left.firstIndex(of: first) { return zip(left[place...], right).allSatisfy { $0 == $1 } }
        if let place = right.firstIndex(of: other) { return zip(left, right[place...]).allSatisfy { $0 == $1 } }
        return Set(left).isDisjoint(with: right)
    }
}
