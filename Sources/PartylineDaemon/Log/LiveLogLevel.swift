// SPDX-License-Identifier: Apache-2.0
import Logging
public import StreamsProtocol
import Synchronization

/// The lowest level that is logged. All loggers share it, and it can change while the daemon runs.
public final class LiveLogLevel: Sendable {
    private let level: Mutex<LogLevel>

    public init(_ level: LogLevel) { self.level = Mutex(level) }

    public var value: LogLevel { level.withLock { $0 } }

    /// Returns the previous level.
    @discardableResult
    func set(_ new: LogLevel) -> LogLevel {
        level.withLock { old in
            defer { old = new }
            return old
        }
    }
}

extension LogLevel {
    var loggerLevel: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
