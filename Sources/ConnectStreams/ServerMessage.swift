// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

public struct ServerMessage: Equatable, Sendable {
    public let event: String
    /// Nil if the line has no data.
    public let data: JSON?
    /// The event's clock, on lines of a subscription.
    public let clock: String?
    /// When the event happened (RFC 3339), on lines of a subscription.
    public let time: String?
    /// The id of the port that broadcast the event, on lines of a subscription.
    public let from: String?
    /// The client whose call caused the event, if that is certain.
    public let by: EventAuthor?
    /// True for a line about a state that began before the subscription.
    public let isExisting: Bool
    /// True for a state that was last confirmed before the daemon was restarted.
    public let isStale: Bool
    /// The line as it was received, without its newline.
    public let line: [UInt8]

    /// Higher than the limit for clients' lines: the daemon wraps what the service sent.
    private static let depthLimit = 128

    public init(line: [UInt8]) throws(ConnectionError) {
        let value: JSON
        do { value = try JSON(parsing: line, depthLimit: Self.depthLimit) } catch {
            throw .badLine("\(error)")
        }
        guard let event = value["event"]?.string else { throw .badLine("no \"event\" in it") }
        self.event = event
        data = value["data"]
        clock = value["clock"]?.string
        time = value["time"]?.string
        from = value["from"]?.string
        by = EventAuthor(value["by"])
        isExisting = value["existing"]?.bool ?? false
        isStale = value["stale"]?.bool ?? false
        self.line = line
    }

    /// True for the line with which a daemon takes over a connection from one that died. Pending requests are lost.
    var isResumption: Bool {
        event == EventName.acknowledge && data?["partyline"]?["resumed"]?.bool == true
    }
}

/// The daemon's first line: its version, and this connection's id and role.
public struct Welcome: Equatable, Sendable {
    public let portId: String
    /// The version of the socket protocol.
    public let protocolVersion: Int?
    public let daemonVersion: String?
    /// The daemon's epoch. Clocks of different epochs cannot be compared.
    public let epoch: String?
    /// This connection's role: `presence`, `observer`, `operator`, `admin`.
    public let role: String?
    /// What the daemon supports beyond the Streams dialect. Programs should test these rather than versions.
    public let capabilities: [String]

    /// Parses the data of the first `acknowledge`.
    public init?(json: JSON) {
        guard let id = json["id"]?.string else { return nil }
        let own = json["partyline"]
        portId = id
        protocolVersion = own?["protocol"]?.int
        daemonVersion = own?["version"]?.string
        epoch = own?["epoch"].flatMap { $0.string ?? $0.int.map(String.init) }
        role = own?["role"]?.string
        capabilities = (own?["capabilities"]?.array ?? []).compactMap(\.string)
    }
}
