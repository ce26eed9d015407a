// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// An entry of the daemon's own log, for the ports that requested it with `setLogs`.
public struct DaemonLogEntry: Equatable, Sendable {
    public let level: LogLevel
    public let message: String
    public let fields: [String: String]

    public init(level: LogLevel, message: String, fields: [String: String]) {
        self.level = level
        self.message = message
        self.fields = fields
    }
}

/// The level names of Streams' `LogLevel`, which clients can use as well.
extension LogLevel {
    /// The level's name in a `LogEntry` of Streams.
    var streamsName: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        }
    }

    /// The level with a name of the daemon or of Streams; nil for any other name.
    init?(name: String) {
        switch name.lowercased() {
        case "test", "trace": self = .debug
        case "log": self = .info
        case "warn": self = .warning
        case "critical": self = .error
        case let name: self.init(rawValue: name)
        }
    }

    /// The names that the schema lists; `init(name:)` ignores case.
    static let clientNames = names + ["TEST", "TRACE", "DEBUG", "INFO", "LOG", "WARN", "ERROR", "CRITICAL"]
}

extension Conduit {
    /// `setLogs {level}`: sends the port the daemon's log entries from this level on; null stops them.
    mutating func setLogs(_ request: Request) {
        let name = request.params["level"]?.string
        ports[request.port]?.logLevel = name.flatMap { LogLevel(name: $0) }
        respond(request.port, request.id, .data(["level": request.params["level"] ?? .null]))
    }

    /// Sends an entry, in the form of Streams' `LogEntry`, to the ports that requested its level.
    mutating func sendLogEntry(_ entry: DaemonLogEntry) {
        logMemory.add(entry, at: now.wall)
        let receivers = ports.values.filter { port in port.logLevel.map { entry.level >= $0 } ?? false }.map(\.id)
            .sorted()
        guard !receivers.isEmpty else { return }
        let fields = entry.fields.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
        let line = ServerLine.encode(
            EventName.log,
            [
                "component": "partylined", "level": .string(entry.level.streamsName), "text": .string(entry.message),
                "time": .string(Timestamp.text(milliseconds: now.wall)), "exception": .null,
                "objects": entry.fields.isEmpty ? [] : [.object(JSONObject(fields))], "line": .int(logMemory.newest),
                "loggerId": .string(settings.epoch),
            ])
        for id in receivers { reply(id, line) }
    }
}
