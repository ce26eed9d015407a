/// What one port holds. The port is counted until its account goes.
///
/// Charges keep the account: what a closed port left behind (a call that is still under way) counts as a port still.
/// Otherwise each new port would bring a new reserve, and opening and closing would get any number of requests through.
final class PortAccount {
    private let user: UserAccount
    private let pid: Int32
    private let program: ProgramAccount
    /// Bytes that are charged now.
    private(set) var bytes = 0
    /// Requests that are charged now.
    private(set) var requests = 0

    init(user: UserAccount, pid: Int32) {
        self.user = user
        self.pid = pid
        program = user.opened(pid)
    }

    deinit { user.closed(pid) }

    /// Charges a reply that is kept. Limits on bytes bind only who holds some already: one reply larger than the limit
    /// has to be deliverable. Nothing is always granted.
    func charge(bytes size: Int) -> Result<Charge, LedgerRefusal> {
        let asked = max(0, size)
        let limits = user.ledger.limits
        if bytes > 0, asked > max(0, limits.portBytes - bytes) {
            return .failure(refusal(.portBytes, limits.portBytes, held: bytes, asked))
        }
        let isInReserve = asked <= limits.reserveBytes - bytes
        if !isInReserve, program.bytes > 0, asked > max(0, limits.programBytes - program.bytes) {
            return .failure(refusal(.programBytes, limits.programBytes, held: program.bytes, asked))
        }
        if !isInReserve, user.bytes > 0, asked > max(0, limits.uidBytes - user.bytes) {
            return .failure(refusal(.uidBytes, limits.uidBytes, held: user.bytes, asked))
        }
        bytes += asked
        program.bytes += asked
        user.bytes += asked
        return .success(Charge(.bytes, asked, of: self))
    }

    /// Charges a request that waits for its answer.
    func chargeRequest() -> Result<Charge, LedgerRefusal> {
        let limits = user.ledger.limits
        if requests >= limits.portRequests {
            return .failure(refusal(.portRequests, limits.portRequests, held: requests, 1))
        }
        // No reserve of its ports lifts a program over this: its sisters live on what it leaves.
        if program.requests >= limits.programRequests {
            return .failure(refusal(.programRequests, limits.programRequests, held: program.requests, 1))
        }
        if requests >= limits.reserveRequests, user.requests >= limits.uidRequests {
            return .failure(refusal(.uidRequests, limits.uidRequests, held: user.requests, 1))
        }
        requests += 1
        program.requests += 1
        user.requests += 1
        return .success(Charge(.requests, 1, of: self))
    }

    /// Takes back what a charge held.
    func release(_ resource: Charge.Resource, _ amount: Int) {
        switch resource {
        case .bytes:
            bytes -= amount
            program.bytes -= amount
            user.bytes -= amount
        case .requests:
            requests -= amount
            program.requests -= amount
            user.requests -= amount
        }
    }

    private func refusal(_ kind: LedgerLimit, _ value: Int, held: Int, _ asked: Int) -> LedgerRefusal {
        LedgerRefusal(kind: kind, value: value, held: held, asked: asked, uid: user.uid, pid: pid)
    }
}
