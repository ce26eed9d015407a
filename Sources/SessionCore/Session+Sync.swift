import AgentModel
import StreamsProtocol

/// Snapshots that clients ask for at once (`sync`), beside the long poll: one request at a time, for all who may share
/// it.
///
/// A sync is a barrier: what its snapshot shows is not older than anything that was done before the sync, by whatever
/// way. So nobody joins a request that is out already; those who come while it is wait for the next one together.
struct SnapshotSync: Equatable {
    /// Who waits for the request under way, in order; empty if there is none.
    private(set) var sharing: [UInt64] = []
    /// Who waits for the next one.
    private(set) var waiting: [UInt64] = []
    /// When a snapshot was taken that the long poll brought while the request was out: an older one is not shown.
    var floor: Int64?

    var isAsking: Bool { !sharing.isEmpty }

    var count: Int { sharing.count + waiting.count }

    mutating func join(_ number: UInt64) { waiting.append(number) }

    /// A request goes out, or goes out again: all who wait have asked before, and share it.
    mutating func sent() {
        sharing += waiting
        waiting = []
        floor = nil
    }

    /// The request ended; those who shared it.
    mutating func ended() -> [UInt64] {
        defer { sharing = [] }
        return sharing
    }
}

extension Session {
    mutating func sync(_ number: UInt64) {
        if let obstacle = syncObstacle { return actions.append(.synced(number, obstacle)) }
        syncs.join(number)
        if !syncs.isAsking { askSync() }
    }

    private mutating func askSync() {
        syncs.sent()
        // Without a nextToken the service answers at once.
        send("getAgentSnapshot", ["timeout": 0], for: .sync)
    }

    mutating func syncEnded(_ result: CallResult) {
        let fault = takeSync(result)
        for number in syncs.ended() { actions.append(.synced(number, fault)) }
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

    /// Answers all who wait, because no snapshot will come.
    mutating func endSyncs(_ fault: ProtocolError) {
        syncs.sent()
        for number in syncs.ended() { actions.append(.synced(number, fault)) }
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
        return ProtocolError(
            .notReady, isTerminated ? Self.terminatedByClient : notReady, hint: Self.statusHint, retryable: true)
    }

    private func syncFault(_ error: ServiceError) -> ProtocolError {
        let words = error.words(about: "getAgentSnapshot")
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
        ProtocolError(
            .notAuthenticated, "the session is signed out" + (tokens.lastError.map { ": \($0)" } ?? ""),
            hint: Self.statusHint)
    }

    private func deniedFault(_ words: String) -> ProtocolError {
        ProtocolError(.notPermitted, "the service denies this session its snapshots: \(words)", hint: Self.statusHint)
    }
}
