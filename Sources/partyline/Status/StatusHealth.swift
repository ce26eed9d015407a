// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The problems that the daemon's status shows, most serious first, each with the commands that help.
struct StatusHealth: Equatable {
    struct Problem: Equatable {
        let text: String
        /// Best first.
        let next: [String]
    }

    private(set) var problems: [Problem] = []
    /// The exit status of the first problem that prevents calls.
    private(set) var exit = CommandStatus.success

    init(_ status: DaemonStatus) {
        judgeSession(status)
        judgeSignIn(status)
        judgeLink(status)
        judgeContacts(status.session)
        judgeWebSocket(status)
        judgeDaemon(status)
    }

    private mutating func judgeSession(_ status: DaemonStatus) {
        guard let absence = status.absence, let complaint = absence.complaint else { return }
        switch absence {
        case .noToken:
            add(
                complaint,
                [
                    "partyline watch   shows when a page or program signs in",
                    "partylined --default-config   explains session.source: authorize, which needs no page",
                ], .notSignedIn)
        case .signedOut: add(complaint, Self.signIn(status), .notSignedIn)
        case .terminated: add(complaint, Self.signIn(status), .notSignedIn)
        case .unreachable: add(complaint, Self.reach(status.link), .failure)
        case .starting: break
        }
    }

    /// The token of a session that is running.
    private mutating func judgeSignIn(_ status: DaemonStatus) {
        guard status.absence == nil else { return }
        switch status.auth.state {
        case .none, .authorizing, .signedIn: break
        case .degraded: add("the token was refused, and is being replaced", [], .success)
        case .refused, .expired, .prompting, .required:
            add(
                "not signed in: \(status.auth.lastError ?? status.auth.state.rawValue)", Self.signIn(status),
                .notSignedIn)
        case .failing:
            add("the sign-in cannot be renewed at the moment\(Self.suffix(status.auth.lastError))", [], .success)
        }
    }

    private mutating func judgeLink(_ status: DaemonStatus) {
        // A session without a token, or with a refused one, has no link either: one problem is enough.
        guard exit == .success else { return }
        let reason = Self.suffix(status.link.lastError)
        switch status.link.state {
        case .idle, .up: break
        case .degraded: add("Amazon Connect does not answer at the moment\(reason)", Self.reach(status.link), .success)
        case .down: add("Amazon Connect cannot be reached\(reason)", Self.reach(status.link), .failure)
        }
    }

    private mutating func judgeContacts(_ session: DaemonStatus.Session) {
        guard session.suppressesContacts else { return }
        add(
            "contacts are suppressed (disaster recovery): only connected and ended ones are shown",
            ["partyline describe disasterRecovery::suppress   says what ends it"], .success)
    }

    private mutating func judgeWebSocket(_ status: DaemonStatus) {
        switch status.webSocket.state {
        case .idle, .open: break
        case .connecting:
            // Before the agent is known, the websocket has not had time to open.
            guard status.absence == nil, exit == .success else { return }
            add("no websocket: chat messages do not arrive until it is back", ["partyline watch"], .success)
        }
    }

    private mutating func judgeDaemon(_ status: DaemonStatus) {
        if let error = status.daemon.reloadError {
            let file = status.daemon.configurationFile.map { " --config \($0)" } ?? ""
            add("the last reload failed: \(error)", ["partylined --check-config\(file)"], .success)
        }
        if let problem = status.state.problem {
            add("the state is not kept at the moment: \(problem)", ["df -h \(status.state.folder ?? ".")"], .success)
        }
    }

    private mutating func add(_ text: String, _ next: [String], _ exit: CommandStatus) {
        problems.append(Problem(text: text, next: next))
        if self.exit == .success { self.exit = exit }
    }

    /// The daemon picks up new cookies and a new token by itself.
    private static func signIn(_ status: DaemonStatus) -> [String] {
        switch status.session.source {
        case .configure: ["partyline watch   and reload the Streams page"]
        case .login: ["partyline login", "partyline login --cookies FILE   without a browser on this machine"]
        case .authorize: ["partyline watch   and put new cookies into the file of session.cookieFile"]
        }
    }

    static func reach(_ link: DaemonStatus.Link) -> [String] {
        [link.endpoint.map { "curl -sSI \($0)" } ?? "partyline watch"]
    }

    private static func suffix(_ error: String?) -> String { error.map { ": \($0)" } ?? "" }
}
