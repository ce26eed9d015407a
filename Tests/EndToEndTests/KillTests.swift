import AgentModel
import ConnectStreams
import Foundation
import Glibc
import StreamsProtocol
import Testing

/// How often the daemon is killed in each of these tests; `PARTYLINE_KILLS=200` for as often as there is time.
private let rounds = ProcessInfo.processInfo.environment["PARTYLINE_KILLS"].flatMap(Int.init) ?? 15

extension EndToEnd {
    /// `PARTYLINE_KILLS=200 swift test --filter KillTests`.
    @Suite("Kills")
    struct KillTests {
        @Test(
            "kill -9 at any instant: the state can be read, and nothing that anybody saw is lost, doubled or altered",
            arguments: [
                // So small that each round begins several segments, and so large that none is ever full.
                (stateBytes: 65_536, mayForget: true), (stateBytes: 16_777_216, mayForget: false),
            ])
        func kills(stateBytes: Int, mayForget: Bool) throws {
            let trial = try KillTrial(stateBytes: stateBytes, seed: UInt64(stateBytes))
            for _ in 0..<rounds { try trial.round() }
            try trial.finish()
            #expect(trial.findings == [])
            #expect(trial.stage.complaints == [])
            #expect(trial.seen > rounds * 10)
            if !mayForget { #expect(trial.freshStarts == 0) }
        }
    }
}

/// One daemon after another at one place, each killed while it has a lot to do, and two clients that resume.
///
/// The first stays up to the end and takes even what was in its socket when the daemon died. The second hangs up before,
/// so that what it gets afterwards was kept; it has to be what the first one was told.
private final class KillTrial {
    let stage: Stage
    /// What was wrong.
    private(set) var findings: [String] = []
    /// Subscriptions that had to begin anew.
    private(set) var freshStarts = 0
    /// Broadcasts that the first client was told.
    private(set) var seen = 0
    private let stateBytes: Int
    private var generator: Seeded
    private var number = 0
    /// The first number of each round: before it some may be missing, which the daemon never got.
    private var firsts: Set<Int> = []
    private var steady = Memory()
    private var straggler = Memory()

    /// What a client has been told, in stretches: it begins anew between them.
    private struct Memory {
        var clock: String?
        var stretches: [[String]] = [[]]
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
        let talker = try RawSocket(path: stage.socket)
        let count = 60 + generator.below(200)
        let begin = number
        firsts.insert(begin)
        try talker.write(broadcasts(count))
        // Killed when this one has come, or soon after, with others still on their way.
        let mark = begin + generator.below(count)
        try second.wait(for: "load::event") { $0.data?["n"]?.int ?? 0 >= begin + generator.below(mark - begin + 1) }
        try first.wait(for: "load::event") { $0.data?["n"]?.int ?? 0 >= mark }
        usleep(UInt32(generator.below(3000)))
        try stage.endDaemon()
        try first.readToTheEnd()
        remember(first, &steady)
        remember(second, &straggler)
    }

    /// The last daemon lives: both clients get to the same end.
    func finish() throws {
        try start()
        let clients = [try subscribe(&steady), try subscribe(&straggler)]
        let talker = try stage.client()
        firsts.insert(number)
        try talker.send("broadcast", ["event": "load::event", "data": ["n": .int(number)]])
        for client in clients { try client.wait(for: "load::event") { $0.data?["n"]?.int == number } }
        remember(clients[0], &steady)
        remember(clients[1], &straggler)
        compare()
    }

    // MARK: Steps

    private var settings: [String: String] {
        ["PARTYLINE_STATE_BYTES": String(stateBytes), "PARTYLINE_LOG_LEVEL": "info"]
    }

    private func start() throws { try stage.startLonelyDaemon(settings) }

    /// One that does not live to say that it listens, or just so.
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
            memory.stretches.append([])
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

    // MARK: Judgement

    /// Numbers follow one another, but for those that a daemon never got because it was killed.
    private func remember(_ client: Subscriber, _ memory: inout Memory) {
        for event in client.events {
            let number = event.data?["n"]?.int ?? -1
            if let last = memory.last, number != last + 1, !firsts.contains(number) || number <= last {
                findings.append("\(number) after \(last)")
            }
            memory.last = number
        }
        memory.stretches[memory.stretches.count - 1] += client.events.lines
        memory.clock = client.events.last?.clock ?? memory.clock
        if client.lags != [] { findings.append("lagged: \(client.lags)") }
        seen += client.events.count
    }

    /// Both were told the same, wherever both were told something.
    private func compare() {
        for left in steady.stretches {
            for right in straggler.stretches where !agree(left[...], right[...]) {
                findings.append("told two things: \(left.count) lines to one, \(right.count) to the other")
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
