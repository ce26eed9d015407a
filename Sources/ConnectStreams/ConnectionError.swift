// SPDX-License-Identifier: Apache-2.0

/// Why a connection could not be made, or has ended.
public enum ConnectionError: Error, Equatable, Sendable {
    /// No process listens at that path.
    case notRunning(path: String)
    /// The socket exists, but this user may not open it.
    case noPermission(path: String)
    /// The path does not fit into a socket address (107 bytes).
    case pathTooLong(path: String)
    /// The daemon ended the connection.
    case closedByDaemon(CloseReason)
    case timeout
    /// The descriptor that interrupts waits became readable.
    case interrupted
    /// The other side sent something that is not a line of the protocol.
    case badLine(String)
    /// Another system call failed, with this error number.
    case system(errno: Int32, action: String)
}

/// The reason that the daemon gave before it closed a connection.
public enum CloseReason: Equatable, Sendable {
    /// No reason: the daemon stopped or was killed.
    case unsaid
    /// The daemon was killed, and the next one took over the connection. Pending requests are lost.
    case restarted
    /// `partyline::bye`, with its reason: `slow`, `shutdown`….
    case bye(String)
    /// `partyline::error` as the last line: `not_permitted`, `too_many`….
    case error(ProtocolFailure)
}

extension ConnectionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notRunning(let path): "nothing listens at \(path)"
        case .noPermission(let path): "no permission to open \(path)"
        case .pathTooLong(let path): "the socket's path is longer than 107 bytes: \(path)"
        case .closedByDaemon(.unsaid): "the daemon closed the connection"
        case .closedByDaemon(.restarted): "the daemon was restarted"
        case .closedByDaemon(.bye(let reason)): "the daemon closed the connection: \(reason)"
        case .closedByDaemon(.error(let failure)): "the daemon closed the connection: \(failure.message)"
        case .timeout: "no answer in time"
        case .interrupted: "the wait was interrupted"
        case .badLine(let reason): "not a line of the protocol: \(reason)"
        case .system(let number, let action): "\(action): \(SystemError.text(number))"
        }
    }
}
