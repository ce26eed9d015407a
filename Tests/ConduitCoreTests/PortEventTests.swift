// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("partyline::ports, and the memory of the log")
struct PortEventTests {
    private func data(_ line: String) -> JSON? { (try? JSON(parsing: line))?["data"] }

    @Test(
        "the count after the answer, then who joins and leaves; a subscriber of other events gets none, presence neither"
    )
    func ports() throws {
        let harness = ConduitHarness()
        harness.showsPorts = true
        let one = harness.port(1)
        harness.subscribe(one, "partyline::ports")
        #expect(data(try #require(harness.read(one).last)) == ["count": 1])
        let two = harness.port(2, role: .observer)
        let brief: JSON = ["id": "1735732800000-n2", "program": "test", "role": "observer"]
        #expect(harness.read(one).map { data($0) } == [["count": 2, "joined": brief]])
        let narrow = harness.port(3, role: .presence)
        harness.subscribe(narrow, "*")
        _ = harness.read(narrow)
        harness.handle(.closed(two))
        #expect(harness.read(one).compactMap { data($0)?["left"] } == [brief])
        #expect(!harness.briefly(narrow).contains { $0.hasPrefix("partyline::ports") })
    }

    @Test("many at once → one line with the count, as for update_connected_ccps")
    func coalesced() throws {
        let harness = ConduitHarness { $0.connectedCCPsPerSecond = 3 }
        harness.showsPorts = true
        let one = harness.port(1)
        harness.subscribe(one, "partyline::ports")
        _ = harness.read(one)
        for number in 2...50 as ClosedRange<UInt64> { harness.open(number) }
        let before = harness.read(one).count
        #expect(before <= 3)
        harness.advance(1000)
        #expect(harness.read(one).map { data($0) } == [["count": 50]])
    }

    @Test("without a listener no line is logged")
    func quiet() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "agent::*")
        let end = harness.conduit.log.end
        harness.open(2)
        #expect(harness.log(from: end).allSatisfy { $0.text.contains("update_connected_ccps") })
    }

    @Test("getLogs: the newest thousand entries, by level and number")
    func logs() throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .observer)
        for number in 1...1200 {
            let level: LogLevel = number.isMultiple(of: 100) ? .warning : .debug
            harness.handle(.logged(DaemonLogEntry(level: level, message: "m\(number)", fields: ["k": "v"])))
        }
        func entries(_ params: JSON) throws -> [JSON] {
            harness.ask(one, "getLogs", params)
            return try JSON(parsing: try #require(harness.read(one).last))["data"]?["data"]?["entries"]?.array ?? []
        }
        let all = try entries([:])
        #expect(all.count == 1000 && all.first?["text"] == "m201" && all.last?["line"] == 1200)
        #expect(try entries(["level": "warning"]).map { $0["text"]?.string } == (3...12).map { "m\($0)00" })
        #expect(try entries(["level": "WARN", "limit": 2]).map { $0["line"] } == [1100, 1200])
        #expect(
            try entries(["limit": 1]) == [
                [
                    "line": 1200, "time": "2025-01-01T12:00:00.000Z", "level": "warning", "text": "m1200",
                    "fields": ["k": "v"],
                ]
            ])
        harness.handle(
            .logged(DaemonLogEntry(level: .info, message: String(repeating: "x", count: 1 << 20), fields: [:])))
        #expect(try entries([:]).count == 1)
    }
}
