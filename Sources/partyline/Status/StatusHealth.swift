// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The problems that the daemon's status shows, each with the command that helps.
struct StatusHealth: Equatable {
    struct Problem: Equatable {
        let text: String
        let next: String?
    }

    private(set) var problems: [Problem] = []
    private(set) var exit = CommandStatus.success

    init(_ status: DaemonStatus, _ place: SocketPlace = .userService) {
        judgeSession(status, place)
        judgeSignIn(status, place)
        judgeLink(status.link)
        judgeWebSocket(status)
    }

    private mutating func judgeSession(_ status: DaemonStatus, _ place: SocketPlace) {
        guard let absence = status.absence, let complaint = absence.complaint else { return }
        let next: String? =
            switch absence {
            case .noToken(.configure): "partyline watch"
            case .noToken(.authorize): place.restartCommand
            case .signedOut, .terminated: Self.signIn(status, place)
            case .starting, .unreachable: nil
            }
        add(complaint, next, .notSignedIn)
    }

    private mutating func judgeSignIn(_ status: DaemonStatus, _ place: SocketPlace) {
        let cause = Self.suffix(status.auth.lastError)
        switch status.auth.state {
        case .none, .ok: break
        case .refused:
            guard exit != .notSignedIn else { return }
            add("not signed in: refused\(cause)", Self.signIn(status, place), .notSignedIn)
        case .failing: add("the sign-in cannot be renewed at the moment\(cause)", nil, .success)
        }
    }

    private mutating func judgeLink(_ link: DaemonStatus.Link) {
        switch link.state {
        case .idle, .up: break
        case .down:
            let check = link.endpoint.map { "curl -sSI \($0)" } ?? "partyline watch"
            add("Amazon Connect cannot be reached\(Self.suffix(link.lastError))", check, .failure)
        }
    }

    private mutating func judgeWebSocket(_ status: DaemonStatus) {
        switch status.webSocket.state {
        case .idle, .open: break
        case .connecting:
            // Before the agent is known, the websocket has not had time to open.
            guard status.absence == nil, exit == .success else { return }
            add("no websocket: chat messages do not arrive until it is back", "partyline watch", .success)
        }
    }

    private mutating func add(_ text: String, _ next: String?, _ exit: CommandStatus) {
        problems.append(Problem(text: text, next: next))
        if self.exit == .success { self.exit = exit }
    }

    private static func signIn(_ status: DaemonStatus, _ place: SocketPlace) -> String {
        switch status.session.source {
        case .configure: "partyline watch   and reload the Streams page"
        case .authorize: "\(place.restartCommand)   with fresh cookies in its cookie file"
        }
    }

    private static func suffix(_ error: String?) -> String { error.map { ": \($0)" } ?? "" }
}
