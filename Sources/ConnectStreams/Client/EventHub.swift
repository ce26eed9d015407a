// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Synchronization

/// Passes each update of the client on to the consumers.
final class EventHub: Sendable {
    private struct Consumer {
        /// A consumer for one contact ends when the contact is gone.
        let contactId: String?
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
    ///   - pick: the element for an update; nil if the consumer does not want it.
    func events<Element: Sendable>(
        limit: Int, contactId: String? = nil, _ pick: @escaping @Sendable (EventStream.Update) -> Element?
    ) -> Events<Element> {
        let (stream, continuation) = Events<Element>.Stream.makeStream(bufferingPolicy: .bufferingOldest(limit))
        let consumer = Consumer(contactId: contactId) { update in
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
        for (id, consumer) in consumers {
            if !consumer.take(update) { remove(id) }
            if let contact = consumer.contactId, update.isEnd(of: contact) { consumer.end(nil) }
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
    /// The contact is gone: it was destroyed, or is missing in a snapshot after which events go on.
    fileprivate func isEnd(of contactId: String) -> Bool {
        switch self {
        case .event(let event): event.name == "contact::destroyed" && event.contactId == contactId
        case .lagged(let lag): !Self.hasContact(contactId, lag.snapshot)
        case .subscribed, .gone: false
        }
    }

    private static func hasContact(_ id: String, _ agent: JSON?) -> Bool {
        (agent?["snapshot"]?["contacts"]?.array ?? []).contains { $0["contactId"]?.string == id }
    }
}
