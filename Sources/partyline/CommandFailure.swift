import ConnectStreams

/// An error as the reader gets it: what is the matter, and what to type next.
struct CommandFailure: Error, Equatable {
    let status: CommandStatus
    let message: String
    /// Commands, the best one first; what follows three spaces explains it.
    var next: [String] = []

    /// The lines for standard error; `shown` is how a suggested command has to be typed here.
    func lines(_ shown: (String) -> String = CommandName.here) -> [String] {
        let commands = next.enumerated().map { ($0.offset == 0 ? "  next: " : "    or: ") + shown($0.element) }
        // What the service says may be a customer's words.
        return (["partyline: \(message)"] + commands).map { Text.printable($0) }
    }
}

/// The exit status. Documented for scripts: a number never changes its meaning.
enum CommandStatus: Int32, CaseIterable {
    case success = 0
    /// The service or the daemon said no, or Amazon Connect cannot be reached.
    case failure = 1
    /// The command line is wrong.
    case usage = 2
    /// No daemon listens on the socket.
    case notRunning = 3
    /// This user lacks the permission.
    case denied = 4
    /// The daemon runs, and has no session.
    case notSignedIn = 5
    /// No answer in time.
    case timeout = 6
    /// Another program or the service acted first.
    case conflict = 7

    /// The status for an error code of the protocol, or for the type of a failed API request.
    init(code: String) {
        switch code {
        case "not_ready", "not_authenticated", "unauthorized", "UnauthorizedException": self = .notSignedIn
        case "not_permitted", "AccessDeniedException": self = .denied
        case "timeout": self = .timeout
        case "conflict", "ConflictException", "InvalidStateException": self = .conflict
        default: self = .failure
        }
    }
}

/// Errors of the client library as failures of the command: each kind with its own words, status and next command.
enum FailureText {
    static func failure(_ error: ConnectionError, _ place: SocketPlace) -> CommandFailure {
        switch error {
        case .notRunning: notRunning(place)
        case .noPermission: noPermission(place)
        case .closedByDaemon(.error(let failure)): self.failure(failure)
        case .timeout:
            CommandFailure(
                status: .timeout, message: "partylined did not answer in time (\(place.path))",
                next: ["partyline status", place.journalCommand])
        case .pathTooLong, .badLine, .system, .interrupted:
            CommandFailure(
                status: .failure, message: "\(error)", next: ["partyline socket-path   where it was looked for"])
        case .closedByDaemon: CommandFailure(status: .failure, message: "\(error)", next: ["partyline status"])
        }
    }

    static func failure(_ failure: ProtocolFailure) -> CommandFailure {
        if failure.code == "not_ready", failure.hint == nil { return starting(failure.message) }
        if failure.code == "unavailable" { return unavailable(failure) }
        let status = CommandStatus(code: failure.code)
        switch status {
        case .notSignedIn: return notSignedIn(failure.message)
        case .denied: return denied(failure)
        case .success, .failure, .usage, .notRunning, .timeout, .conflict:
            return CommandFailure(
                status: status, message: "\(failure.code): \(failure.message)",
                next: failure.hint.map { [$0] } ?? ["partyline status"])
        }
    }

    /// Why there are no events, and will be none.
    static func failure(_ failure: StreamFailure, _ place: SocketPlace) -> CommandFailure {
        switch failure {
        case .connection(let error): return self.failure(error, place)
        case .refused(let refusal) where refusal.code == "invalid_params":
            return CommandFailure(
                status: .usage, message: refusal.message,
                next: hint(refusal.hint) + ["partyline describe   lists the events"])
        case .refused(let refusal): return self.failure(refusal)
        }
    }

    /// What became of a call, in the daemon's words: it has the better hint, because it knows what the call was.
    static func outcome(_ failure: ProtocolFailure) -> CommandFailure {
        guard let hint = failure.hint else { return self.failure(failure) }
        return CommandFailure(status: CommandStatus(code: failure.code), message: failure.message, next: [hint])
    }

    static func failure(_ failure: CallFailure) -> CommandFailure {
        if ["NetworkingError", "unavailable"].contains(failure.type) { return unreachable("\(failure)") }
        let status = CommandStatus(code: failure.type)
        if status == .notSignedIn { return notSignedIn("\(failure)") }
        return CommandFailure(
            status: status, message: "\(failure)", next: ["partyline get snapshot   shows what is so now"])
    }

    private static func notRunning(_ place: SocketPlace) -> CommandFailure {
        CommandFailure(
            status: .notRunning, message: "partylined is not running: nobody listens at \(place.path)",
            next: [place.startCommand, "partyline demo   tries it all without Amazon Connect"])
    }

    private static func noPermission(_ place: SocketPlace) -> CommandFailure {
        let owner = place.owner.map { " (it belongs to \($0.user), group \($0.group))" } ?? ""
        return CommandFailure(
            status: .denied, message: "no permission to open \(place.path)\(owner)", next: [place.openCommand])
    }

    private static func denied(_ failure: ProtocolFailure) -> CommandFailure {
        CommandFailure(
            status: .denied, message: "partylined refuses this: \(failure.message)",
            next: hint(failure.hint) + (failure.hint == nil ? ["id   shows the user and groups that it judges by"] : [])
        )
    }

    private static func notSignedIn(_ why: String) -> CommandFailure {
        CommandFailure(
            status: .notSignedIn, message: "not signed in at Amazon Connect: \(why)",
            next: ["partyline status   shows what the sign-in waits for"])
    }

    /// The session is about to begin: no sign-in is needed.
    private static func starting(_ why: String) -> CommandFailure {
        CommandFailure(
            status: .failure, message: "partylined is not ready yet: \(why)",
            next: ["partyline status   shows what it waits for"])
    }

    /// The service, or the daemon itself: it says which.
    private static func unavailable(_ failure: ProtocolFailure) -> CommandFailure {
        CommandFailure(
            status: .failure, message: failure.message,
            next: failure.hint.map { [$0] } ?? ["partyline status   shows the link, and since when"])
    }

    private static func unreachable(_ why: String) -> CommandFailure {
        CommandFailure(
            status: .failure, message: "Amazon Connect cannot be reached: \(why)",
            next: ["partyline status   shows since when, and the last error"])
    }

    private static func hint(_ hint: String?) -> [String] { hint.map { [$0] } ?? [] }
}
