// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Decides which update ends a `wait`. Pure.
struct WaitCondition {
    enum Verdict: Equatable {
        case waiting
        /// The event that was waited for.
        case met(StreamEvent)
        /// The present state is too old to count. This program waits for a new one; with its age in milliseconds, if known.
        case outOfDate(ageMs: Int?)
        /// The present state is known again: subscribe anew to learn it.
        case upToDate
    }

    private let patterns: [EventPattern]
    private let filter: EventFilter
    /// True if the present state may meet the condition.
    private let isNowEnough: Bool
    private var isOutOfDate = false

    init(_ events: EventOptions, orNow isNowEnough: Bool) {
        patterns = events.patterns.compactMap { try? EventPattern($0) }
        var filter = events.filter
        filter.showsExisting = events.existing || isNowEnough
        self.filter = filter
        self.isNowEnough = isNowEnough
    }

    /// What has to be subscribed to beside the patterns: when the present state is known again.
    var additionalPatterns: [String] { isNowEnough ? [EventName.link] : [] }

    mutating func judge(_ update: EventStream.Update) -> Verdict {
        switch update {
        case .subscribed(let answer): return begin(answer)
        case .lagged(let lag):
            guard isNowEnough, !isOutOfDate else { return .waiting }
            return present(PresentState.events(snapshot: lag.snapshot, seat: nil, clock: lag.clock))
        case .event(let event): return judge(event)
        case .gone: return .waiting
        }
    }

    private mutating func begin(_ answer: Subscribed) -> Verdict {
        guard isNowEnough else { return .waiting }
        if answer.isStale {
            defer { isOutOfDate = true }
            return isOutOfDate ? .waiting : .outOfDate(ageMs: answer.ageMs)
        }
        // Without a gap there is no snapshot: what has changed comes as events.
        guard answer.isFresh else { return isOutOfDate ? .upToDate : .waiting }
        isOutOfDate = false
        return present(PresentState.events(snapshot: answer.snapshot, seat: answer.seat, clock: answer.clock))
    }

    private func judge(_ event: StreamEvent) -> Verdict {
        if isOutOfDate {
            if event.name == EventName.link, event.data?["stale"]?.bool == false { return .upToDate }
            if event.isExisting { return .waiting }
        }
        return meets(event) ? .met(event) : .waiting
    }

    private func present(_ events: [StreamEvent]) -> Verdict { events.first(where: meets).map { .met($0) } ?? .waiting }

    /// The daemon applies the patterns to its own lines only, and not to what this program has subscribed to in addition.
    private func meets(_ event: StreamEvent) -> Bool {
        // It was so before the daemon was restarted, and need not be so now.
        guard !event.isStale, filter.passes(event) else { return false }
        return !isNowEnough || patterns.contains { $0.matches(event.name, contactId: event.contactId) }
    }
}
