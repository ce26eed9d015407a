// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Lost lines of Streams ports")
struct LossTests {
    /// `partyline::lagged` with the clocks of the first and the last lost line.
    private func lagged(_ from: Int, _ to: Int) -> String {
        #"{"event":"partyline::lagged","data":{"from":"e1:\#(from)","to":"e1:\#(to)"}}"#
    }

    private func metric(_ number: Int) -> ConduitEvent { .publish(EventName.apiMetric, RawJSON(.int(number))) }
    private func line(_ number: Int) -> String { #"{"event":"api_metric","data":\#(number)}"# }
    private func update(_ number: Int) -> String {
        #"{"event":"agent::update","data":{"snapshot":{"n":\#(number),"contacts":[]},"configuration":{}}}"#
    }

    private func agent(_ number: Int) -> ConduitEvent {
        .agent(
            AgentData(
                snapshot: SnapshotData(json: JSONObject([("n", .int(number))])),
                configuration: AgentConfiguration(json: JSONObject())))
    }

    @Test("dropped metrics → partyline::lagged once, then the remaining lines")
    func metrics() {
        let harness = ConduitHarness { $0.logLines = 16 }
        let one = harness.port(1)
        harness.handle(.publish("a", nil))
        for number in 1...5 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [lagged(2, 5), #"{"event":"a"}"#, line(4), line(5)])
        #expect(harness.conduit.counters.lags == 1)
        for number in 6...7 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [line(6), line(7)])
    }

    @Test("a single dropped metric → partyline::lagged")
    func oneMetric() {
        let harness = ConduitHarness { $0.logLines = 8 }
        let one = harness.port(1)
        for number in 1...2 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [lagged(2, 2), line(2)])
        for number in 3...4 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [lagged(4, 4), line(4)])
    }

    @Test("a cached batch is not used for a port at the same position after lines were dropped")
    func goneMeanwhile() {
        let harness = ConduitHarness { $0.logLines = 16 }
        let ports = (1...2).map { harness.port($0) }
        _ = harness.read(ports[0])
        for number in 1...2 { harness.handle(metric(number)) }
        for port in ports { harness.send(port, #"{"event":"synchronize"}"#) }
        let ack = #"{"event":"acknowledge"}"#
        #expect(harness.read(ports[0]) == [line(1), line(2), ack])
        for number in 3...4 { harness.handle(metric(number)) }
        #expect(harness.read(ports[1]) == [lagged(3, 4), ack, line(3), line(4)])
    }

    @Test("dropped older agents are no loss")
    func updates() {
        let harness = ConduitHarness { $0.logLines = 16 }
        let one = harness.port(1)
        for number in 1...4 { harness.handle(agent(number)) }
        #expect(harness.read(one) == [update(3), update(4)])
        #expect(harness.conduit.counters.lags == 0)
    }

    @Test("the newest agent is sent even if metrics pushed it out of the log", arguments: [false, true])
    func newestUpdate(isLate: Bool) {
        let harness = ConduitHarness { $0.logLines = 16 }
        let one = harness.port(1)
        let presence = harness.port(2, role: .presence)
        _ = harness.read(one)
        harness.handle(agent(1))
        harness.handle(metric(1))
        harness.handle(metric(2))
        #expect(harness.read(one, isLate: isLate).filter { $0.contains("agent::update") } == [update(1)])
        let narrow = #"{"event":"agent::update","data":{"snapshot":{},"configuration":{}}}"#
        #expect(harness.read(presence, isLate: isLate) == [narrow])
        harness.handle(metric(3))
        #expect(harness.read(one, isLate: isLate) == [line(3)])
        #expect(harness.read(presence, isLate: isLate) == [])
    }

    @Test("a port that opened before the newest agent gets it, too")
    func newcomer() {
        let harness = ConduitHarness { $0.logLines = 16 }
        harness.handle(agent(1))
        let one = harness.open(1)
        harness.handle(agent(2))
        for number in 1...2 { harness.handle(metric(number)) }
        #expect(harness.read(one).filter { $0.contains("agent::update") } == [update(2)])
    }

    @Test("a new port that lags at once gets the newest agent once")
    func laggedNewcomer() {
        let harness = ConduitHarness { $0.logLines = 2 }
        harness.handle(agent(1))
        let one = harness.open(1)
        for number in 2...4 { harness.handle(agent(number)) }
        #expect(harness.read(one).filter { $0.contains("agent::update") } == [update(4)])
    }

    @Test(
        "a late port skips superseded agent updates", arguments: [false, true])
    func late(isLate: Bool) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        for number in 1...3 {
            harness.handle(agent(number))
            harness.handle(metric(number))
        }
        let all = (1...3).flatMap { isLate && $0 < 3 ? [line($0)] : [update($0), line($0)] }
        #expect(harness.read(one, isLate: isLate) == all)
    }

    @Test("a lagging port → one log line, even if it never reads")
    func verdict() {
        let harness = ConduitHarness { $0.logLines = 3 }
        let one = harness.port(1)
        harness.forget()
        let verdict =
            "a port is too slow: lines were left out, and it receives partyline::lagged (limits.eventLogBytes)"
        for _ in 0..<30 {
            harness.advance(100)
            harness.handle(.publish("a", nil))
        }
        #expect(harness.journal == [verdict])
        _ = harness.read(one)
        for _ in 0..<30 {
            harness.advance(100)
            harness.handle(.publish("a", nil))
        }
        #expect(harness.journal == [verdict, verdict])
        #expect(harness.conduit.counters.lags == 2)
    }

    @Test("a port that lags again after a new subscription → another log line")
    func beginsAnew() {
        let harness = ConduitHarness { $0.logLines = 3 }
        let one = harness.port(1)
        for round in 1...2 {
            for _ in 0..<5 {
                harness.advance(1_000)
                harness.handle(.publish("a", nil))
            }
            #expect(harness.conduit.counters.lags == round)
            harness.subscribe(one, "*")
            #expect(harness.briefly(one) == ["partyline::response"])
        }
    }

    @Test("several lagging ports are logged in their order within a second, without further events")
    func verdicts() {
        let harness = ConduitHarness { $0.logLines = 1 }
        for number in 1...20 { harness.open(UInt64(number)) }
        harness.handle(.publish("a", nil))
        harness.advance(1_000)
        let ports = harness.recorded.compactMap { action in
            if case .log(.warning, _, let fields) = action { fields["port"] } else { nil }
        }
        #expect(ports == (1...20).map { "1735732800000-n\($0)" })
        #expect(harness.timers.isEmpty)
    }

    @Test("dropped metrics are no loss for presence")
    func presence() {
        let harness = ConduitHarness { $0.logLines = 8 }
        let one = harness.port(1, role: .presence)
        for number in 1...5 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [])
        #expect(harness.conduit.counters.lags == 0)
    }
}
