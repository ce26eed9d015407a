import AgentModel
public import StreamsProtocol

/// An entry of the daemon's own log, for the ports that asked for it by `setLogs`.
public struct DaemonLogEntry: Equatable, Sendable {
    public let level: LogLevel
    public let message: String
    /// What belongs to it.
    public let fields: [String: String]

    public init(level: LogLevel, message: String, fields: [String: String]) {
        self.level = level
        self.message = message
        self.fields = fields
    }
}

/// Streams' own names (its LogLevel), which clients may use beside ours.
extension LogLevel {
    /// The level as a LogEntry of Streams names it.
    var streamsName: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        }
    }

    /// The level that a client names, in our words or in Streams'.
    init?(name: String) {
        switch name.lowercased() {
        case "test", "trace": self = .debug
        case "log": self = .info
        case "warn": self = .warning
        case "critical": self = .error
        case let name: self.init(rawValue: name)
        }
    }

    /// All names that `init(name:)` takes, as the schema lists them.
    static let clientNames = names + ["TEST", "TRACE", "DEBUG", "INFO", "LOG", "WARN", "ERROR", "CRITICAL"]
}

extension Conduit {
    /// `setLogs {level}`: this port gets the daemon's entries from that level on; null ends it.
    mutating func setLogs(_ request: Request) {
        let name = request.params["level"]?.string
        ports[request.port]?.logLevel = name.flatMap { LogLevel(name: $0) }
        respond(request.port, request.id, .data(["level": request.params["level"] ?? .null]))
    }

    /// Tells an entry, in the shape of Streams' LogEntry, to the ports that want it.
    mutating func tell(_ entry: DaemonLogEntry) {
        let wanting = ports.values.filter { port in port.logLevel.map { entry.level >= $0 } ?? false }.map(\.id)
            .sorted()
        guard !wanting.isEmpty else { return }
        logLine += 1
        let fields = entry.fields.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
        let line = ServerLine.encode(
            EventName.log,
            [
                "component": "partylined", "level": .string(entry.level.streamsName), "text": .string(entry.message),
                "time": .string(Timestamp.text(milliseconds: now.wall)), "exception": .null,
                "objects": entry.fields.isEmpty ? [] : [.object(JSONObject(fields))], "line": .int(logLine),
                "loggerId": .string(settings.epoch),
            ])
        for id in wanting { reply(id, line) }
    }
}
