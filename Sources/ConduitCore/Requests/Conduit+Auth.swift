// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// `partyline::auth`: subscribers are told of the sign-in. The role presence receives its state only.
extension Conduit {
    mutating func publish(_ auth: DaemonStatus.Auth) {
        var data = JSONObject([
            ("state", .string(auth.state.rawValue)), ("since", .string(Timestamp.text(milliseconds: auth.since))),
        ])
        let narrow = Self.authLine(data)
        data["expiresAt"] = auth.expiresAt.map { .string(Timestamp.text(milliseconds: $0)) }
        data["reason"] = auth.lastError.map { .string($0) }
        let entry = EventLog.Entry(
            EventName.auth, Self.authLine(data), isSuperseded: true, audience: .subscribers, narrowBody: narrow,
            time: now.wall)
        self.auth = entry
        append(entry)
    }

    private static func authLine(_ data: JSONObject) -> LineBody {
        LineBody(of: ServerLine.encode(EventName.auth, .object(data)))
    }

    /// The newest one, for a port that has subscribed to it; else nil.
    ///
    /// - Parameter clock: the clock of the answer before it, because the events after that have not been sent yet.
    func authLine(for port: Port, clock: String) -> [UInt8]? {
        guard let auth, port.interest.matches(auth),
            let body = port.interest.key.isNarrow ? auth.narrowBody : auth.body
        else { return nil }
        return body.bytes + ServerLine.ending(clock: clock, time: auth.time, from: nil)
    }
}
