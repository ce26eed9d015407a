/// What the downstream half has to know; a reload may bring new ones.
public struct ConduitSettings: Equatable, Sendable {
    /// Names this run of the daemon: the first part of every clock.
    public var epoch: String
    public var access: AccessRules
    /// The longest line of a client, in bytes.
    public var lineLimit = 1 << 20
    /// Bad lines in a row that close a port.
    public var badLineLimit = 100
    /// The log's bound in bytes.
    public var logBytes = 16 << 20
    /// The log's bound in lines.
    public var logLines = 65_536
    /// The log's room in bytes for lines that supersede one another: `agent::update`, metrics, logs.
    public var supersededBytes = 4 << 20
    /// What ports, users and programs may hold at a time; `portBytes` are the unread replies that close a port.
    public var ledger = LedgerLimits()
    /// Requests of a port that are served a second, in the long run.
    public var requestsPerSecond = 200
    /// Requests of a port that are served at once after a rest.
    public var requestBurst = 400
    /// Connections of one program that may open and close again within three seconds.
    public var shortConnections = 1_200
    /// How many changes of the number of ports a second are told one by one.
    public var connectedCCPsPerSecond = 20
    /// Beyond that: how often the newest number is told, in milliseconds.
    public var connectedCCPsInterval: Int64 = 100
    /// True if there is somewhere to keep what a restart is to find.
    public var keepsState = false
    /// How much is written to a segment there before the other one is begun, in bytes; for the daemon's lifetime.
    public var segmentBytes = 8 << 20
    /// False where the daemon authorizes by itself: a client's `configure` is then ignored and counted.
    public var acceptsConfigure = true

    public init(epoch: String, access: AccessRules) {
        self.epoch = epoch
        self.access = access
    }
}
