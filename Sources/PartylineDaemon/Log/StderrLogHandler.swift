// SPDX-License-Identifier: Apache-2.0
import Logging
import StreamsProtocol

/// Passes log lines to the writer.
struct StderrLogHandler: LogHandler {
    /// The lowest level that is logged: the shared one, unless this logger has one of its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? level.value.loggerLevel }
        set { ownLevel = newValue }
    }
    var metadata: Logger.Metadata = [:]
    private let level: LiveLogLevel
    private var ownLevel: Logger.Level?
    private let writer: LogWriter

    init(level: LiveLogLevel, writer: LogWriter) {
        self.level = level
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        writer.write(event.level, "\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 })
    }
}
