// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Synchronization

/// What the client's thread and its callers share: the agent's data, and who waits for what.
final class SharedState: Sendable {
    typealias AnswerContinuation = CheckedContinuation<JSON, any Error>

    private struct Waiter {
        let isMet: @Sendable (Knowledge) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Content {
        var knowledge = Knowledge()
        var hasBegun = false
        var end: RequestFailure?
        var lastId: UInt64 = 0
        var answers: [UInt64: AnswerContinuation] = [:]
        var waiters: [UInt64: Waiter] = [:]
    }

    private let content = Mutex(Content())

    var knowledge: Knowledge { content.withLock { $0.knowledge } }

    /// The number of callers that wait, for tests.
    var waiting: Int { content.withLock { $0.answers.count + $0.waiters.count } }

    /// True the first time.
    func begins() -> Bool {
        content.withLock { content in
            defer { content.hasBegun = true }
            return !content.hasBegun
        }
    }

    // MARK: Knowledge

    /// Changes the data, then delivers the update, and only then tells those who wait: who has waited for the start hears
    /// nothing of what was there before it.
    func note(_ update: EventStream.Update, deliver: () -> Void) { change({ $0.note(update) }, then: deliver) }

    func refresh(_ answer: JSON) { change({ $0.refresh(answer) }, then: {}) }

    private func change(_ body: (inout Knowledge) -> Void, then act: () -> Void) {
        let met = content.withLock { content in
            body(&content.knowledge)
            let met = content.waiters.filter { $0.value.isMet(content.knowledge) }
            for id in met.keys { content.waiters[id] = nil }
            return met
        }
        act()
        for waiter in met.values { waiter.continuation.resume() }
    }

    /// Returns when the condition is met. Throws a `RequestFailure` if the client ends or the task is cancelled.
    func wait(until isMet: @escaping @Sendable (Knowledge) -> Bool) async throws {
        let id = nextQuestion()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let now: Result<Void, any Error>? = content.withLock { content in
                    if let end = content.end { return .failure(end) }
                    if !content.hasBegun { return .failure(RequestFailure.closed) }
                    if isMet(content.knowledge) { return .success(()) }
                    // A cancellation before this moment found no waiter.
                    if Task.isCancelled { return .failure(RequestFailure.cancelled) }
                    content.waiters[id] = Waiter(isMet: isMet, continuation: continuation)
                    return nil
                }
                if let now { continuation.resume(with: now) }
            }
        } onCancel: {
            let waiter = content.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: RequestFailure.cancelled)
        }
    }

    // MARK: Answers

    func nextQuestion() -> UInt64 {
        content.withLock { content in
            content.lastId += 1
            return content.lastId
        }
    }

    /// False if the client has ended, or was never started: then the continuation has been resumed.
    func await(_ id: UInt64, _ continuation: AnswerContinuation) -> Bool {
        let end: RequestFailure? = content.withLock { content in
            if content.end == nil, content.hasBegun {
                content.answers[id] = continuation
                return nil
            }
            return content.end ?? .closed
        }
        guard let end else { return true }
        continuation.resume(throwing: end)
        return false
    }

    func answer(_ id: UInt64, _ result: Result<JSON, RequestFailure>) {
        let continuation = content.withLock { $0.answers.removeValue(forKey: id) }
        continuation?.resume(with: result.mapError { $0 as any Error })
    }

    /// The client has ended: nothing is answered any more.
    func end(_ failure: StreamFailure?) {
        let reason = failure.map(RequestFailure.failed) ?? .closed
        let (answers, waiters) = content.withLock { content in
            defer { (content.answers, content.waiters) = ([:], [:]) }
            content.end = reason
            content.knowledge.note(.gone(.closedByDaemon(.unsaid)))
            return (content.answers, content.waiters)
        }
        for continuation in answers.values { continuation.resume(throwing: reason) }
        for waiter in waiters.values { waiter.continuation.resume(throwing: reason) }
    }
}
