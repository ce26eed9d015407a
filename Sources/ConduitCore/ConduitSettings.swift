/// What the downstream half has to know before it starts.
public struct ConduitSettings: Equatable, Sendable {
    /// Names this run of the daemon: the first part of every clock.
    public var epoch: String
    /// Who may come in.
    public var access: AccessRules
    /// The longest line of a client, in bytes.
    public var lineLimit = 1 << 20
    /// Bad lines in a row that close a port.
    public var badLineLimit = 100
    /// The log's bound in bytes.
    public var logBytes = 16 << 20
    /// The log's bound in lines.
    public var logLines = 65_536
    /// A port whose unread replies exceed this many bytes is closed.
    public var replyBytes = 4 << 20
    /// How many changes of the number of ports a second are told one by one.
    public var connectedCCPsPerSecond = 20
    /// Beyond that: how often the newest number is told, in milliseconds.
    public var connectedCCPsInterval: Int64 = 100
    /// False where the daemon authorizes by itself: a client's `configure` is then ignored and counted.
    public var acceptsConfigure = true

    /// Settings with the defaults.
    public init(epoch: String, access: AccessRules) {
        self.epoch = epoch
        self.access = access
    }
}
