public import Logging
import Synchronization

/// The least level that is written, shared by all loggers and changed while the daemon runs.
public final class LiveLogLevel: Sendable {
    /// The names that the configuration and `setLogLevel` know.
    static let names = ["debug", "info", "warning", "error"]

    private let level: Mutex<Logger.Level>

    /// A level that holds until another is set.
    public init(_ level: Logger.Level) { self.level = Mutex(level) }

    /// The level named so; `info` if there is none of that name.
    convenience init(name: String) { self.init(Self.level(name) ?? .info) }

    /// The level that holds now.
    public var value: Logger.Level { level.withLock { $0 } }

    /// Takes another level; false, with nothing changed, if there is none of that name.
    func set(_ name: String) -> Bool {
        guard let new = Self.level(name) else { return false }
        level.withLock { $0 = new }
        return true
    }

    private static func level(_ name: String) -> Logger.Level? {
        names.contains(name) ? Logger.Level(rawValue: name) : nil
    }
}
