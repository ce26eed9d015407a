// SPDX-License-Identifier: Apache-2.0

/// The total usage of one user's ports. The ledger contains it as long as the user has a port.
///
/// The account and the ledger retain each other; the end of the user's last port breaks the cycle.
final class UserAccount {
    let uid: UInt32
    let ledger: Ledger
    private(set) var ports = 0
    private var programs: [Int32: ProgramAccount] = [:]
    /// Updated by `PortAccount`, together with the program's total.
    var bytes = 0
    var requests = 0
    /// The first agents that the user's ports have not read, in bytes. Not part of `bytes`.
    var agentBytes = 0

    init(uid: UInt32, ledger: Ledger) {
        self.uid = uid
        self.ledger = ledger
    }

    /// The refusal of one more port, or nil. The program's limit is checked first, as the more specific one.
    func refusal(ofPortFor pid: Int32) -> LedgerRefusal? {
        let limits = ledger.limits
        let own = programs[pid]?.ports ?? 0
        if own >= limits.programPorts { return refusal(.programPorts, limits.programPorts, held: own, pid) }
        if ports >= limits.uidPorts { return refusal(.uidPorts, limits.uidPorts, held: ports, pid) }
        return nil
    }

    private func refusal(_ kind: LedgerLimit, _ value: Int, held: Int, _ pid: Int32) -> LedgerRefusal {
        LedgerRefusal(kind: kind, value: value, held: held, asked: 1, uid: uid, pid: pid)
    }

    /// Returns the program's account; a separate one for each port of pid 0.
    func opened(_ pid: Int32) -> ProgramAccount {
        ports += 1
        let program = programs[pid] ?? ProgramAccount()
        program.ports += 1
        if pid > 0 { programs[pid] = program }
        return program
    }

    func closed(_ pid: Int32) {
        ports -= 1
        if let program = programs[pid] {
            program.ports -= 1
            if program.ports == 0 { programs[pid] = nil }
        }
        if ports == 0 { ledger.forget(uid: uid) }
    }

    var usage: LedgerUsage.User {
        LedgerUsage.User(uid: uid, programs: programs.count, ports: ports, bytes: bytes, requests: requests)
    }
}
