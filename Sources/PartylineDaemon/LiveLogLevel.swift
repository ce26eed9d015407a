import Logging
public import StreamsProtocol
import Synchronization

/// The least level that is written, shared by all loggers and changed while the daemon runs.
public final class LiveLogLevel: Sendable {
    private let level: Mutex<LogLevel>

    /// A level that holds until another is set.
    public init(_ level: LogLevel) { self.level = Mutex(level) }

    /// The level that holds now.
    public var value: LogLevel { level.withLock { $0 } }

    /// Takes another level and returns the one before.
    @discardableResult
    func set(_ new: LogLevel) -> LogLevel {
        level.withLock { old in
            defer { old = new }
            return old
        }
    }
}

extension LogLevel {
    /// The level in swift-log's terms.
    var loggerLevel: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
