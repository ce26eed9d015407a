// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// The downstream half of the shared worker: the ports, their requests, and the order of their output.
///
/// A state machine like `Session`: it takes an event and the time, and returns actions. It cannot be copied, because
/// its ports share one ledger. Its parts are in the folders beside this file: ports that open and close
/// (`Conduit+Ports`), the lines of clients (`Conduit+Lines`), `partyline::request` (`Conduit+Requests`), subscriptions
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
    var seat = SeatTable()
    /// The contact that a page of the former run showed, until subscribers are told that it is not in view any more.
    var lostView: String?
    var causes = CallCauses()
    /// The newest `partyline::auth`.
    var auth: EventLog.Entry?
    /// The link to the service, and when it last changed, in milliseconds since 1970.
    var link: (note: DaemonStatus.LinkNote, time: Int64)?
    /// True if the agent's data may not be current.
    var isStale: Bool { link?.note.isStale ?? false }
    /// Changes that a restart must find, until `persist` has written them.
    var draft: StateDraft
    var unsaved = UnsavedAgent()
    /// The memory that was stored last in this run.
    var keptMemory: JSON?
    var calls = CallKeeper()
    /// `sync` requests that wait for a snapshot, by number.
    var syncs: [UInt64: Waiting] = [:]
    var nextSync: UInt64 = 1
    let ledger: Ledger
    /// Charges of calls whose port has closed or whose deadline has passed, until the service answers.
    var abandonedCalls: [UInt64: Charge] = [:]
    /// Charges of forwarded requests that have no reply yet, including those of closed ports.
    var openRequests: [PortID: [Charge]] = [:]
    var churn: Churn
    var formerPaces = FormerPaces()
    var pacedLog = PacedLog()
    var connectedCCPs = ConnectedCCPs()
    var portsPace = ConnectedCCPs()
    var masters = Masters()
    var tabs = Tabs()
    /// Ports whose client sends nothing more, without subscribers. Each is closed when its requests are answered.
    var halfClosed: Set<PortID> = []
    /// Ports that are closed when their output has been written.
    var finishing: Set<PortID> = []
    /// True once every port has been closed with `partyline::bye`, because the daemon stops.
    var isShuttingDown = false
    var logMemory = LogMemory()
    var lagsNotedUpTo: LogPosition = 0
    var nextLagCheck: Int64 = 0
    var isLagCheckDue = false
    /// The log messages of `next`, which returns no actions.
    var deferredLogs: [ConduitAction] = []
    /// Counters for `getStatus`.
    public internal(set) var counters = ConduitCounters()

    struct Waiting: Equatable {
        let port: PortID
        let requestId: RawJSON
    }

    /// Creates a conduit without ports.
    ///
    /// - Parameter kept: the state that a former run of the daemon kept.
    public init(settings: ConduitSettings, kept: KeptState? = nil) {
        self.settings = settings
        ledger = Ledger(limits: settings.ledger)
        churn = Churn(tolerated: settings.shortConnections)
        clocks = Clocks(epoch: settings.epoch, formerRuns: kept?.runs ?? [])
        log = EventLog(limits: settings.log, next: kept?.next ?? 1, floor: kept?.floor)
        draft = StateDraft(segmentBytes: settings.segmentBytes)
        if let kept { restore(kept) }
    }

    /// Handles one event and returns the actions to carry out, in order.
    public mutating func handle(_ event: ConduitEvent, at now: Moment) -> [ConduitAction] {
        self.now = now
        // Enough for most events: growing the array in steps would cost more than the events themselves.
        actions.reserveCapacity(event.lineCount + 3)
        if let contactId = lostView {
            lostView = nil
            unsaved.isSeat = true
            publishViewEnd(of: contactId)
        }
        route(event)
        finishAnsweredPorts()
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
        case .buffered(let id, let bytes): buffered(id, bytes)
        case .closed(let id): closed(id)
        // A subscriber can no longer unsubscribe: it stays until it closes.
        case .inputClosed(let id): if ports[id]?.interest.isSubscriber == false { halfClosed.insert(id) }
        case .publish(let name, let data): publish(name, data)
        case .agent(let agent): publish(agent)
        case .auth(let auth): publish(auth)
        case .link(let link): publish(link)
        case .forgetAgent: forgetAgent()
        case .endSession: endSession()
        case .accepted(let contactId): accepted(contactId)
        case .answered(let ticket, let outcome): answered(ticket, outcome)
        case .synced(let ticket, let error): synced(ticket, error)
        case .responded(let id, let requestId, let response): responded(id, requestId, response)
        case .logged(let entry): sendLogEntry(entry)
        case .timer(.connectedCCPs): publishConnectedCCPs(JSONObject())
        case .timer(.ports): publishPorts()
        case .timer(.call(let number)): callExpired(number)
        case .timer(.sync(let number)): syncExpired(number)
        case .timer(.lags):
            isLagCheckDue = false
            noteLags()
        case .settings(let settings): adopt(settings)
        case .shutdown(let reason): shutDown(reason)
        }
    }

    /// Takes over new limits and rules. Open ports keep their roles.
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

    // MARK: Appending to the event log

    mutating func append(_ entry: consuming EventLog.Entry) {
        if settings.keepsState, !entry.isSuperseded, entry.audience != .streams { draft.add(entry, at: log.end) }
        log.append(entry)
        batches.removeAll()
        duePorts = .all
        noteLags()
    }

    mutating func append(_ name: String, _ line: [UInt8]) {
        let isSuperseded = name == EventName.agentUpdate || name == EventName.apiMetric || name == EventName.log
        append(EventLog.Entry(name, LineBody(of: line), isSuperseded: isSuperseded, time: now.wall))
    }

    mutating func publish(_ name: String, _ data: RawJSON?) {
        append(name, ServerLine.encode(name, raw: data))
        noteSeat(name, data?.value ?? .null, by: nil)
    }
}

extension ConduitSettings {
    var log: EventLog.Limits { EventLog.Limits(bytes: logBytes, lines: logLines, supersededBytes: supersededBytes) }
}

/// Counts since the daemon started.
public struct ConduitCounters: Equatable, Sendable {
    /// Connections that were accepted.
    public var connections = 0
    /// Connections that the access rules or a limit refused.
    public var refusedConnections = 0
    /// Lines that were not a message, or were too long.
    public var badLines = 0
    /// Messages with an unknown event.
    public var unknownEvents = 0
    /// `configure` messages that were ignored because the daemon authorizes by itself.
    public var ignoredConfigures = 0
    /// Messages that the port's role does not allow.
    public var refusedMessages = 0
    /// Requests that a limit refused.
    public var limitedRequests = 0
    /// Times that a port was too slow and missed lines.
    public var lags = 0
}
