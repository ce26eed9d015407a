// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Messages of exceeded limits")
struct LedgerRefusalTests {
    private static let table: [(LedgerLimit, String)] = [
        (
            .portBytes,
            "this port has 10 bytes of unread replies; 5 more would exceed its limit of 12 (limits.replyBytes)"
        ),
        (
            .uidBytes,
            "the ports of user 1000 have 10 bytes of unread replies in total; 5 more would exceed their limit of 12 "
                + "(limits.uidReplyBytes)"
        ),
        (
            .programBytes,
            "the ports of process 42 of user 1000 have 10 bytes of unread replies in total; "
                + "5 more would exceed their limit of 12 (limits.programReplyBytes)"
        ),
        (
            .programRequests,
            "the ports of process 42 of user 1000 have 10 unanswered requests in total; they may have 12 "
                + "(limits.programRequests)"
        ),
        (.portRequests, "this port has 10 unanswered requests; it may have 12 (limits.requests)"),
        (
            .uidRequests,
            "the ports of user 1000 have 10 unanswered requests in total; they may have 12 "
                + "(limits.uidRequests)"
        ),
        (
            .ports,
            "the daemon has 10 ports, which is all that its limit on open files allows (LimitNOFILE=)"
        ),
        (.uidPorts, "user 1000 has 10 ports; it may have 12 (limits.uidPorts)"),
        (.programPorts, "process 42 of user 1000 has 10 ports; it may have 12 (limits.programPorts)"),
    ]

    @Test("a refusal has the limit's key, its numbers, and the command that raises it", arguments: table)
    func message(kind: LedgerLimit, text: String) {
        let refusal = LedgerRefusal(kind: kind, value: 12, held: 10, asked: 5, uid: 1000, pid: 42)
        #expect(refusal.limit == kind.rawValue)
        #expect(refusal.message == text)
        #expect(
            refusal.error
                == ProtocolError(
                    .tooMany, text,
                    hint: kind == .ports
                        ? "raise LimitNOFILE= of the daemon's unit and restart it, or close ports that partyline status "
                            + "lists"
                        : "raise \(kind.rawValue) in the daemon's configuration, then: partyline reload",
                    retryable: true))
    }

    @Test("the table has every limit")
    func complete() { #expect(Set(Self.table.map(\.0)) == Set(LedgerLimit.allCases)) }

    @Test("a refusal has the numbers of the refused port or user")
    func numbers() throws {
        var limits = LedgerLimits()
        limits.portBytes = 100
        limits.uidPorts = 1
        let ledger = Ledger(limits: limits)
        let port = try ledger.open(uid: 7, pid: 8).get()
        let held = try port.charge(bytes: 90).get()
        #expect(
            failure(port.charge(bytes: 11))
                == LedgerRefusal(kind: .portBytes, value: 100, held: 90, asked: 11, uid: 7, pid: 8))
        #expect(
            failure(ledger.open(uid: 7, pid: 9))
                == LedgerRefusal(kind: .uidPorts, value: 1, held: 1, asked: 1, uid: 7, pid: 9))
        withExtendedLifetime(held) {}
    }

    @Test("usage as getStatus returns it")
    func usage() throws {
        let ledger = Ledger(limits: LedgerLimits())
        #expect(ledger.usage.status == DaemonStatus.Ledger(ports: 0, replyBytes: 0, requests: 0, users: []))
        let ports = try [(1001, 5), (1000, 5), (1000, 6)].map { try ledger.open(uid: $0, pid: $1).get() }
        let held = try [
            ports[0].charge(bytes: 10).get(), ports[1].charge(bytes: 1).get(), ports[2].chargeRequest().get(),
        ]
        #expect(
            ledger.usage.status
                == DaemonStatus.Ledger(
                    ports: 3, replyBytes: 11, requests: 1,
                    users: [
                        .init(uid: 1000, programs: 2, ports: 2, replyBytes: 1, requests: 1),
                        .init(uid: 1001, programs: 1, ports: 1, replyBytes: 10, requests: 0),
                    ]))
        withExtendedLifetime(held) {}
    }

    private func failure<Value>(_ result: Result<Value, LedgerRefusal>) -> LedgerRefusal? {
        if case .failure(let refusal) = result { refusal } else { nil }
    }
}
