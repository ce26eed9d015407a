// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import StreamsProtocol

/// Decides which updates of the stream run a hook's command. Pure.
struct HookSelection {
    private let patterns: [EventPattern]
    private let filter: EventFilter
    /// Nil if nothing is repeated, because what is there already was not asked for.
    private var memory: ToldEvents?
    /// True if `contact::destroyed` is received for the memory only.
    private let overhears: Bool

    init(_ events: EventOptions) {
        patterns = events.patterns.compactMap { try? EventPattern($0) }
        // A command that runs `partyline` opens a connection and makes calls. Their events must not run it again, unless
        // they are asked for by name.
        var filter = events.filter
        filter.hidden = Set([
            EventName.updateConnectedCCPs, EventName.apiMetric, EventName.auth, EventName.link, EventName.ports,
        ]).subtracting(events.patterns)
        self.filter = filter
        memory = events.existing ? ToldEvents() : nil
        overhears = events.existing && Self.missesDestroyed(patterns)
    }

    private static let destroyed = "contact::destroyed"

    /// True if the patterns are about contacts, but do not match the end of every contact.
    private static func missesDestroyed(_ patterns: [EventPattern]) -> Bool {
        let areAboutContacts = patterns.contains { ["contact", "*"].contains(EventPattern.parts(of: $0.text)[0]) }
        return areAboutContacts && !patterns.contains { $0.matches(destroyed, contactId: nil) }
    }

    /// What has to be subscribed to beside the patterns.
    var additionalPatterns: [String] { overhears ? [Self.destroyed] : [] }

    /// The event of the update, if the command has to run for it.
    mutating func event(of update: EventStream.Update) -> StreamEvent? {
        switch update {
        case .subscribed(let answer):
            if answer.isFresh { memory?.begin(with: answer.snapshot) }
            return nil
        case .lagged(let lag):
            memory?.begin(with: lag.snapshot)
            return nil
        case .gone: return nil
        case .event(let event):
            defer { forget(event) }
            guard isAskedFor(event), filter.passes(event), memory?.isNew(event) ?? true else { return nil }
            return event
        }
    }

    /// The daemon has applied the patterns, except to what only the memory needs.
    private func isAskedFor(_ event: StreamEvent) -> Bool {
        guard overhears, event.name == Self.destroyed else { return true }
        return patterns.contains { $0.matches(event.name, contactId: event.contactId) }
    }

    private mutating func forget(_ event: StreamEvent) {
        guard event.name == Self.destroyed, event.from == nil, let id = event.contactId else { return }
        memory?.destroyed(id)
    }
}
