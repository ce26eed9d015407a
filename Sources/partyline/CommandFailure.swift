// SPDX-License-Identifier: Apache-2.0
import ConnectStreams

/// An error as it is printed: what happened, and which commands help.
struct CommandFailure: Error, Equatable {
    let status: CommandStatus
    let message: String
    /// Suggested commands, best first. Text after three spaces explains the command.
    var next: [String] = []

    /// The lines for standard error. `shown` returns a suggested command as it has to be typed here.
    func lines(_ shown: (String) -> String = CommandName.here) -> [String] {
        let commands = next.enumerated().map { ($0.offset == 0 ? "  next: " : "    or: ") + shown($0.element) }
        // A message from the service may contain text that a customer wrote.
        return (["partyline: \(UserName.named(message))"] + commands).map { Text.printable($0) }
    }
}

/// The exit status. Scripts depend on it: a number never changes its meaning.
enum CommandStatus: Int32, CaseIterable {
    case success = 0
    /// The service or the daemon refused, or Amazon Connect cannot be reached.
    case failure = 1
    /// The command line is wrong.
    case usage = 2
    /// No daemon listens on the socket.
    case notRunning = 3
    /// This user lacks the permission.
    case denied = 4
    /// The daemon runs but has no session.
    case notSignedIn = 5
    /// No answer in time, or none that says whether it was done.
    case timeout = 6
    /// Another program or the service was faster.
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

/// Turns errors of the client library into failures of the command, each kind with its own message, exit status and
/// next command.
enum FailureText {
    static func failure(_ error: ConnectionError, _ place: SocketPlace) -> CommandFailure {
        switch error {
        case .notRunning: notRunning(place)
        case .noPermission: noPermission(place)
        case .closedByDaemon(.error(let failure)): self.failure(failure)
        case .timeout:
            CommandFailure(
                status: .timeout,
                message: "partylined did not answer in time (\(place.path)); what was asked for may still be done",
                next: ["partyline doctor", place.journalCommand])
        case .pathTooLong, .badLine, .system, .interrupted:
            CommandFailure(
                status: .failure, message: "\(error)", next: ["partyline socket-path   prints the path that was tried"])
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
            return advised(status, "\(failure.code): \(failure.message)", failure.hint)
        }
    }

    /// The failure of an event stream that will not recover.
    static func failure(_ failure: StreamFailure, _ place: SocketPlace) -> CommandFailure {
        switch failure {
        case .connection(let error): return self.failure(error, place)
        case .refused(let refusal) where refusal.code == "invalid_params":
            return CommandFailure(
                status: .usage, message: refusal.message + (refusal.hint.map { "; \($0)" } ?? ""),
                next: ["partyline describe   lists the events"])
        case .refused(let refusal): return self.failure(refusal)
        }
    }

    /// The failure of a `call`. It keeps the daemon's hint, which depends on the method that was called.
    static func outcome(_ failure: ProtocolFailure) -> CommandFailure {
        guard let hint = failure.hint else { return self.failure(failure) }
        // What was asked for may have been done: a script must not simply try again.
        let isDoubtful = failure.code == "unavailable" && failure.message.hasSuffix(doubt)
        return advised(isDoubtful ? .timeout : CommandStatus(code: failure.code), failure.message, hint)
    }

    /// How the daemon ends the message of a call whose outcome is unknown.
    private static let doubt = "it is not known whether it was done"

    /// The daemon's hint is a command, or a sentence. A sentence becomes part of the message.
    private static func advised(_ status: CommandStatus, _ message: String, _ hint: String?) -> CommandFailure {
        guard let hint, !hint.hasPrefix("partyline ") else {
            return CommandFailure(status: status, message: message, next: [hint ?? "partyline status"])
        }
        let next = status == .timeout ? "partyline get snapshot   shows what is so now" : "partyline status"
        return CommandFailure(status: status, message: "\(message); \(hint)", next: [next])
    }

    static func failure(_ failure: CallFailure) -> CommandFailure {
        if ["NetworkingError", "unavailable"].contains(failure.type) { return unreachable("\(failure)") }
        let status = CommandStatus(code: failure.type)
        if status == .notSignedIn { return notSignedIn("\(failure)") }
        return CommandFailure(
            status: status, message: "\(failure)", next: ["partyline get snapshot   shows the current state"])
    }

    private static func notRunning(_ place: SocketPlace) -> CommandFailure {
        if place.kind == .other {
            return CommandFailure(
                status: .usage, message: "\(place.path) is not a socket", next: ["ls -l \(place.path)"])
        }
        if place.kind == .nothing, let restart = place.socketRestartCommand {
            return CommandFailure(
                status: .notRunning, message: "systemd's socket \(place.path) has been removed",
                next: [restart])
        }
        // With a socket, the daemon is starting or ending.
        if let pid = place.holder, place.kind == .nothing {
            return CommandFailure(
                status: .notRunning,
                message: "partylined (pid \(pid)) is running, but its socket \(place.path) has been removed",
                next: ["kill -HUP \(pid)   makes it again"])
        }
        return CommandFailure(
            status: .notRunning, message: "partylined is not running: nothing listens at \(place.path)",
            next: [place.startCommand, "partyline demo   runs everything without Amazon Connect"])
    }

    private static func noPermission(_ place: SocketPlace) -> CommandFailure {
        let owner = place.owner.map { " (it belongs to \($0.user), group \($0.group))" } ?? ""
        return CommandFailure(
            status: .denied, message: "no permission to open \(place.path)\(owner)", next: [place.openCommand])
    }

    private static func denied(_ failure: ProtocolFailure) -> CommandFailure {
        let advice = failure.hint.map { "; \($0)" } ?? ""
        return CommandFailure(
            status: .denied, message: "partylined refuses this: \(failure.message)\(advice)",
            next: ["id   shows the user and groups that it checks"])
    }

    private static func notSignedIn(_ reason: String) -> CommandFailure {
        CommandFailure(
            status: .notSignedIn, message: "not signed in at Amazon Connect: \(reason)",
            next: ["partyline status   shows what the sign-in is waiting for"])
    }

    /// The session is starting: no sign-in is needed.
    private static func starting(_ reason: String) -> CommandFailure {
        CommandFailure(
            status: .failure, message: "partylined is not ready yet: \(reason)",
            next: ["partyline status   shows what it is waiting for"])
    }

    /// The service or the daemon is unavailable; the message contains which one.
    private static func unavailable(_ failure: ProtocolFailure) -> CommandFailure {
        advised(
            .failure, failure.message, failure.hint ?? "partyline status   shows the link, and since when it is down")
    }

    private static func unreachable(_ reason: String) -> CommandFailure {
        CommandFailure(
            status: .failure, message: "Amazon Connect cannot be reached: \(reason)",
            next: ["partyline status   shows since when the link is down, and the last error"])
    }
}
