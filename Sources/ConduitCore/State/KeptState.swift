// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// An event of the log as the state journal stores it.
public struct KeptLine: Equatable, Sendable {
    /// The position in the log.
    public let position: LogPosition
    public let name: String
    /// The contact of a derived event.
    public let contactId: String?
    /// The public id of the port that broadcast the event; nil for events of the daemon.
    public let from: String?
    /// Milliseconds since 1970.
    public let time: Int64
    /// The complete line of the Streams dialect, including the newline.
    public let bytes: [UInt8]

    public init(
        position: LogPosition, name: String, contactId: String? = nil, from: String? = nil, time: Int64, bytes: [UInt8]
    ) {
        self.position = position
        self.name = name
        self.contactId = contactId
        self.from = from
        self.time = time
        self.bytes = bytes
    }
}

/// A previous run of the daemon. Clients can resume from its clocks.
public struct KeptRun: Equatable, Sendable {
    /// The epoch in its clocks.
    public let epoch: String
    /// The last log position that it is known to have reached.
    public let last: LogPosition

    public init(epoch: String, last: LogPosition) {
        self.epoch = epoch
        self.last = last
    }
}

/// The state that a restarted daemon restores from previous runs.
public struct KeptState: Equatable, Sendable {
    /// The previous runs, oldest first.
    public let runs: [KeptRun]
    /// The newest events, in order and complete from `floor` on.
    public let lines: [KeptLine]
    /// The baseline of the derivation; nil if there was no agent.
    public let agent: AgentData?
    /// `Derivation.memory`.
    public let memory: JSON
    /// The position of the log's next line.
    public let next: LogPosition
    /// `lines` contains every event at this position or after it. May be less than the first line's position, because lines
    /// that supersede one another have positions too, but are not stored.
    public let floor: LogPosition

    /// - Parameter floor: defaults to the position of the first line.
    public init(
        runs: [KeptRun], lines: [KeptLine], agent: AgentData?, memory: JSON, next: LogPosition,
        floor: LogPosition? = nil
    ) {
        self.runs = runs
        self.lines = lines
        self.agent = agent
        self.memory = memory
        self.next = next
        self.floor = floor ?? lines.first?.position ?? next
    }

    /// The state before the first run.
    public static let fresh = KeptState(runs: [], lines: [], agent: nil, memory: .null, next: 1)
}
