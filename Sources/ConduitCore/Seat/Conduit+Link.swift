// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// `partyline::link`: subscribers are told of the link to the service, and whether the agent's data may be old. The role
/// presence is not told the service's words, which may name contacts.
extension Conduit {
    mutating func publish(_ note: DaemonStatus.LinkNote) {
        let link = (note: note, time: now.wall)
        self.link = link
        append(linkEntry(link, asOf: note.asOf))
    }

    /// - Parameter asOf: when the newest snapshot came, in milliseconds since 1970.
    func linkEntry(_ link: (note: DaemonStatus.LinkNote, time: Int64), asOf: Int64?) -> EventLog.Entry {
        EventLog.Entry(
            EventName.link, Self.linkLine(link.note, link.note.lastError, asOf), isSuperseded: true,
            audience: .subscribers, otherBodies: .init(narrow: Self.linkLine(link.note, link.note.lastErrorType, asOf)),
            time: link.time)
    }

    /// When the agent's snapshot came; nil if there is none, or if it does not say it.
    var agentTime: Int64? { derivation.agent?.snapshot.json["localTimestamp"]?.int.map { Int64($0) } }

    private static func linkLine(_ link: DaemonStatus.LinkNote, _ error: String?, _ asOf: Int64?) -> LineBody {
        var data = JSONObject([
            ("state", .string(link.state.rawValue)), ("since", .string(Timestamp.text(milliseconds: link.since))),
        ])
        data["lastError"] = error.map { .string($0) }
        data["asOf"] = asOf.map { .string(Timestamp.text(milliseconds: $0)) }
        data["stale"] = .bool(link.isStale)
        return LineBody(of: ServerLine.encode(EventName.link, .object(data)))
    }
}
