// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc
public import Logging
import StreamsProtocol

/// Writes log lines to standard error, with a timestamp, or with a priority prefix for the journal (sd-daemon(3)).
public struct StderrLogHandler: LogHandler {
    /// The lowest level that is logged: the shared one, unless this logger has one of its own.
    public var logLevel: Logger.Level {
        get { ownLevel ?? level.value.loggerLevel }
        set { ownLevel = newValue }
    }
    public var metadata: Logger.Metadata = [:]
    private let level: LiveLogLevel
    private var ownLevel: Logger.Level?
    private let isJournal: Bool

    /// - Parameter isJournal: true if standard error is connected to the journal (`JOURNAL_STREAM`).
    public init(level: LiveLogLevel, isJournal: Bool) {
        self.level = level
        self.isJournal = isJournal
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
            .joined()
        let start = isJournal ? "<\(Self.priority(event.level))>" : "\(Self.time()) \(event.level): "
        let line = start + Self.oneLine("\(event.message)") + fields + "\n"
        // One write per line, so that lines of several threads do not mix.
        var bytes = Array(line.utf8)
        _ = write(STDERR_FILENO, &bytes, bytes.count)
    }

    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp.text(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    /// The priorities of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_./:@%+#".contains($0) }
        return isPlain ? text : JSON.string(text).text
    }

    private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}
