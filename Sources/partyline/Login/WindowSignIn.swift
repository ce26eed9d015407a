// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import CLinux
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline login` without flags: shows the sign-in page in a browser, and hands over its cookies after the sign-in.
struct WindowSignIn {
    let browser: Browser
    let profile: BrowserProfile
    let connection: LineConnection
    let timeout: SignInTimeout

    /// How long the daemon has to get a token with new cookies.
    private static let tokenSeconds = 30.0

    /// The sign-in page, as the daemon answers `beginSignIn`.
    struct Prompt {
        let id: String
        let isYours: Bool
        /// True if the profile has to be a new one: the former person must not be signed in again. An older daemon does not say
        /// it.
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
    func run() throws -> SignInState {
        let answer: JSON
        do { answer = try connection.request("beginSignIn") } catch let refusal as ProtocolFailure {
            // A token that was under way may have come meanwhile.
            let newest = try SignInFollower(connection: connection, timeout: timeout).again()
            if newest.state == .signedIn { return newest }
            throw refusal
        }
        guard let prompt = Prompt(answer) else {
            throw CommandFailure(
                status: .failure, message: "the daemon does not say where to sign in",
                next: ["partyline version   shows whether both have the same version"])
        }
        guard prompt.isYours else { return try Self.wait(for: connection, timeout) }
        do {
            if let state = try show(prompt) { return state }
        } catch {
            _ = try? connection.request("abandonSignIn", ["id": .string(prompt.id)], timeout: .seconds(2))
            throw error
        }
        Console.error("partyline: the daemon has the cookies; waiting for its token")
        let follower = SignInFollower(connection: connection, timeout: SignInTimeout(seconds: Self.tokenSeconds))
        try follower.begin()
        return try follower.state(.outcome)
    }

    /// Waits for what comes of another program's window.
    static func wait(for connection: LineConnection, _ timeout: SignInTimeout) throws -> SignInState {
        Console.error("partyline: another partyline login has a sign-in window open; waiting for it")
        let follower = SignInFollower(connection: connection, timeout: timeout)
        try follower.begin()
        return try follower.state(.otherPage)
    }

    /// Shows the page until the sign-in, and hands over the cookies. Returns the state if the daemon is signed in by another
    /// way.
    private func show(_ prompt: Prompt) throws -> SignInState? {
        try profile.prepare(isNew: prompt.isFirst)
        let signals = try SignalPipe.open()
        let process = try BrowserProcess.start(browser.command(profile: profile.path))
        defer {
            process.end()
            Self.stopHandling(signals)
        }
        let window = SignInWindow(page: prompt.page, check: prompt.check)
        var runner = WindowRunner(window, process, connection, signals, deadline: timeout.deadline)
        runner.prompt = prompt.id
        runner.notice = "partyline: waiting up to \(timeout.span) for a sign-in in the window of \(browser.path)"
        let ending = try runner.run()
        switch ending {
        case .window(.signedIn(let cookies)):
            try handOver(cookies)
            return nil
        case .window(.closed): throw Self.closed
        case .window(.failed(let reason)) where reason.contains("SingletonLock"):
            throw CommandFailure(
                status: .failure, message: "another browser still uses the profile \(profile.path)",
                next: ["partyline login   in a moment, when it has ended", "rm -r \(profile.path)"])
        case .window(.failed(let reason)):
            throw CommandFailure(status: .failure, message: reason, next: Browser.others)
        case .elsewhere(let state): return state
        case .withdrawn:
            process.end()
            profile.forget()
            throw CommandFailure(
                status: .notSignedIn,
                message: "the daemon does not ask for this sign-in any more: another program logged out",
                next: ["partyline login"])
        case .timeout:
            throw CommandFailure(
                status: .timeout, message: "no sign-in within \(timeout.span)", next: ["partyline login"])
        case .interrupted:
            Console.error("partyline: interrupted before the sign-in")
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
