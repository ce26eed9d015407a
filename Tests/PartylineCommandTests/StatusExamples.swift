// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Example statuses, built from the type: a status that no daemon can send does not compile.
enum StatusExamples {
    /// 2026-01-01T00:10:00Z
    static let now: Int64 = 1_767_226_200_000

    /// An available agent, two connected programs, no problem.
    static let healthy = DaemonStatus(
        daemon: .init(
            version: "0.1.0", pid: 42, startedAt: now - 600_000, uptimeMs: 600_000, epoch: "e", lostLogLines: 0),
        session: .init(source: .authorize, state: .running),
        auth: .init(state: .signedIn, since: now - 600_000, expiresAt: now + 3_600_000),
        link: .init(
            state: .up, since: now - 600_000, callsInFlight: 0, failures: 0, syncsInFlight: 0,
            endpoint: "https://x/api"),
        webSocket: .init(state: .open, since: now - 60_000, topics: ["aws/chat", "aws/task"]),
        agent: .init(
            asOf: now - 1200, ageMs: 1200, configurationAsOf: now - 20_000, configurationAgeMs: 20_000, skewMs: 3,
            name: "Ada", state: "Available"),
        state: .init(kept: .systemd, place: "partyline-state"), ports: .init(count: 2, list: [softphone, crm]),
        eventLog: .init(
            clock: "e:10", lines: 10, bytes: 1536, first: 1, next: 11, oldest: "e:1", supersededBytes: 0,
            formerRuns: 0),
        ledger: .init(
            ports: 2, replyBytes: 0, requests: 0,
            users: [.init(uid: 1000, programs: 2, ports: 2, replyBytes: 0, requests: 0)]),
        counters: Counts { $0 == .connections ? 2 : 0 }, limits: Counts { limits[$0] ?? 1 })

    private static let limits: [DaemonStatus.Limit: Int] = [
        .uidPorts: 256, .programPorts: 64, .requests: 32, .replyBytes: 4_194_304, .eventLogBytes: 16_777_216,
        .lineBytes: 1_048_576,
    ]

    private static let softphone = port("softphone", pid: 7, .admin)
    private static let crm = port("crm", pid: 1234, .operator)

    private static func port(_ program: String, pid: Int, _ role: Role) -> DaemonStatus.Port {
        .init(
            id: "1-\(pid)", pid: pid, uid: 1000, program: program, role: role, connectedAt: now - 3_000, linesSent: 1,
            behind: 0, replyBytes: 0, requests: 0, dialect: .streams)
    }

    /// The service is unreachable, one subscriber is slow, every field is shown.
    static let busy = changed { status in
        status.link = .init(
            state: .down, since: now - 60_000, callsInFlight: 2, lastError: "connection refused", failures: 3,
            nextRetry: now + 4_000, syncsInFlight: 1, endpoint: "https://x/api")
        status.agent?.skewMs = 90_000
        status.ledger.users[0].requests = 1
        status.counters = Counts { [.connections: 12, .refusedConnections: 2][$0] ?? 0 }
        status.ports.list[1].role = .observer
        status.ports.list[1].dialect = .subscriber
        status.ports.list[1].events = ["contact::*", "agent::acw"]
        status.ports.list[1].mode = .latest
        status.ports.list[1].behind = 7
        status.ports.list[1].requests = 1
        status.ports.list[1].replyBytes = 2048
    }

    /// The healthy status with a change.
    static func changed(_ change: (inout DaemonStatus) -> Void) -> DaemonStatus {
        var status = healthy
        change(&status)
        return status
    }
}
