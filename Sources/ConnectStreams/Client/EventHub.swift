// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Synchronization

/// Passes each update of the client on to the consumers.
final class EventHub: Sendable {
    private struct Consumer {
        /// A consumer for one contact ends when the contact is gone.
        let contactId: String?
        /// True if the contact was there once. One that is still to come does not end the consumer by its absence.
        var wasThere: Bool
        /// True if it has heard of the subscription: what was there before is told to such consumers alone, whether a sequence
        /// was made before the start or just after it.
        var knowsSubscription = false
        let take: @Sendable (EventStream.Update) -> Bool
        let end: @Sendable (StreamFailure?) -> Void
    }

    private struct State {
        var consumers: [UInt64: Consumer] = [:]
        var next: UInt64 = 0
        /// How the client has ended.
        var end: StreamFailure??
    }

    private let state = Mutex(State())

    /// The number of consumers, for tests.
    var count: Int { state.withLock { $0.consumers.count } }

    /// - Parameters:
    ///   - limit: how many elements may be unread.
    ///   - wasThere: true if the contact is known already.
    ///   - pick: the element for an update; nil if the consumer does not want it.
    func events<Element: Sendable>(
        limit: Int, contactId: String? = nil, wasThere: Bool = false,
        _ pick: @escaping @Sendable (EventStream.Update) -> Element?
    ) -> Events<Element> {
        let (stream, continuation) = Events<Element>.Stream.makeStream(bufferingPolicy: .bufferingOldest(limit))
        let consumer = Consumer(contactId: contactId, wasThere: wasThere) { update in
            guard let element = pick(update) else { return true }
            guard case .dropped = continuation.yield(element) else { return true }
            continuation.finish(throwing: EventsOverflow())
            return false
        } end: { failure in
            continuation.finish(throwing: failure)
        }
        let id = add(consumer)
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return Events(stream: stream)
    }

    private func add(_ consumer: Consumer) -> UInt64 {
        let (id, end) = state.withLock { state in
            state.next += 1
            if state.end == nil { state.consumers[state.next] = consumer }
            return (state.next, state.end)
        }
        if let end { consumer.end(end) }
        return id
    }

    private func remove(_ id: UInt64) { _ = state.withLock { $0.consumers.removeValue(forKey: id) } }

    /// In the order of registration.
    func deliver(_ update: EventStream.Update) {
        let consumers = state.withLock { $0.consumers.sorted { $0.key < $1.key } }
        if case .subscribed = update {
            state.withLock { state in
                for id in state.consumers.keys { state.consumers[id]?.knowsSubscription = true }
            }
        }
        for (id, consumer) in consumers {
            if case .event(let event) = update, event.isExisting, !consumer.knowsSubscription { continue }
            if !consumer.take(update) { remove(id) }
            guard let contact = consumer.contactId, let isThere = update.shows(contact) else { continue }
            if isThere { state.withLock { $0.consumers[id]?.wasThere = true } }
            if !isThere, consumer.wasThere { consumer.end(nil) }
        }
    }

    func end(_ failure: StreamFailure?) {
        let consumers = state.withLock { state in
            defer { state.consumers = [:] }
            state.end = .some(failure)
            return state.consumers.sorted { $0.key < $1.key }
        }
        for (_, consumer) in consumers { consumer.end(failure) }
    }
}

extension EventStream.Update {
    /// Whether the contact is there after this update; nil if the update does not say. After a snapshot without the contact no
    /// event tells its end: events were skipped, or the daemon knows no earlier ones.
    fileprivate func shows(_ contactId: String) -> Bool? {
        switch self {
        case .event(let event):
            event.contactId == contactId && event.from == nil ? event.name != "contact::destroyed" : nil
        case .lagged(let lag): Self.hasContact(contactId, lag.snapshot)
        case .subscribed(let answer): answer.isFresh ? Self.hasContact(contactId, answer.snapshot) : nil
        case .gone: nil
        }
    }

    private static func hasContact(_ id: String, _ agent: JSON?) -> Bool {
        (agent?["snapshot"]?["contacts"]?.array ?? []).contains { $0["contactId"]?.string == id }
    }
}
