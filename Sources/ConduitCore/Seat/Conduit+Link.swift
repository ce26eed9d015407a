// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// `partyline::link`: subscribers are told of the link to the service, and whether the agent's data may be old. The role
/// presence is not told the service's words, which may name contacts.
extension Conduit {
    mutating func publish(_ link: DaemonStatus.LinkNote) {
        isStale = link.isStale
        let entry = EventLog.Entry(
            EventName.link, Self.linkLine(link, link.lastError), isSuperseded: true, audience: .subscribers,
            otherBodies: .init(narrow: Self.linkLine(link, link.lastErrorType)), time: now.wall)
        self.link = entry
        append(entry)
    }

    private static func linkLine(_ link: DaemonStatus.LinkNote, _ error: String?) -> LineBody {
        var data = JSONObject([
            ("state", .string(link.state.rawValue)), ("since", .string(Timestamp.text(milliseconds: link.since))),
        ])
        data["lastError"] = error.map { .string($0) }
        data["asOf"] = link.asOf.map { .string(Timestamp.text(milliseconds: $0)) }
        data["stale"] = .bool(link.isStale)
        return LineBody(of: ServerLine.encode(EventName.link, .object(data)))
    }
}
