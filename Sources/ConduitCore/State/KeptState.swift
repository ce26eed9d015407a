public import AgentModel

/// An event as it is kept for a restart of the daemon.
public struct KeptLine: Equatable, Sendable {
    /// Its place in the log.
    public let position: LogPosition
    public let name: String
    /// The contact it is about, for derived events.
    public let contactId: String?
    /// The port that broadcast it, by the id that clients know; nil for what the daemon says.
    public let from: String?
    /// Milliseconds since 1970.
    public let time: Int64
    /// The whole line as the Streams dialect has it, newline and all.
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

/// A former run of the daemon, whose clocks can be resumed from.
public struct KeptRun: Equatable, Sendable {
    /// The first part of its clocks.
    public let epoch: String
    /// The last place in the log that it is known to have come to.
    public let last: LogPosition

    public init(epoch: String, last: LogPosition) {
        self.epoch = epoch
        self.last = last
    }
}

/// All that a restarted daemon finds of its former runs.
public struct KeptState: Equatable, Sendable {
    /// The former runs, oldest first.
    public let runs: [KeptRun]
    /// The newest events, in order: all there were from `floor` on.
    public let lines: [KeptLine]
    /// The agent that events are derived from next; nil if there was none.
    public let agent: Agent?
    /// What the derivation remembers beside the agent.
    public let memory: JSON
    /// Where the log's next line is to stand.
    public let next: LogPosition
    /// No event at this place or after it is missing from `lines`. That is more than the first line says: the places
    /// before it may have been those of lines that supersede one another.
    public let floor: LogPosition

    /// A state; without a `floor` the events are complete from the first line on.
    public init(
        runs: [KeptRun], lines: [KeptLine], agent: Agent?, memory: JSON, next: LogPosition, floor: LogPosition? = nil
    ) {
        self.runs = runs
        self.lines = lines
        self.agent = agent
        self.memory = memory
        self.next = next
        self.floor = floor ?? lines.first?.position ?? next
    }

    /// What there is before the first run.
    public static let fresh = KeptState(runs: [], lines: [], agent: nil, memory: .null, next: 1)
}
