import AgentModel
public import StreamsProtocol

/// The downstream half of the shared worker: ports, what they say, and the order of what they are told.
///
/// A machine like `Session`: it takes what happened and the time, and answers with what is to be done. It cannot be
/// copied, because ports hold their share of one ledger. Its parts are in the folders beside this file: ports that come and
/// go (`Conduit+Ports`), the lines of clients (`Conduit+Lines`), requests of our own (`Conduit+Requests`), subscriptions
/// (`Conduit+Subscriptions`), the agent and the events derived from it (`Conduit+Agent`), and the order of output
/// (`Conduit+Output`).
public struct Conduit: ~Copyable {
    var settings: ConduitSettings
    var now = Moment(wall: 0, uptime: 0)
    var actions: [ConduitAction] = []
    var ports: [PortID: Port] = [:]
    var interests: [Interest.Key: Interest] = [:]
    var nextInterest: UInt64 = 1
    var log: EventLog
    let clocks: Clocks
    var batches = BatchCache()
    var duePorts = DuePorts.some([])
    var derivation = Derivation()
    /// What happened and a restart has to find, until `persist` has it written down.
    var draft: StateDraft
    var unkept = UnkeptAgent()
    var calls = CallKeeper()
    /// Ports that wait for a snapshot, by the number of their request.
    var syncs: [UInt64: Waiting] = [:]
    var nextSync: UInt64 = 1
    let ledger: Ledger
    /// What calls cost whose port has closed, until the service has answered them.
    var abandonedCalls: [UInt64: Charge] = [:]
    /// What the requests of ports cost that were handed on and are not answered yet, those of closed ports too.
    var openRequests: [PortID: [Charge]] = [:]
    var churn: Churn
    var formerPaces = FormerPaces()
    /// When a refused connection of a user was last worth a line in the journal, and how many have been refused since.
    var refusals: [UInt32: (told: Int64, since: Int)] = [:]
    var connectedCCPs = ConnectedCCPs()
    var masters = Masters()
    var tabs = Tabs()
    /// True once every port has been told that the daemon goes down.
    var isShuttingDown = false
    /// The number of the last entry of the daemon's log that was told.
    var logLine = 0
    var lagsNotedUpTo: LogPosition = 0
    var nextLagCheck: Int64 = 0
    var isLagCheckDue = false
    /// What `next` has to say to the journal; it returns no actions of its own.
    var deferredLogs: [ConduitAction] = []
    /// What happened, for `getStatus`.
    public internal(set) var counters = ConduitCounters()

    /// A request that waits for something.
    struct Waiting: Equatable {
        let port: PortID
        let requestId: RawJSON
    }

    /// A conduit without ports.
    ///
    /// - Parameter kept: what a former run of the daemon left behind.
    public init(settings: ConduitSettings, kept: KeptState? = nil) {
        self.settings = settings
        ledger = Ledger(limits: settings.ledger)
        churn = Churn(tolerated: settings.shortConnections)
        clocks = Clocks(epoch: settings.epoch, formerRuns: kept?.runs ?? [])
        log = EventLog(limits: settings.log, next: kept?.next ?? 1, floor: kept?.floor)
        draft = StateDraft(segmentBytes: settings.segmentBytes)
        if let kept { restore(kept) }
    }

    /// Takes an event and says what is to be done, in order.
    public mutating func handle(_ event: ConduitEvent, at now: Moment) -> [ConduitAction] {
        self.now = now
        // Most events want no more than these; growing step by step would cost more than they do.
        actions.reserveCapacity(event.lineCount + 3)
        route(event)
        endChange()
        actions += takeDeferredLogs()
        defer { actions = [] }
        return actions
    }

    private mutating func route(_ event: ConduitEvent) {
        switch event {
        case .opened(let id, let peer, let nonce): opened(id, peer, nonce)
        case .line(let id, let bytes): received(id, CollectionOfOne(bytes))
        case .lines(let id, let lines): received(id, lines)
        case .lineTooLong(let id): tooLong(id)
        case .holding(let id, let bytes): holding(id, bytes)
        case .closed(let id): closed(id)
        case .publish(let name, let data): publish(name, data)
        case .agent(let agent): publish(agent)
        case .forgetAgent: forgetAgent()
        case .accepted(let contactId): accepted(contactId)
        case .answered(let ticket, let outcome): answered(ticket, outcome)
        case .synced(let ticket, let error): synced(ticket, error)
        case .responded(let id, let requestId, let response): responded(id, requestId, response)
        case .logged(let entry): tell(entry)
        case .timer(.connectedCCPs): tellConnectedCCPs(JSONObject())
        case .timer(.call(let number)): callExpired(number)
        case .timer(.sync(let number)): syncExpired(number)
        case .timer(.lags):
            isLagCheckDue = false
            noteLags()
        case .settings(let settings): adopt(settings)
        case .shutdown(let reason): shutDown(reason)
        }
    }

    /// New limits and rules; who is here already stays as he is.
    private mutating func adopt(_ settings: ConduitSettings) {
        let epoch = self.settings.epoch
        self.settings = settings
        self.settings.epoch = epoch
        ledger.limits = settings.ledger
        for port in ports.values {
            port.pace.change(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
        }
        log.limits = settings.log
    }

    // MARK: What many are told

    /// Adds a line to the log.
    mutating func append(_ entry: consuming EventLog.Entry) {
        if settings.keepsState, !entry.isSuperseded, entry.audience != .streams { draft.add(entry, at: log.end) }
        log.append(entry)
        batches.removeAll()
        duePorts = .all
        noteLags()
    }

    /// Adds a line that the daemon says.
    mutating func append(_ name: String, _ line: [UInt8]) {
        let isSuperseded = name == EventName.agentUpdate || name == EventName.apiMetric || name == EventName.log
        append(EventLog.Entry(name, LineBody(of: line), isSuperseded: isSuperseded, time: now.wall))
    }

    private mutating func publish(_ name: String, _ data: RawJSON?) {
        append(name, ServerLine.encode(name, raw: data))
    }
}

extension ConduitSettings {
    var log: EventLog.Limits { EventLog.Limits(bytes: logBytes, lines: logLines, supersededBytes: supersededBytes) }
}

/// What happened since the daemon started.
public struct ConduitCounters: Equatable, Sendable {
    /// Connections that were let in.
    public var connections = 0
    /// Connections that the rules or a limit refused.
    public var refusedConnections = 0
    /// Lines that were not a message.
    public var badLines = 0
    /// Messages whose event nobody knows.
    public var unknownEvents = 0
    /// `configure` where the daemon authorizes by itself.
    public var ignoredConfigures = 0
    /// Messages that the port's role does not allow.
    public var refusedMessages = 0
    /// Requests that a limit refused.
    public var limitedRequests = 0
    /// Times that a port was too slow for the log.
    public var lags = 0
}
