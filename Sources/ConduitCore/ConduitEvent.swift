public import AgentModel
public import StreamsProtocol

/// What happens to the downstream half.
public enum ConduitEvent: Equatable, Sendable {
    /// A program connected. `nonce` is a few random characters for the id that it is told.
    case opened(PortID, Peer, nonce: String)
    /// It sent a line.
    case line(PortID, [UInt8])
    /// It sent several lines, in this order; what they change is kept as one.
    case lines(PortID, [[UInt8]])
    /// It sent a line beyond the limit.
    case lineTooLong(PortID)
    /// The hand holds so many bytes for it beyond the usual: an unfinished line, or writes that its client does not
    /// take. Every change is told anew, 0 included.
    case holding(PortID, bytes: Int)
    /// It is gone.
    case closed(PortID)
    /// The session says something to every port.
    case publish(String, RawJSON?)
    /// The session has a new agent.
    case agent(Agent)
    /// The agent is no longer known: the session ended.
    case forgetAgent
    /// A client's acceptContact succeeded.
    case accepted(contactId: String)
    /// The end of `ConduitRequest.call`.
    case answered(RequestTicket, CallOutcome)
    /// The end of `ConduitAction.sync`: the snapshot is in and published, or there is none.
    case synced(SyncTicket, ProtocolError?)
    /// The answer to a `partyline::request`.
    case responded(PortID, requestId: RawJSON, Response)
    case logged(DaemonLogEntry)
    /// A timer that was scheduled is due.
    case timer(ConduitTimer)
    /// The configuration was read again.
    case settings(ConduitSettings)
    /// The daemon goes down: every port is told why and closed.
    case shutdown(reason: String)

    /// How many lines of a client it brings; 1 for anything else that happens.
    var lineCount: Int {
        if case .lines(_, let lines) = self { lines.count } else { 1 }
    }

    /// Data or error of a request of our own.
    public enum Response: Equatable, Sendable {
        /// It succeeded.
        case data(JSON)
        /// It did not.
        case error(ProtocolError)
    }
}

/// The timers of the downstream half.
public enum ConduitTimer: Hashable, Sendable {
    /// The newest number of ports is due to be told.
    case connectedCCPs
    case call(UInt64)
    case sync(UInt64)
    /// Ports that the log has left behind are to be looked for.
    case lags
}

/// What the downstream half wants done.
public enum ConduitAction: Equatable, Sendable {
    /// Write to a port now, and not only at the end of the turn.
    case write(PortID)
    /// Close a port; `last` is the last thing it is told. What is due to it and can be written at once goes before.
    case close(PortID, last: [UInt8]?)
    /// Fire a timer after so many milliseconds.
    case schedule(ConduitTimer, after: Int64)
    /// Forget a timer.
    case unschedule(ConduitTimer)
    /// A client's request that is not ours to serve.
    case ask(PortID, ConduitRequest)
    /// Ask for a snapshot, from now on; its end comes back as `ConduitEvent.synced`.
    case sync(SyncTicket)
    /// Write a line to the log.
    case log(LogLevel, String, [String: String])
}

/// What clients want of the session or of the daemon.
public enum ConduitRequest: Equatable, Sendable {
    /// `configure`.
    case configure(JSON)
    /// `api_request` or `call`; its end comes back as `ConduitEvent.answered`.
    case call(RequestTicket, method: String?, params: JSON)
    /// `setLogLevel`.
    case setLogLevel(requestId: RawJSON, LogLevel)
    /// `reload`.
    case reload(requestId: RawJSON)
    /// `reload_agent_configuration`.
    case reloadConfiguration
    /// `send_logs`.
    case logs([JSON])
    /// A broadcast of `api_proxy_request`.
    case proxy(JSON)
    /// `terminate`.
    case terminate
    /// `disasterRecovery::suppress`.
    case suppress(JSON)
    /// `disasterRecovery::force_offline`.
    case forceOffline(JSON)
    /// `disasterRecovery::init_dr_polling`.
    case initDRPolling(JSON)
    /// `webSocket::subscribe`.
    case subscribe([String])
    /// `webSocket::send`.
    case sendFrame(JSON)
    case status(requestId: RawJSON)
    case agent(requestId: RawJSON)
}
