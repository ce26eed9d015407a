// SPDX-License-Identifier: Apache-2.0

/// Events of one kind, from the moment on at which the value was made. Each value is for one consumer.
///
/// ```swift
/// for try await change in agent.onStateChange { print(change.newState) }
/// let registration = contact.onConnected { event in pop(event.data) }
/// ```
///
/// The sequence goes on over lost connections and restarts of the daemon. It ends when its task is cancelled or the client is
/// closed; with a `StreamFailure` if the client cannot connect any more; with `EventsOverflow` if its consumer is too slow.
public struct Events<Element: Sendable>: AsyncSequence, Sendable {
    typealias Stream = AsyncThrowingStream<Element, any Error>

    let stream: Stream

    public func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator()) }

    public struct Iterator: AsyncIteratorProtocol {
        var base: Stream.Iterator

        public mutating func next() async throws -> Element? { try await base.next() }
    }

    /// Calls `body` with each event, one after the other, until the registration is cancelled.
    ///
    /// - Parameters:
    ///   - ended: called at the end, with the error if there is one.
    ///   - body: called with each event.
    @discardableResult public func callAsFunction(
        ended: @escaping @Sendable ((any Error)?) -> Void = { _ in },
        _ body: @escaping @Sendable (Element) async -> Void
    ) -> EventRegistration {
        let task = Task {
            do {
                for try await element in self {
                    // What was delivered before the cancellation is still in the sequence.
                    if Task.isCancelled { break }
                    await body(element)
                }
                ended(nil)
            } catch {
                ended(error)
            }
        }
        return EventRegistration(task: task)
    }
}

/// A closure that receives events (Streams' subscription object). It goes on when this value is forgotten.
public struct EventRegistration: Sendable {
    let task: Task<Void, Never>

    /// No event is passed on any more.
    public func unsubscribe() { task.cancel() }
}
