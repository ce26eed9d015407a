// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Immediate snapshots (`sync`), in addition to the long poll. One request is under way at a time, and syncs share it.
///
/// A sync is a barrier: its snapshot must not be older than anything done before the sync, through any client. So a sync
/// never joins a request that is already under way. Syncs that arrive meanwhile share the next request.
struct SnapshotSync: Equatable {
    /// What a snapshot is requested for.
    enum Purpose: Equatable {
        case client(SyncTicket)
        /// The logout with this number.
        case logout(Int)

        fileprivate var isForLogout: Bool { if case .logout = self { true } else { false } }
    }

    /// The syncs that share the request under way, in order; empty if there is no request.
    private(set) var inFlight: [Purpose] = []
    /// The syncs that wait for the next request.
    private(set) var waiting: [Purpose] = []
    /// The timestamp of the last snapshot that the long poll returned while the request was under way. The request's
    /// snapshot is ignored if it is older.
    var floor: Int64?

    var isAsking: Bool { !inFlight.isEmpty }

    var count: Int { inFlight.count + waiting.count }

    mutating func join(_ purpose: Purpose) { waiting.append(purpose) }

    /// A request is sent or retried. All waiting syncs arrived before it, so they share it.
    mutating func sent() {
        inFlight += waiting
        waiting = []
        floor = nil
    }

    /// The request ended. Returns the syncs that shared it.
    mutating func ended() -> [Purpose] {
        defer { inFlight = [] }
        // The logout comes last: it may end the session that the others ask about.
        return inFlight.filter { !$0.isForLogout } + inFlight.filter(\.isForLogout)
    }
}

extension Session {
    mutating func sync(_ purpose: SnapshotSync.Purpose) {
        if let error = syncRejection { return ended(purpose, error) }
        syncs.join(purpose)
        if !syncs.isAsking { sendSync() }
    }

    private mutating func sendSync() {
        syncs.sent()
        // Without a nextToken the service responds at once.
        send(.getAgentSnapshot, ["timeout": 0], for: .sync)
    }

    mutating func syncEnded(_ result: CallResult) {
        let error = applySync(result)
        for purpose in syncs.ended() { ended(purpose, error) }
        guard !syncs.waiting.isEmpty else { return }
        if let error = syncRejection { return endSyncs(error) }
        sendSync()
    }

    private mutating func applySync(_ result: CallResult) -> ProtocolError? {
        do throws(ServiceError) {
            let answer = try SnapshotAnswer(result)
            pollSucceeded()
            // An older snapshot is ignored, and the sync is still satisfied: the long poll's newer snapshot was taken after
            // the request was sent.
            if !answer.isOlder(than: syncs.floor) {
                if snapshots.isAsking { snapshots.floor = answer.taken }
                apply(answer)
            }
            guard configurations.configuration == nil else { return nil }
            return ProtocolError(
                .notReady, "there is no agent yet: its configuration has not arrived",
                hint: Self.statusHint, retryable: true)
        } catch {
            _ = suspendsPolling(after: error)
            return syncError(error)
        }
    }

    /// Replies to all syncs with an error, because no snapshot will arrive.
    mutating func endSyncs(_ error: ProtocolError) {
        syncs.sent()
        for purpose in syncs.ended() { ended(purpose, error) }
    }

    private mutating func ended(_ purpose: SnapshotSync.Purpose, _ error: ProtocolError?) {
        switch purpose {
        case .client(let ticket): actions.append(.synced(ticket, error))
        case .logout(let number): contactsChecked(number, error)
        }
    }

    // MARK: Errors

    static let statusHint = "partyline status"

    /// Why a request for a snapshot would fail; nil if it may succeed.
    private var syncRejection: ProtocolError? {
        if snapshots.isSuspended {
            return tokens.isSignedOut ? signedOutError : accessDeniedError("polling resumes with a new token")
        }
        guard credentials == nil else { return nil }
        let absence = absence(at: now) ?? .starting
        // A session that is starting needs nothing but time.
        return absence.error(hint: absence == .starting ? nil : Self.statusHint)
    }

    private func syncError(_ error: ServiceError) -> ProtocolError {
        let reason = error.summary(of: .getAgentSnapshot)
        switch error.kind {
        case .unauthorized:
            guard !tokens.isSignedOut else { return signedOutError }
            return ProtocolError(
                .unauthorized, "the service refused the session's token: \(reason)", hint: Self.statusHint,
                retryable: true)
        case .accessDenied: return accessDeniedError(reason)
        case .ordinary:
            return ProtocolError(
                error.isThrottled ? .tooMany : .unavailable, "the service returned no snapshot: \(reason)",
                hint: Self.statusHint, retryable: true, retryAfterMs: error.retryAfterMs)
        }
    }

    private var signedOutError: ProtocolError {
        SessionAbsence.signedOut(tokens.source.kind, tokens.problem(at: now)).error(hint: Self.statusHint)
    }

    private func accessDeniedError(_ reason: String) -> ProtocolError {
        ProtocolError(.notPermitted, "the service denied access to snapshots: \(reason)", hint: Self.statusHint)
    }
}
