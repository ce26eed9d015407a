/// What the ports of one user hold together. It is known to the ledger as long as the user has a port.
///
/// Account and ledger hold each other; that ends with the user's last port.
final class UserAccount {
    let uid: UInt32
    let ledger: Ledger
    private(set) var ports = 0
    private var programs: [Int32: ProgramAccount] = [:]
    /// Kept by the ports' accounts, which know both sums to change.
    var bytes = 0
    var requests = 0

    init(uid: UInt32, ledger: Ledger) {
        self.uid = uid
        self.ledger = ledger
    }

    /// Why one more port of that program is refused, if it is: its own limit first, as the nearer one.
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

    /// The program's account; one of its own for a port whose program has no name here.
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
