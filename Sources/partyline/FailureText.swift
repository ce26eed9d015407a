import ConnectStreams

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
        let status = CommandStatus(code: failure.code)
        switch (status, failure.code) {
        case (_, "not_ready") where failure.hint == nil: return starting(failure.message)
        case (.notSignedIn, _): return notSignedIn(failure.message)
        case (.denied, _): return denied(failure)
        case (_, "unavailable"): return unavailable(failure)
        default:
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
        let status = CommandStatus(code: failure.type)
        switch (status, failure.type) {
        case (.notSignedIn, _): return notSignedIn("\(failure)")
        case (_, "NetworkingError"), (_, "unavailable"): return unreachable("\(failure)")
        default:
            return CommandFailure(
                status: status, message: "\(failure)", next: ["partyline get snapshot   shows what is so now"])
        }
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

    /// There will be a session in a moment: nobody has to sign in.
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
