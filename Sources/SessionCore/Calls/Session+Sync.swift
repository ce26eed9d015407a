import AgentModel
import StreamsProtocol

/// Snapshots that are wanted at once (`sync`), beside the long poll: one request at a time, for all syncs that may share
/// it.
///
/// A sync is a barrier: its snapshot is not older than anything that was done before the sync, by whatever way. So a sync
/// never joins a request that is out already; syncs that come meanwhile share the next request.
struct SnapshotSync: Equatable {
    /// The syncs that share the request under way, in order; empty if there is none.
    private(set) var sharing: [SyncTicket] = []
    /// The syncs that wait for the next one.
    private(set) var waiting: [SyncTicket] = []
    /// When a snapshot was taken that the long poll brought while the request was out: an older one is not shown.
    var floor: Int64?

    var isAsking: Bool { !sharing.isEmpty }

    var count: Int { sharing.count + waiting.count }

    mutating func join(_ ticket: SyncTicket) { waiting.append(ticket) }

    /// A request goes out, or goes out again: every waiting sync came before it, and shares it.
    mutating func sent() {
        sharing += waiting
        waiting = []
        floor = nil
    }

    /// The request ended; returns the syncs that shared it.
    mutating func ended() -> [SyncTicket] {
        defer { sharing = [] }
        return sharing
    }
}

extension Session {
    mutating func sync(_ ticket: SyncTicket) {
        if let obstacle = syncObstacle { return actions.append(.synced(ticket, obstacle)) }
        syncs.join(ticket)
        if !syncs.isAsking { askSync() }
    }

    private mutating func askSync() {
        syncs.sent()
        // Without a nextToken the service answers at once.
        send(.getAgentSnapshot, ["timeout": 0], for: .sync)
    }

    mutating func syncEnded(_ result: CallResult) {
        let fault = takeSync(result)
        for ticket in syncs.ended() { actions.append(.synced(ticket, fault)) }
        guard !syncs.waiting.isEmpty else { return }
        if let obstacle = syncObstacle { return endSyncs(obstacle) }
        askSync()
    }

    private mutating func takeSync(_ result: CallResult) -> ProtocolError? {
        do throws(ServiceError) {
            let answer = try SnapshotAnswer(result)
            reached()
            // What the long poll brought meanwhile and is newer holds too: it was taken after the question.
            if !answer.isOlder(than: syncs.floor) {
                if snapshots.isAsking { snapshots.floor = answer.taken }
                show(answer)
            }
            guard configurations.configuration == nil else { return nil }
            return ProtocolError(
                .notReady, "the agent's configuration is still on its way: there is no agent to show yet",
                hint: Self.statusHint, retryable: true)
        } catch {
            _ = stands(after: error)
            return syncFault(error)
        }
    }

    /// Answers all syncs, because no snapshot will come.
    mutating func endSyncs(_ fault: ProtocolError) {
        syncs.sent()
        for ticket in syncs.ended() { actions.append(.synced(ticket, fault)) }
    }

    // MARK: Why there is no snapshot

    static let statusHint = "partyline status"

    /// Why it is of no use to ask; nil if it may be.
    private var syncObstacle: ProtocolError? {
        if snapshots.isStanding {
            return tokens.auth == .refused ? signedOutFault : deniedFault("it will not be asked before a new token")
        }
        guard credentials == nil else { return nil }
        if tokens.auth == .refused { return signedOutFault }
        return (isTerminated ? SessionAbsence.terminated : .noToken(tokens.source.kind)).error(hint: Self.statusHint)
    }

    private func syncFault(_ error: ServiceError) -> ProtocolError {
        let words = error.words(about: .getAgentSnapshot)
        switch error.kind {
        case .unauthorized:
            guard tokens.auth != .refused else { return signedOutFault }
            return ProtocolError(
                .unauthorized, "the service refused the session's token: \(words)", hint: Self.statusHint,
                retryable: true)
        case .accessDenied: return deniedFault(words)
        case .ordinary:
            return ProtocolError(
                error.isThrottled ? .tooMany : .unavailable, "the service gave no snapshot: \(words)",
                hint: Self.statusHint, retryable: true)
        }
    }

    private var signedOutFault: ProtocolError {
        SessionAbsence.signedOut(tokens.lastError).error(hint: Self.statusHint)
    }

    private func deniedFault(_ words: String) -> ProtocolError {
        ProtocolError(.notPermitted, "the service denies this session its snapshots: \(words)", hint: Self.statusHint)
    }
}
