// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

extension LinkState {
    /// Nil for a state that this version does not know.
    fileprivate var known: DaemonStatus.Link.State? { DaemonStatus.Link.State(rawValue: state) }

    /// One line, for a list of events.
    var summary: String {
        let age = asOf.flatMap { Timestamp.milliseconds($0) }.map { " since \(WallClock.timeOfDay($0))" } ?? ""
        // The reason of a failure that is over says nothing about now.
        let problem = known == .up ? nil : lastError
        return [state, problem, isStale ? "stale\(age)" : nil].compactMap { $0 }.joined(separator: " · ")
    }
}

/// Turns `partyline::link` into sentences. The daemon repeats the newest to each subscriber, so only changes are told.
struct LinkNarrator {
    private var last: LinkState?

    mutating func sentence(_ data: JSON?) -> Sentence? {
        guard let new = LinkState(data), let state = new.known else { return nil }
        let old = last
        last = new
        guard old?.state != new.state || old?.isStale != new.isStale else { return nil }
        let reason = new.lastError.map { ": \($0)" } ?? ""
        switch state {
        case .idle: return nil
        case .up:
            guard old?.known == .degraded || old?.known == .down else { return nil }
            return Sentence(who: Self.who, what: "answers again", tone: .good)
        case .degraded where new.isStale:
            return Sentence(who: Self.who, what: "has not answered for a while: this may be out of date", tone: .bad)
        case .degraded: return Sentence(who: Self.who, what: "does not answer at the moment\(reason)", tone: .waiting)
        case .down:
            // A link that is down is always stale.
            guard old?.known != .down else { return nil }
            return Sentence(who: Self.who, what: "cannot be reached\(reason)", tone: .bad)
        }
    }

    private static let who = "Amazon Connect"
}
