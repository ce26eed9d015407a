// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// Named timers on one event loop. Scheduling a name again replaces its timer.
final class LoopTimers<Name: Hashable & Sendable> {
    private let loop: any EventLoop
    private let fire: (Name) -> Void
    private var pending: [Name: Scheduled<Void>] = [:]

    init(loop: any EventLoop, fire: @escaping (Name) -> Void) {
        self.loop = loop
        self.fire = fire
    }

    func schedule(_ name: Name, after milliseconds: Int64) {
        cancel(name)
        let bound = NIOLoopBound(self, eventLoop: loop)
        pending[name] = loop.scheduleTask(in: .milliseconds(max(0, milliseconds))) {
            bound.value.pending[name] = nil
            bound.value.fire(name)
        }
    }

    func cancel(_ name: Name) { pending.removeValue(forKey: name)?.cancel() }

    func cancelAll() {
        for timer in pending.values { timer.cancel() }
        pending = [:]
    }
}
