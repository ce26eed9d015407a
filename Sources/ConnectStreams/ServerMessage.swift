public import AgentModel
import StreamsProtocol

public struct ServerMessage: Equatable, Sendable {
    public let event: String
    /// Its data; nil where the line has none.
    public let data: JSON?
    /// Its place among all events, on lines that a subscription brings.
    public let clock: String?
    /// When it happened, RFC 3339, on the same lines.
    public let time: String?
    /// The port that broadcast it, on the same lines.
    public let from: String?
    /// The line as it came, without its newline.
    public let line: [UInt8]

    /// The daemon's data is nested more deeply than what it takes from clients: it wraps what the service sent.
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
        self.line = line
    }

    /// A line that says that a daemon took this connection over from one that died: what was under way is lost.
    var isResumption: Bool {
        event == EventName.acknowledge && data?["partyline"]?["resumed"]?.bool == true
    }
}

/// The daemon's first line: who it is, and who we are to it.
public struct Welcome: Equatable, Sendable {
    public let portId: String
    /// The version of the socket protocol.
    public let protocolVersion: Int?
    public let daemonVersion: String?
    /// The daemon's epoch; clocks of different epochs cannot be compared.
    public let epoch: String?
    /// What this connection may do: `presence`, `observer`, `operator`, `admin`.
    public let role: String?
    /// What the daemon can do beyond the Streams dialect. Test these, not versions.
    public let capabilities: [String]

    /// Reads the data of the first `acknowledge`.
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
