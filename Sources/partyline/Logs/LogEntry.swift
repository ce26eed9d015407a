// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// An entry of the daemon's log.
struct LogEntry: Equatable {
    /// Counts the entries of this run of the daemon.
    let number: Int?
    /// RFC 3339.
    let time: String
    /// A `LogLevel`, or a name that only a newer daemon has.
    let level: String
    let text: String
    let fields: JSONObject

    /// An entry that the daemon has kept: `{line, time, level, text, fields?}`.
    init(kept json: JSON) {
        number = json["line"]?.int
        time = json["time"]?.string ?? ""
        level = json["level"]?.string ?? "info"
        text = json["text"]?.string ?? json.text
        fields = json["fields"]?.object ?? JSONObject()
    }

    /// A new entry, in the form of Streams' LogEntry; nil for any other line, and for entries of clients.
    init?(_ message: ServerMessage) {
        guard message.event == EventName.log, let data = message.data, data["component"]?.string == "partylined" else {
            return nil
        }
        number = data["line"]?.int
        time = data["time"]?.string ?? ""
        level = Self.level(data["level"]?.string ?? "INFO")
        text = data["text"]?.string ?? ""
        fields = data["objects"]?.array?.first?.object ?? JSONObject()
    }

    private static func level(_ streamsName: String) -> String {
        streamsName == "WARN" ? LogLevel.warning.rawValue : streamsName.lowercased()
    }

    /// The same for entries of both kinds: `{line, time, level, text, fields?}`.
    var json: JSON {
        var object = JSONObject()
        object["line"] = number.map { .int($0) }
        object["time"] = .string(time)
        object["level"] = .string(level)
        object["text"] = .string(text)
        object["fields"] = fields.isEmpty ? nil : .object(fields)
        return .object(object)
    }

    /// One line: time of day, level, text, fields.
    func line(_ palette: Palette) -> String {
        let instant = Timestamp.milliseconds(time).map { WallClock.timeOfDay($0) } ?? Text.printable(time)
        let level = palette.tone(Self.tone(level), Text.left(Text.printable(level), 7))
        let fields = fields.members.map { "\($0.name)=\($0.value.string ?? $0.value.text)" }
        let text = Text.printable(([text] + fields).joined(separator: "  "))
        return "\(palette.dim(instant))  \(level)  \(text)"
    }

    private static func tone(_ level: String) -> Sentence.Tone {
        switch LogLevel(rawValue: level) {
        case .error: .bad
        case .warning: .waiting
        case .debug: .quiet
        case .info, nil: .plain
        }
    }
}
