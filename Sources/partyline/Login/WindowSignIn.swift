// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import CLinux
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline login` without flags: shows the sign-in page in a browser, and hands over its cookies when somebody has signed
/// in there.
struct WindowSignIn {
    let browser: Browser
    let profile: BrowserProfile
    let connection: LineConnection
    var timeout: SignInTimeout

    /// The sign-in page, as the daemon answers `beginSignIn`.
    struct Prompt {
        let id: String
        let isYours: Bool
        /// Without an answer, a former sign-in may be another person's.
        let isFirst: Bool
        let page: String
        let check: SignInCheck

        init?(_ answer: JSON) {
            guard let id = answer["prompt"]?["id"]?.string, let isYours = answer["isYours"]?.bool,
                let page = answer["prompt"]?["url"]?.string, WebOrigin(page) != nil,
                let check = answer["authorizeUrl"]?.string.flatMap({ SignInCheck(authorizeURL: $0) })
            else { return nil }
            (self.id, self.isYours, self.page, self.check) = (id, isYours, page, check)
            isFirst = answer["isFirst"]?.bool ?? true
        }
    }

    /// Returns what has come of the sign-in.
    mutating func run() throws -> SignInState {
        let answer = try connection.request("beginSignIn")
        guard let prompt = Prompt(answer) else {
            throw CommandFailure(
                status: .failure, message: "the daemon does not say where to sign in",
                next: ["partyline version   shows whether both have the same version"])
        }
        guard prompt.isYours else {
            Console.error("partyline: another partyline login has a sign-in window open; waiting for it")
            return try follow(.otherPage)
        }
        do {
            if let state = try show(prompt) {
                profile.forget()
                return state
            }
        } catch {
            _ = try? connection.request("abandonSignIn", ["id": .string(prompt.id)], timeout: .seconds(2))
            throw error
        }
        timeout.extend(by: .seconds(30))
        return try follow(.outcome)
    }

    private func follow(_ wait: SignInWait) throws -> SignInState {
        let follower = SignInFollower(connection: connection, timeout: timeout)
        try follower.begin()
        return try follower.state(wait)
    }

    /// Shows the page until somebody has signed in, and hands over the cookies. Returns the state if the daemon is signed in
    /// by another way.
    private func show(_ prompt: Prompt) throws -> SignInState? {
        try profile.prepare(isNew: prompt.isFirst)
        let signals = try SignalPipe.open()
        let process = try BrowserProcess.start(browser.command(profile: profile.path))
        defer {
            process.end()
            Self.stopHandling(signals)
        }
        Console.error("partyline: waiting up to \(timeout.span) for a sign-in in the window of \(browser.path)")
        let window = SignInWindow(page: prompt.page, check: prompt.check)
        var runner = WindowRunner(window, process, connection, signals, deadline: timeout.deadline)
        switch try runner.run() {
        case .window(.signedIn(let cookies)):
            try handOver(cookies)
            return nil
        case .window(.closed): throw Self.closed
        case .window(.failed(let reason)):
            throw CommandFailure(status: .failure, message: reason, next: Browser.others)
        case .elsewhere(let state): return state
        case .timeout:
            throw CommandFailure(
                status: .timeout, message: "nobody has signed in within \(timeout.span)", next: ["partyline login"])
        case .interrupted:
            Console.error("partyline: interrupted; nobody has signed in")
            throw ExitCode.failure
        }
    }

    private func handOver(_ cookies: Secret) throws {
        do {
            _ = try connection.request("setCredentials", ["cookies": .string(cookies.reveal())])
        } catch let refusal as ProtocolFailure {
            throw CommandFailure(
                status: .failure, message: "the daemon does not take the cookies of this sign-in: \(refusal.message)",
                next: ["partyline login", "partyline status"])
        }
    }

    private static let closed = CommandFailure(
        status: .notSignedIn, message: "the sign-in window was closed before anybody had signed in",
        next: ["partyline login"])

    /// Lets Ctrl-C end the command again, as before there was a browser to end. A signal that has come meanwhile ends it now.
    private static func stopHandling(_ signals: SignalPipe) {
        for number in EndSignals.all where !clinux_is_ignored(number) { signal(number, SIG_DFL) }
        if let number = signals.received().first(where: EndSignals.all.contains) { raise(number) }
    }
}
