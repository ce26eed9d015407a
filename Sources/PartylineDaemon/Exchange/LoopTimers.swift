// SPDX-License-Identifier: Apache-2.0
import NIOCore
import StreamsProtocol
import SystemPackage

/// Named timers on one event loop, on the clock that also runs while the machine sleeps. Scheduling a name again replaces
/// its timer.
final class LoopTimers<Name: Hashable & Sendable> {
    private let fire: (Name) -> Void
    private var deadlines = Deadlines<Name>()
    private var timer: BootTimer?

    init(loop: any EventLoop, fire: @escaping (Name) -> Void) throws(Errno) {
        self.fire = fire
        timer = try BootTimer(loop: loop) { [weak self] in self?.fired() }
    }

    func schedule(_ name: Name, after milliseconds: Int64) {
        let due = SystemClock.now.uptime + max(0, milliseconds)
        if let time = deadlines.schedule(name, at: due) { timer?.set(time) }
    }

    func cancel(_ name: Name) { deadlines.cancel(name) }

    /// Cancels all timers, for good.
    func end() {
        deadlines.cancelAll()
        timer?.close()
        timer = nil
    }

    private func fired() {
        for (name, order) in deadlines.fired(at: SystemClock.now.uptime) where deadlines.take(name, order: order) {
            fire(name)
        }
        if let time = deadlines.nextTimer() { timer?.set(time) }
    }
}
