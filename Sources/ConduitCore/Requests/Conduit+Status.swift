// SPDX-License-Identifier: Apache-2.0
public import StreamsProtocol

/// The downstream half's part of `getStatus`.
public struct ConduitStatus: Equatable, Sendable {
    public let ports: DaemonStatus.Ports
    public let eventLog: DaemonStatus.EventLog
    /// The bytes and requests charged to ports, programs and users.
    public let ledger: DaemonStatus.Ledger
    public let counters: Counts<DaemonStatus.Counter>
    /// The limits in force.
    public let limits: Counts<DaemonStatus.Limit>
}

extension Conduit {
    /// The downstream half's part of `getStatus`.
    public var status: ConduitStatus {
        let list = ports.values.sorted { $0.id < $1.id }.map { portStatus($0) }
        return ConduitStatus(
            ports: .init(count: portCount, list: list), eventLog: logStatus, ledger: ledger.usage.status,
            counters: Counts { counter($0) }, limits: Counts { limit($0) })
    }

    private var logStatus: DaemonStatus.EventLog {
        .init(
            clock: clock, lines: log.entries.count, bytes: log.bytes, first: Int(log.first), next: Int(log.end),
            oldest: clock(max(log.lastDropped, log.historyStart)), supersededBytes: log.supersededBytes,
            formerRuns: clocks.formerRuns.count)
    }

    private func counter(_ counter: DaemonStatus.Counter) -> Int {
        switch counter {
        case .connections: counters.connections
        case .refusedConnections: counters.refusedConnections
        case .badLines: counters.badLines
        case .unknownEvents: counters.unknownEvents
        case .ignoredConfigures: counters.ignoredConfigures
        case .refusedMessages: counters.refusedMessages
        case .limitedRequests: counters.limitedRequests
        case .lags: counters.lags
        }
    }

    private func limit(_ limit: DaemonStatus.Limit) -> Int {
        switch limit {
        case .lineBytes: settings.lineLimit
        case .badLines: settings.badLineLimit
        case .eventLogBytes: settings.logBytes
        case .eventLogLines: settings.logLines
        case .supersededBytes: settings.supersededBytes
        case .replyBytes: settings.ledger.portBytes
        case .programReplyBytes: settings.ledger.programBytes
        case .uidReplyBytes: settings.ledger.uidBytes
        case .requests: settings.ledger.portRequests
        case .programRequests: settings.ledger.programRequests
        case .uidRequests: settings.ledger.uidRequests
        case .uidPorts: settings.ledger.uidPorts
        case .programPorts: settings.ledger.programPorts
        case .requestsPerSecond: settings.requestsPerSecond
        case .requestBurst: settings.requestBurst
        }
    }

    private static let shownPatterns = 16

    private func portStatus(_ port: Port) -> DaemonStatus.Port {
        let key = port.interest.key
        // Cut off: many ports may have many patterns each.
        let shown = key.patterns.map { $0.prefix(Self.shownPatterns).map(\.text) }
        let isCut = (key.patterns?.count ?? 0) > Self.shownPatterns
        return .init(
            id: port.name, pid: Int(port.peer.pid), uid: Int(port.peer.uid), program: port.peer.program,
            role: port.role, connectedAt: port.connectedAt.wall, linesSent: port.linesSent,
            behind: Int(log.end - min(port.cursor, log.end)), replyBytes: port.account.bytes,
            requests: port.account.requests, dialect: port.interest.isSubscriber ? .subscriber : .streams,
            events: shown, eventsInAll: isCut ? key.patterns?.count : nil,
            mode: shown.map { _ in key.isLatest ? .latest : .all })
    }
}
