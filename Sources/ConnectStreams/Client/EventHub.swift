// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Synchronization

/// Passes each update of the client on to the consumers, but for events that only repeat what was told.
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
        var told = ToldEvents()
        /// The contacts that are there, as far as the updates have been passed on.
        var present: Set<String> = []
        /// How the client has ended.
        var end: StreamFailure??

        /// Prepares the delivery. Returns nil if the event is a repetition.
        mutating func begin(_ update: EventStream.Update) -> [(key: UInt64, value: Consumer)]? {
            follow(update)
            if case .subscribed = update {
                for id in consumers.keys { consumers[id]?.knowsSubscription = true }
            }
            var receivers = consumers
            if case .event(let event) = update {
                guard told.isNew(event) else { return nil }
                if event.name == EventHub.destroyed, event.from == nil, let id = event.contactId { told.destroyed(id) }
                if event.isExisting { receivers = receivers.filter(\.value.knowsSubscription) }
            }
            for (id, consumer) in consumers {
                if let contact = consumer.contactId, present.contains(contact) { consumers[id]?.wasThere = true }
            }
            return receivers.sorted { $0.key < $1.key }
        }

        private mutating func follow(_ update: EventStream.Update) {
            switch update {
            case .subscribed(let answer): if answer.isFresh { restart(answer.snapshot) }
            case .lagged(let lag): restart(lag.snapshot)
            case .event(let event):
                if event.name == EventName.agentUpdate { present.formUnion(EventHub.contacts(event.data)) }
                guard event.from == nil, event.name.hasPrefix("contact::"), let id = event.contactId else { return }
                if event.name == EventHub.destroyed { present.remove(id) } else { present.insert(id) }
            case .gone: break
            }
        }

        private mutating func restart(_ snapshot: JSON?) {
            told.begin(with: snapshot)
            present = EventHub.contacts(snapshot)
        }
    }

    private static let destroyed = "contact::destroyed"

    private let state = Mutex(State())

    /// The number of consumers, for tests.
    var count: Int { state.withLock { $0.consumers.count } }

    /// - Parameters:
    ///   - limit: how many elements may be unread.
    ///   - wasThere: true if the contact was there once; false if that is not known.
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
        let (id, end) = state.withLock { state -> (UInt64, StreamFailure??) in
            state.next += 1
            if let end = state.end { return (state.next, .some(end)) }
            var consumer = consumer
            if let contact = consumer.contactId {
                // The contact's end has been passed on already.
                if consumer.wasThere, !state.present.contains(contact) { return (state.next, .some(nil)) }
                consumer.wasThere = state.present.contains(contact)
            }
            state.consumers[state.next] = consumer
            return (state.next, nil)
        }
        if let end { consumer.end(end) }
        return id
    }

    private func remove(_ id: UInt64) { _ = state.withLock { $0.consumers.removeValue(forKey: id) } }

    /// In the order of registration.
    func deliver(_ update: EventStream.Update) {
        guard let consumers = state.withLock({ $0.begin(update) }) else { return }
        for (id, consumer) in consumers {
            if !consumer.take(update) { remove(id) }
            if let contact = consumer.contactId, consumer.wasThere, update.isEnd(of: contact) { consumer.end(nil) }
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

    fileprivate static func contacts(_ agent: JSON?) -> Set<String> {
        Set((agent?["snapshot"]?["contacts"]?.array ?? []).compactMap { $0["contactId"]?.string })
    }
}

extension EventStream.Update {
    /// The contact is gone: it was destroyed, or is missing in a snapshot after which no event tells its end, because events were
    /// skipped or the daemon knows no earlier ones.
    fileprivate func isEnd(of contactId: String) -> Bool {
        switch self {
        case .event(let event):
            event.name == "contact::destroyed" && event.contactId == contactId && event.from == nil
        case .lagged(let lag): !EventHub.contacts(lag.snapshot).contains(contactId)
        case .subscribed(let answer): answer.isFresh && !EventHub.contacts(answer.snapshot).contains(contactId)
        case .gone: false
        }
    }
}
