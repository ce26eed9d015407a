// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The conduit's part of getStatus")
struct StatusTests {
    @Test("ports, event log, counters and limits")
    func status() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.advance(1_000)
        harness.open(2)
        harness.open(3, uid: 5)
        harness.send(one, "x")
        harness.send(one, #"{"event":"unknown"}"#)
        let reply = errorLine(
            "invalid_line", "the line is not a JSON object: unexpected character at byte 0",
            hint: #"a line looks like {"event":"synchronize"}"#)
        let status = harness.conduit.status
        let unread = status.ports.list.last?.replyBytes ?? 0
        #expect(
            status.ports
                == DaemonStatus.Ports(
                    count: 2,
                    list: [
                        port("1735732800000-n1", at: 0, lines: 2, replyBytes: reply.utf8.count + 1),
                        port("1735732801000-n2", at: 1_000, lines: 0, replyBytes: unread),
                    ]))
        let size = ccps(1).utf8.count - 1
        #expect(
            status.eventLog
                == DaemonStatus.EventLog(
                    clock: "e1:2", lines: 2, bytes: 2 * size, first: 1, next: 3, oldest: "e1:0", supersededBytes: 0,
                    formerRuns: 0))
        let counted: [DaemonStatus.Counter: Int] = [
            .connections: 2, .refusedConnections: 1, .badLines: 1, .unknownEvents: 1,
        ]
        #expect(status.counters == Counts { counted[$0] ?? 0 })
        #expect(status.limits == Counts { Self.limits[$0] ?? -1 })
    }

    private static let limits: [DaemonStatus.Limit: Int] = [
        .lineBytes: 1_048_576, .badLines: 100, .eventLogBytes: 16_777_216, .eventLogLines: 65_536,
        .supersededBytes: 4_194_304, .replyBytes: 4_194_304, .programReplyBytes: 16_777_216,
        .uidReplyBytes: 67_108_864, .requests: 64, .programRequests: 128, .uidRequests: 256, .uidPorts: 4096,
        .programPorts: 2048, .requestsPerSecond: 200, .requestBurst: 400,
    ]

    private func port(_ id: String, at milliseconds: Int64, lines: Int, replyBytes: Int) -> DaemonStatus.Port {
        .init(
            id: id, pid: 42, uid: 1000, program: "test", role: .admin, connectedAt: 1_735_732_800_000 + milliseconds,
            linesSent: lines, behind: 1, replyBytes: replyBytes, requests: 0, dialect: .streams)
    }

    @Test("a subscriber has its patterns, mode and pending requests, and the ledger has its user")
    func subscriber() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "contact::*", "mute", mode: "latest")
        _ = harness.read(one)
        for _ in 1...2 { harness.ask(one, "getStatus") }
        let port = harness.conduit.status.ports.list.first
        #expect(port?.dialect == .subscriber && port?.requests == 2 && port?.behind == 0)
        #expect(port?.events == ["contact::*", "mute"] && port?.eventsInAll == nil && port?.mode == .latest)
        let users = [DaemonStatus.User(uid: 1000, programs: 1, ports: 1, replyBytes: 0, requests: 2)]
        #expect(
            harness.conduit.status.ledger
                == DaemonStatus.Ledger(ports: 1, replyBytes: 0, requests: 2, users: users))
    }

    @Test("many patterns → the first 16 and their number")
    func patterns() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let patterns = (0..<20).map { "event\($0)" }
        harness.ask(one, "subscribe", ["events": .array(patterns.map { .string($0) })])
        let port = harness.conduit.status.ports.list.first
        #expect(port?.events == Array(patterns.prefix(16)) && port?.eventsInAll == 20 && port?.mode == .all)
    }

    @Test("dropped and superseded lines in the event log's status")
    func log() {
        let harness = ConduitHarness { $0.logLines = 2 }
        for name in ["a", "b", EventName.apiMetric, "c"] { harness.handle(.publish(name, nil)) }
        #expect(
            harness.conduit.status.eventLog
                == DaemonStatus.EventLog(
                    clock: "e1:4", lines: 3, bytes: 24, first: 2, next: 5, oldest: "e1:1", supersededBytes: 21,
                    formerRuns: 0))
    }

    @Test("lines that are encoded for a single port count as sent")
    func linesSent() {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        let before = harness.conduit.status.ports.list.first?.linesSent ?? 0
        harness.updateAgent()
        harness.send(one, #"{"event":"synchronize"}"#)
        let sent = harness.read(one).count
        #expect(sent == 2)
        #expect(harness.conduit.status.ports.list.first?.linesSent == before + sent)
    }

    @Test("a process without a known program → program is null")
    func noProgram() {
        let harness = ConduitHarness()
        let peer = Peer(pid: 1, uid: 0, groups: [], program: nil)
        harness.handle(.opened(PortID(number: 1), peer, nonce: "n"))
        let port = harness.conduit.status.ports.list.first
        #expect(port != nil && port?.program == nil)
        #expect(harness.recorded.first == .log(.debug, "a port opened", ["pid": "1", "uid": "0", "program": "?"]))
    }
}
