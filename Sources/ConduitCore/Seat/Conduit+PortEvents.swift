// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// `partyline::ports`: observers are told which programs come and go, at most as often as `update_connected_ccps`.
extension Conduit {
    mutating func portsChanged(joined: Port? = nil, left: Port? = nil) {
        switch portsPace.changed(at: now.uptime, settings) {
        case .publish: publishPorts(joined: joined, left: left)
        case .publishLater: actions.append(.schedule(.ports, after: settings.connectedCCPsInterval))
        case .nothing: break
        }
    }

    /// - Parameter joined: the port that has come; nil if several have come or gone.
    mutating func publishPorts(joined: Port? = nil, left: Port? = nil) {
        portsPace.published()
        var data = JSONObject([("count", .int(portCount))])
        data["joined"] = joined.map(Self.brief)
        data["left"] = left.map(Self.brief)
        let line = ServerLine.encode(EventName.ports, .object(data))
        let entry = EventLog.Entry(
            EventName.ports, LineBody(of: line), isSuperseded: true, audience: .subscribers, time: now.wall)
        // Most often no port has subscribed to it.
        guard interests.values.contains(where: { $0.matches(entry) }) else { return }
        append(entry)
    }

    /// The number of ports, for a port that has subscribed to it; else nil.
    func portsLine(for port: Port, clock: String) -> [UInt8]? {
        let line = ServerLine.encode(EventName.ports, ["count": .int(portCount)])
        let entry = EventLog.Entry(EventName.ports, LineBody(of: line), audience: .subscribers, time: now.wall)
        guard port.interest.matches(entry), let body = entry.body else { return nil }
        return body.bytes + ServerLine.ending(clock: clock, time: now.wall, from: nil)
    }

    private static func brief(_ port: Port) -> JSON {
        var object = JSONObject([("id", .string(port.name))])
        object["program"] = port.peer.program.map { .string($0) }
        object["role"] = .string(port.role.rawValue)
        return .object(object)
    }
}
