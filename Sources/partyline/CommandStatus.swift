/// What the command's exit says; documented, and therefore for ever.
enum CommandStatus: Int32, CaseIterable {
    case success = 0
    /// The service or the daemon said no, or Amazon Connect cannot be reached.
    case failure = 1
    /// The command line is wrong.
    case usage = 2
    /// Nobody listens on the socket.
    case notRunning = 3
    /// This user may not.
    case denied = 4
    /// The daemon runs, and has no session.
    case notSignedIn = 5
    /// No answer in time.
    case timeout = 6
    /// Somebody else was first.
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
