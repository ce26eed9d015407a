/// How important a line of the daemon's log is, least first. The raw values are the names of the configuration and the
/// socket protocol.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    /// For those who look for a fault.
    case debug
    /// A change that an operator may want to see.
    case info
    /// Something is wrong and the daemon goes on.
    case warning
    /// Something is wrong and has to be mended by a person.
    case error

    /// The raw values, least first.
    public static let names = allCases.map(\.rawValue)

    /// By importance.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}
