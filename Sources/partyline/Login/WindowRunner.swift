// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Glibc
import StreamsProtocol

/// Drives a sign-in window: passes messages between browser and `SignInWindow`, and watches the daemon and the signals
/// meanwhile. One thread waits for all.
struct WindowRunner {
    enum Ending {
        case window(SignInWindow.Outcome)
        /// The daemon is signed in, but not with this window.
        case elsewhere(SignInState)
        /// The daemon does not ask for this sign-in any more, as after a logout.
        case withdrawn
        case timeout
        case interrupted
    }

    /// `LineConnection` cannot wait together with other descriptors, so it is looked at this often, in milliseconds.
    private static let pause: Int64 = 250
    /// How long a browser may take to open its first page.
    private static let patience = Duration.seconds(30)

    private let browser: BrowserProcess
    private let connection: LineConnection
    private let signals: SignalPipe
    private let deadline: ContinuousClock.Instant
    private let start = ContinuousClock.now
    private var window: SignInWindow
    /// The prompt that the window is for.
    var prompt: String?
    /// What is printed when the window is open.
    var notice: String?

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
            if let ending = try endedElsewhere() { return ending }
            if deadline <= .now { return .timeout }
            if !window.hasOpened, start + Self.patience <= .now { return .window(.failed(silence)) }
            steps = advance()
            tellOpening()
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

    private mutating func tellOpening() {
        guard window.hasOpened, let notice else { return }
        Console.error(notice)
        self.notice = nil
    }

    private func endedElsewhere() throws -> Ending? {
        let states = try connection.availableMessages().filter { $0.event == EventName.auth }.compactMap {
            SignInState($0.data)
        }
        guard states.contains(where: { $0.prompt != prompt }) else { return nil }
        // It may be from before the prompt.
        let follower = SignInFollower(connection: connection, timeout: SignInTimeout(seconds: 5))
        let newest = try follower.again()
        switch newest.state {
        case .signedIn: return .elsewhere(newest)
        // The daemon tries cookies of another program.
        case .authorizing: return nil
        case .none, .degraded, .failing, .expired, .refused, .prompting, .required:
            return newest.prompt == prompt || newest.state == .refused ? nil : .withdrawn
        }
    }

    private var silence: String { browserEnd("the browser does not answer over the DevTools pipe") }

    private func browserEnd(_ what: String) -> String {
        let lines = browser.lastLines
        return what + (lines.isEmpty ? "" : ": " + lines.joined(separator: " / "))
    }

    private mutating func advance() -> [SignInWindow.Step] {
        var steps: [SignInWindow.Step] = []
        do throws(DevToolsFault) {
            // Everything that has arrived: after the end of the browser nothing more is read.
            repeat {
                for message in try browser.receive() { steps += window.handle(message, at: now) }
            } while browser.hasMore
        } catch {
            return [.end(.failed("\(error)"))]
        }
        return steps + window.tick(at: now) + (browser.hasEnded ? [.end(end)] : [])
    }

    private var end: SignInWindow.Outcome {
        guard window.hasOpened else { return .failed(browserEnd("the browser ended before it had opened a window")) }
        return browser.hasCrashed ? .failed(browserEnd("the browser has crashed")) : .closed
    }

    private var now: Int64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
