// SPDX-License-Identifier: Apache-2.0

/// The level of a line in the daemon's log, lowest first. The raw values are the names in the configuration and the socket
/// protocol.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug
    /// A change of interest to an operator.
    case info
    /// A problem; the daemon continues.
    case warning
    /// A problem that a person must fix.
    case error

    public static let names = allCases.map(\.rawValue)

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
