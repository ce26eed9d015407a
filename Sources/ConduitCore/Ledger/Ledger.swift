/// Who holds how much: bytes of replies that are kept, requests that wait for an answer, and ports.
///
/// What is granted is held by an object (a `PortAccount`, a `Charge`) and given back when that object goes, so that no
/// way out of a port or of a request can forget to. Hence classes, in a core that is values elsewhere. They count
/// without a lock and are not Sendable: a ledger belongs to one machine and is used by the one thread that runs it.
final class Ledger {
    /// Changed by a reload. Who holds more than a new limit allows keeps it, but gets nothing on top.
    var limits: LedgerLimits
    private var users: [UInt32: UserAccount] = [:]

    init(limits: LedgerLimits) { self.limits = limits }

    /// Counts a port of a program. Pid 0 is a process that the kernel cannot name here (it lives in another pid
    /// namespace): such ports may be of many programs, and count for their user alone.
    func open(uid: UInt32, pid: Int32) -> Result<PortAccount, LedgerRefusal> {
        let user = users[uid] ?? UserAccount(uid: uid, ledger: self)
        if let refusal = user.refusal(ofPortFor: pid) { return .failure(refusal) }
        users[uid] = user
        return .success(PortAccount(user: user, pid: pid))
    }

    /// A user's last port is gone.
    func forget(uid: UInt32) { users[uid] = nil }

    /// What is held now, for `getStatus`.
    var usage: LedgerUsage { LedgerUsage(users: users.values.map(\.usage).sorted { $0.uid < $1.uid }) }
}
