// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// The settings of the downstream core. A reload replaces them, except `epoch`.
public struct ConduitSettings: Equatable, Sendable {
    /// Identifies this run of the daemon: the first part of every clock.
    public var epoch: String
    public var access: AccessRules
    /// The longest line of a client, in bytes.
    public var lineLimit = 1 << 20
    /// This many bad lines in a row close a port.
    public var badLineLimit = 100
    /// The event log's limit in bytes.
    public var logBytes = 16 << 20
    /// The event log's limit in lines.
    public var logLines = 65_536
    /// The event log's separate limit in bytes for lines that supersede one another: `agent::update`, metrics, logs.
    public var supersededBytes = 4 << 20
    /// Limits of a port, a program and a user. A port with more unread replies than `portBytes` is closed.
    public var ledger = LedgerLimits()
    /// The sustained rate of a port's requests.
    public var requestsPerSecond = 200
    /// The number of requests that a port may send at once after a pause.
    public var requestBurst = 400
    /// The number of short connections that one program may open within three seconds.
    public var shortConnections = 1_200
    /// Up to this rate, every change of the number of ports is published.
    public var connectedCCPsPerSecond = 20
    /// Beyond that rate: the interval at which the newest number is published, in milliseconds.
    public var connectedCCPsInterval: Int64 = 100
    /// True if there is a place to keep state over a restart.
    public var keepsState = false
    /// The size in bytes at which a segment of the state journal is full. A reload does not change it.
    public var segmentBytes = 8 << 20
    /// False if the daemon authorizes by itself: a client's `configure` is then ignored and counted.
    public var acceptsConfigure = true
    /// What `describe` says of the service's operations; the session knows their model.
    public var operations: JSON = []

    public init(epoch: String, access: AccessRules) {
        self.epoch = epoch
        self.access = access
    }
}
