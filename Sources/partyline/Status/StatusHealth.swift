import AgentModel

/// What is wrong, by the daemon's own account, each with what to do about it.
struct StatusHealth: Equatable {
    struct Problem: Equatable {
        let text: String
        let next: String?
    }

    private(set) var problems: [Problem] = []
    private(set) var exit = CommandStatus.success

    private let place: SocketPlace

    init(_ status: JSON, _ place: SocketPlace = .userService) {
        self.place = place
        judgeSession(status)
        judgeSignIn(status)
        judgeLink(status)
        judgeWebSocket(status)
    }

    private mutating func judgeSession(_ status: JSON) {
        let source = status["session"]?["source"]?.string
        switch status["session"]?["state"]?.string {
        case "waiting" where source == "configure":
            add(
                "not signed in: waiting for a Streams page or program to send `configure`", "partyline watch",
                .notSignedIn)
        case "waiting": add("not signed in: the session has not begun", place.restartCommand, .notSignedIn)
        case "signed_out": add("not signed in: signed out at Amazon Connect", signIn(source), .notSignedIn)
        case "terminated": add("the session was terminated by a client", signIn(source), .notSignedIn)
        default: break
        }
    }

    private mutating func judgeSignIn(_ status: JSON) {
        let words = Self.words(status["auth"])
        switch status["auth"]?["state"]?.string {
        case "refused" where exit != .notSignedIn:
            add("not signed in: refused\(words)", signIn(status["session"]?["source"]?.string), .notSignedIn)
        case "failing": add("the sign-in cannot be renewed at the moment\(words)", nil, .success)
        default: break
        }
    }

    private mutating func judgeLink(_ status: JSON) {
        guard status["link"]?["state"]?.string == "down" else { return }
        let place = status["link"]?["endpoint"]?.string
        let check = place.map { "curl -sSI \($0)" } ?? "partyline watch"
        add("Amazon Connect cannot be reached\(Self.words(status["link"]))", check, .failure)
    }

    private mutating func judgeWebSocket(_ status: JSON) {
        guard status["webSocket"]?["state"]?.string == "closed", exit == .success else { return }
        add("no websocket: chat messages do not arrive until it is back", "partyline watch", .success)
    }

    private mutating func add(_ text: String, _ next: String?, _ exit: CommandStatus) {
        problems.append(Problem(text: text, next: next))
        if self.exit == .success { self.exit = exit }
    }

    private func signIn(_ source: String?) -> String {
        source == "configure"
            ? "partyline watch   and reload the Streams page"
            : "\(place.restartCommand)   with fresh cookies in its cookie file"
    }

    private static func words(_ part: JSON?) -> String { part?["lastError"]?.string.map { ": \($0)" } ?? "" }
}
