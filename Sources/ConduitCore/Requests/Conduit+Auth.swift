// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// `partyline::auth`: subscribers are told of the sign-in. The role presence receives its state only, an observer everything
/// but the URL of a prompt.
extension Conduit {
    mutating func publish(_ auth: DaemonStatus.Auth) {
        var data = JSONObject([
            ("state", .string(auth.state.rawValue)), ("since", .string(Timestamp.text(milliseconds: auth.since))),
        ])
        let narrow = Self.authLine(data)
        data["expiresAt"] = auth.expiresAt.map { .string(Timestamp.text(milliseconds: $0)) }
        data["reason"] = auth.lastError.map { .string($0) }
        if auth.endsWhenFree { data["endsWhenFree"] = true }
        var whole = data
        whole["prompt"] = auth.prompt?.json
        data["prompt"] = auth.prompt?.withoutURL.json
        let entry = EventLog.Entry(
            EventName.auth, Self.authLine(data), isSuperseded: true, audience: .subscribers,
            otherBodies: .init(narrow: narrow, whole: Self.authLine(whole)), time: now.wall)
        self.auth = entry
        append(entry)
    }

    private static func authLine(_ data: JSONObject) -> LineBody {
        LineBody(of: ServerLine.encode(EventName.auth, .object(data)))
    }

    /// The newest `partyline::auth`, `partyline::link` and `partyline::ports`, for a port that has subscribed to them.
    ///
    /// - Parameter clock: the clock of the answer before them, because the events after that have not been sent yet.
    func stateLines(for port: Port, clock: String) -> [[UInt8]] {
        // The link's own line is as old as its last change; since then there have been snapshots.
        [auth, link.map { linkEntry($0, asOf: agentTime) }].compactMap { entry in
            guard let entry, port.interest.matches(entry), let body = entry.body(for: port.interest.key.view) else {
                return nil
            }
            return body.bytes + ServerLine.ending(clock: clock, time: entry.time, from: nil)
        } + [portsLine(for: port, clock: clock)].compactMap(\.self)
    }
}
