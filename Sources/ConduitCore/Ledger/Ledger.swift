// SPDX-License-Identifier: Apache-2.0

/// Counts what each user, program and port holds: bytes of unread replies, unanswered requests and ports.
///
/// An object (`PortAccount`, `Charge`) represents each grant, and its deinitialization releases the grant, so no code path
/// that ends a port or a request can forget to do so. These are therefore classes, in a core that consists of values
/// otherwise. They use no locks and are not `Sendable`: a ledger belongs to one conduit and runs on its thread.
final class Ledger {
    /// Changed by a reload. A holder above a new limit keeps what it has but is granted nothing more.
    var limits: LedgerLimits
    private var users: [UInt32: UserAccount] = [:]

    init(limits: LedgerLimits) { self.limits = limits }

    /// Opens an account for a port of a program. Pid 0 is any process of another pid namespace: its ports may belong to
    /// several programs, and count towards the user's limits only.
    func open(uid: UInt32, pid: Int32) -> Result<PortAccount, LedgerRefusal> {
        let user = users[uid] ?? UserAccount(uid: uid, ledger: self)
        let held = users.values.reduce(0) { $0 + $1.ports }
        let reserve = user.ports < limits.fewPorts ? 0 : min(limits.reservedPorts, limits.ports / 4)
        guard held < limits.ports - reserve else {
            return .failure(
                LedgerRefusal(kind: .ports, value: limits.ports - reserve, held: held, asked: 1, uid: uid, pid: pid))
        }
        if let refusal = user.refusal(ofPortFor: pid) { return .failure(refusal) }
        users[uid] = user
        return .success(PortAccount(user: user, pid: pid))
    }

    /// Removes a user whose last port is gone.
    func forget(uid: UInt32) { users[uid] = nil }

    /// Current usage, for `getStatus`.
    var usage: LedgerUsage { LedgerUsage(users: users.values.map(\.usage).sorted { $0.uid < $1.uid }) }
}
