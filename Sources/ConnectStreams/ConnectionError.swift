/// Why a program is not, or no longer, on the line.
public enum ConnectionError: Error, Equatable, Sendable {
    /// Nobody listens at that path.
    case notRunning(path: String)
    /// The socket is there, and this user may not open it.
    case noPermission(path: String)
    /// The path does not fit into a socket address (107 bytes).
    case pathTooLong(path: String)
    /// The daemon ended the connection.
    case closedByDaemon(CloseReason)
    /// The deadline passed.
    case timeout
    /// The descriptor that may end a wait became readable.
    case interrupted
    /// The daemon, or whoever listens there, said something that is not a line of the protocol.
    case badLine(String)
    /// Something else failed, with the system's error number.
    case system(errno: Int32, action: String)
}

/// What the daemon said before it closed a connection.
public enum CloseReason: Equatable, Sendable {
    /// Nothing: it stopped, or was stopped.
    case unsaid
    /// It was killed, and the next one took the connection over: what was under way is lost.
    case restarted
    /// `partyline::bye`, with its reason: `slow`, `shutdown`….
    case bye(String)
    /// `partyline::error`, last thing before the end: `not_permitted`, `too_many`….
    case error(ProtocolFailure)
}

extension ConnectionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notRunning(let path): "nobody listens at \(path)"
        case .noPermission(let path): "no permission to open \(path)"
        case .pathTooLong(let path): "the socket's path is longer than 107 bytes: \(path)"
        case .closedByDaemon(.unsaid): "the daemon closed the connection"
        case .closedByDaemon(.restarted): "the daemon was restarted"
        case .closedByDaemon(.bye(let reason)): "the daemon closed the connection: \(reason)"
        case .closedByDaemon(.error(let failure)): "the daemon closed the connection: \(failure.message)"
        case .timeout: "no answer in time"
        case .interrupted: "the wait was interrupted"
        case .badLine(let why): "not a line of the protocol: \(why)"
        case .system(let number, let action): "\(action): \(SystemError.text(number))"
        }
    }
}
