// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Random interleavings of events, replies and reads")
struct OrderPropertyTests {
    /// What one port has to get: everything since it opened, in order.
    private struct Script {
        enum Item: Equatable {
            case line(LogPosition)
            case reply(Int)
        }

        var expected: [Item] = []
        var received: [String] = []
    }

    @Test(
        "each port gets every line in order, none twice, none missing without partyline::lagged",
        arguments: 1...60 as ClosedRange<UInt64>)
    func interleaving(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let lines = seed % 2 == 0 ? 8 : 100_000
        let harness = ConduitHarness { $0.logLines = lines }
        let ids = (1...4).map { harness.port(UInt64($0)) }
        for id in ids { _ = harness.read(id) }
        var scripts: [PortID: Script] = [:]
        for id in ids { scripts[id] = Script() }
        var replies = 0
        for _ in 0..<300 {
            let id = ids[dice.below(ids.count)]
            switch dice.below(5) {
            case 0, 1:
                let position = harness.conduit.log.end
                harness.handle(.publish("p\(position)", nil))
                for id in ids { scripts[id]?.expected.append(.line(position)) }
            case 2:
                replies += 1
                harness.handle(.answered(.request(id, requestId: RawJSON(.int(replies))), .success(.null)))
                scripts[id]?.expected.append(.reply(replies))
            default:
                scripts[id]?.received += harness.read(id, budget: dice.below(120))
            }
        }
        for id in ids {
            while harness.hasOutput(id) {
                scripts[id]?.received += harness.read(id, budget: 1 + dice.below(200))
            }
            try check(try #require(scripts[id]), mayLag: lines == 8, "seed \(seed)")
        }
    }

    private func check(_ script: Script, mayLag: Bool, _ comment: Comment) throws {
        var lost: Set<LogPosition> = []
        var received: [Script.Item] = []
        for text in script.received {
            let line = try JSON(parsing: text)
            let name = try #require(line["event"]?.string)
            switch name {
            case "partyline::lagged":
                let from = try position(line["data"]?["from"])
                let to = try position(line["data"]?["to"])
                try #require(from <= to, comment)
                lost.formUnion(from...to)
            case "api_response": received.append(.reply(try #require(line["data"]?["requestId"]?.int)))
            default: received.append(.line(try #require(LogPosition(name.dropFirst()))))
            }
        }
        let expected = script.expected.filter {
            if case .line(let position) = $0 { !lost.contains(position) } else { true }
        }
        #expect(received == expected, comment)
        #expect(mayLag || lost.isEmpty, comment)
    }

    /// The position in a clock of this run.
    private func position(_ clock: JSON?) throws -> LogPosition {
        let parts = try #require(clock?.string).split(separator: ":")
        try #require(parts.count == 2 && parts[0] == "e1")
        return try #require(LogPosition(parts[1]))
    }
}
