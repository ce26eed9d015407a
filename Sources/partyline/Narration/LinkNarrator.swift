// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The data of `partyline::link`.
struct LinkState: Equatable {
    let state: DaemonStatus.Link.State
    /// True if the agent has not been confirmed for so long that it must not be taken for the present one.
    let isStale: Bool
    let reason: String?
    /// When the daemon received the newest agent, as the daemon wrote it.
    let asOf: String?

    /// Nil if the daemon knows a state that this version does not.
    init?(_ data: JSON?) {
        guard let data, let state = data["state"]?.string.flatMap(DaemonStatus.Link.State.init) else { return nil }
        self.state = state
        isStale = data["stale"]?.bool ?? false
        reason = data["lastError"]?.string
        asOf = data["asOf"]?.string
    }

    /// One line, for a list of events.
    var summary: String {
        let age = asOf.flatMap { Timestamp.milliseconds($0) }.map { " since \(WallClock.timeOfDay($0))" } ?? ""
        // The reason of a failure that is over says nothing about now.
        let problem = state == .up ? nil : reason
        return [state.rawValue, problem, isStale ? "stale\(age)" : nil].compactMap { $0 }.joined(separator: " · ")
    }
}

/// Turns `partyline::link` into sentences. The daemon repeats the newest to each subscriber, so only changes are told.
struct LinkNarrator {
    private var last: LinkState?

    mutating func sentence(_ data: JSON?) -> Sentence? {
        guard let new = LinkState(data) else { return nil }
        let old = last
        last = new
        guard old?.state != new.state || old?.isStale != new.isStale else { return nil }
        let reason = new.reason.map { ": \($0)" } ?? ""
        switch new.state {
        case .idle: return nil
        case .up:
            guard old?.state == .degraded || old?.state == .down else { return nil }
            return Sentence(who: Self.who, what: "answers again", tone: .good)
        case .degraded where new.isStale:
            return Sentence(who: Self.who, what: "has not answered for a while: this may be out of date", tone: .bad)
        case .degraded: return Sentence(who: Self.who, what: "does not answer at the moment\(reason)", tone: .waiting)
        case .down:
            // A link that is down is always stale.
            guard old?.state != .down else { return nil }
            return Sentence(who: Self.who, what: "cannot be reached\(reason)", tone: .bad)
        }
    }

    private static let who = "Amazon Connect"
}
