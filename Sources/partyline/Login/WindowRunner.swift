// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Glibc
import StreamsProtocol

/// Drives a sign-in window: passes messages between browser and `SignInWindow`, and watches the daemon and the signals
/// meanwhile. One thread waits for all.
struct WindowRunner {
    enum Ending {
        case window(SignInWindow.Outcome)
        /// The daemon is signed in by another way.
        case elsewhere(SignInState)
        case timeout
        case interrupted
    }

    /// `LineConnection` cannot wait together with other descriptors, so it is looked at this often, in milliseconds.
    private static let pause: Int64 = 250

    private let browser: BrowserProcess
    private let connection: LineConnection
    private let signals: SignalPipe
    private let deadline: ContinuousClock.Instant
    private let start = ContinuousClock.now
    private var window: SignInWindow

    init(
        _ window: SignInWindow, _ browser: BrowserProcess, _ connection: LineConnection, _ signals: SignalPipe,
        deadline: ContinuousClock.Instant
    ) {
        (self.window, self.browser, self.connection, self.signals) = (window, browser, connection, signals)
        self.deadline = deadline
    }

    mutating func run() throws -> Ending {
        var steps = window.begin()
        while true {
            if let outcome = carryOut(steps) { return .window(outcome) }
            wait()
            if signals.received().contains(where: EndSignals.all.contains) { return .interrupted }
            if let state = try signedInElsewhere() { return .elsewhere(state) }
            if deadline <= .now { return .timeout }
            steps = advance()
        }
    }

    private func carryOut(_ steps: [SignInWindow.Step]) -> SignInWindow.Outcome? {
        for step in steps {
            switch step {
            case .send(let command, let id): browser.send(command.message(id: id))
            case .end(let outcome): return outcome
            }
        }
        return nil
    }

    private func wait() {
        var entries = browser.entries + [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        let pause = min(Self.pause, window.nextDeadline.map { max(0, $0 - now) } ?? Self.pause)
        _ = poll(&entries, nfds_t(entries.count), Int32(pause))
    }

    private func signedInElsewhere() throws(ConnectionError) -> SignInState? {
        try connection.availableMessages().filter { $0.event == EventName.auth }.compactMap { SignInState($0.data) }
            .first { $0.state == .signedIn }
    }

    private mutating func advance() -> [SignInWindow.Step] {
        var steps: [SignInWindow.Step] = []
        do throws(DevToolsFault) {
            for message in try browser.receive() { steps += window.handle(message, at: now) }
        } catch {
            return [.end(.failed("\(error)"))]
        }
        return steps + window.tick(at: now) + (browser.hasEnded ? [.end(browserEnd)] : [])
    }

    private var browserEnd: SignInWindow.Outcome {
        if window.hasOpened { return .closed }
        let lines = browser.lastLines
        return .failed(
            "the browser ended before it had opened a window"
                + (lines.isEmpty ? "" : ": " + lines.joined(separator: " / ")))
    }

    private var now: Int64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
