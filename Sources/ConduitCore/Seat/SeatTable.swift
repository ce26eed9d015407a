// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The newest event of each part of the seat.
struct SeatTable: Equatable {
    struct Entry: Equatable {
        let part: SeatPart
        let data: JSON
        /// Milliseconds since 1970.
        let time: Int64
        /// The port and program that sent it; nil for the daemon's own events.
        let author: Author?
        /// True if it was said to a former run of the daemon.
        var isStale = false

        var json: JSON {
            var object = JSONObject([
                ("event", .string(part.event)), ("data", data), ("time", .string(Timestamp.text(milliseconds: time))),
            ])
            object["by"] = author?.json
            if isStale { object["stale"] = true }
            return .object(object)
        }
    }

    /// Larger data is not kept: it is no state of a device.
    static let byteLimit = 2 << 10

    private var byPart: [SeatPart: Entry] = [:]

    /// In the order of `SeatPart`.
    var entries: [Entry] { SeatPart.allCases.compactMap { byPart[$0] } }

    /// The state before the daemon was restarted; nil members and those of another form are left out.
    init(kept: JSON = .null) {
        for part in SeatPart.allCases where part.outlivesRun {
            guard let member = kept[part.rawValue], let data = member["data"],
                let time = member["time"]?.string.flatMap(Timestamp.milliseconds)
            else { continue }
            byPart[part] = Entry(part: part, data: data, time: time, author: Author(member["by"]), isStale: true)
        }
    }

    /// The contact that a page of the former run showed.
    static func formerView(_ kept: JSON) -> String? {
        kept[SeatPart.contactView.rawValue]?["data"]?["contactId"]?.string
    }

    /// Returns true if the table has changed.
    mutating func note(_ event: String, _ data: JSON, by author: Author?, at time: Int64) -> Bool {
        if event == EventName.webSocketConnectionGain { return byPart.removeValue(forKey: .webSocketFailure) != nil }
        guard let part = SeatPart(event: event) else { return false }
        let isEmptyView = part == .contactView && (data["contactId"]?.string ?? "").isEmpty
        guard !isEmptyView, data.encoded.count <= Self.byteLimit else { return byPart.removeValue(forKey: part) != nil }
        byPart[part] = Entry(part: part, data: data, time: time, author: author)
        return true
    }

    /// The port has closed. Returns the contact that it showed.
    mutating func endView(of port: String) -> String? {
        guard let view = byPart[.contactView], view.author?.port == port else { return nil }
        byPart[.contactView] = nil
        return view.data["contactId"]?.string
    }

    /// `{mute: {event, data, time, by?, stale?}, …}`.
    var json: JSON {
        .object(JSONObject(entries.map { ($0.part.rawValue, $0.json) }))
    }
}
