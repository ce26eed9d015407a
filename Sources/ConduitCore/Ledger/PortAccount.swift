// SPDX-License-Identifier: Apache-2.0

/// The usage of one port. The port counts until its account is deinitialized.
///
/// Each charge retains the account, so a closed port still counts as a port while one of its calls is in progress.
/// Otherwise each new port would get a new reserve, and a client could make any number of requests by reconnecting.
final class PortAccount {
    private let user: UserAccount
    private let pid: Int32
    private let program: ProgramAccount
    private(set) var bytes = 0
    private(set) var requests = 0

    init(user: UserAccount, pid: Int32) {
        self.user = user
        self.pid = pid
        program = user.opened(pid)
    }

    deinit { user.closed(pid) }

    /// Charges a reply. A byte limit applies only if its holder already holds bytes: a single reply that is larger than the
    /// limit must be deliverable. A charge of 0 bytes always succeeds.
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

    /// Charges a port's first agent, which may be larger than the limit of its port. Nil if the first agents that this user's
    /// ports have not read fill `uidBytes`: then it counts like any reply.
    func chargeFirstAgent(bytes size: Int) -> Charge? {
        guard size <= user.ledger.limits.uidBytes - user.agentBytes else { return nil }
        user.agentBytes += size
        return Charge(.agent, size, of: self)
    }

    /// Charges an unanswered request.
    func chargeRequest() -> Result<Charge, LedgerRefusal> {
        let limits = user.ledger.limits
        if requests >= limits.portRequests {
            return .failure(refusal(.portRequests, limits.portRequests, held: requests, 1))
        }
        // The reserve does not apply to this limit: a program with many ports would leave nothing for the user's others.
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

    /// Called by `Charge`.
    func release(_ resource: Charge.Resource, _ amount: Int) {
        switch resource {
        case .bytes:
            bytes -= amount
            program.bytes -= amount
            user.bytes -= amount
        case .agent: user.agentBytes -= amount
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
