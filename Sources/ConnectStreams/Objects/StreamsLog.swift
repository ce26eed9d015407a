// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// Log entries that go to all clients, and by the daemon to Amazon Connect (Streams' logger).
public struct StreamsLog: Sendable {
    let connect: Connect
    /// `ccp`, `softphone`, `chat` or `task`.
    public let component: String

    /// Sends an entry, without waiting: logging must not hinder a program. Without a connection the entry is dropped.
    ///
    /// - Parameters:
    ///   - level: how important it is.
    ///   - text: what happened.
    ///   - exception: an error that belongs to the entry.
    ///   - objects: values that belong to the entry. The caller leaves out secrets.
    public func log(
        _ level: StreamsLogLevel, _ text: String, exception: (any Error)? = nil, objects: [JSON] = []
    ) {
        connect.cast(line: EventName.sendLogs, [entry(level, text, exception, objects)])
    }

    public func debug(_ text: String) { log(.debug, text) }
    public func info(_ text: String) { log(.info, text) }
    public func warn(_ text: String) { log(.warn, text) }
    public func error(_ text: String, exception: (any Error)? = nil) { log(.error, text, exception: exception) }

    /// In the form of Streams' LogEntry.
    func entry(_ level: StreamsLogLevel, _ text: String, _ exception: (any Error)?, _ objects: [JSON]) -> JSON {
        var entry = JSONObject([
            ("component", .string(component)), ("level", .string(level.rawValue)), ("text", .string(text)),
            ("time", .string(Timestamp.text(milliseconds: WallClock.milliseconds))), ("objects", .array(objects)),
        ])
        entry["exception"] = exception.map { error in
            ["type": .string("\(type(of: error))"), "message": .string("\(error)"), "stack": []]
        }
        return .object(entry)
    }

    /// The entries of all clients, this one included.
    public var entries: Events<JSON> { connect.events(named: "log") { $0.data } }
}

extension Connect {
    /// The logger for a component (Streams' `getLog`).
    public func log(component: String = "ccp") -> StreamsLog { StreamsLog(connect: self, component: component) }
}

/// The level of an entry (Streams' LogLevel).
public enum StreamsLogLevel: String, Sendable {
    case test = "TEST"
    case trace = "TRACE"
    case debug = "DEBUG"
    case info = "INFO"
    case log = "LOG"
    case warn = "WARN"
    case error = "ERROR"
    case critical = "CRITICAL"
}
