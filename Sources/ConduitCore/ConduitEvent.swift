public import AgentModel
public import StreamsProtocol

/// What happens to the downstream half.
public enum ConduitEvent: Equatable, Sendable {
    /// A program connected. `nonce` is a few random characters for the id that it is told.
    case opened(PortID, Peer, nonce: String)
    /// It sent a line.
    case line(PortID, [UInt8])
    /// It sent a line beyond the limit.
    case lineTooLong(PortID)
    /// It is gone.
    case closed(PortID)
    /// The session says something to every port.
    case publish(String, RawJSON?)
    /// The session has a new agent.
    case agent(Agent)
    /// The agent is no longer known: the session ended.
    case forgetAgent
    /// The answer to an `api_request`: data (nil: no such member) and error text.
    case answered(PortID, requestId: RawJSON?, data: JSON?, error: String?)
    /// The answer to a `partyline::request`.
    case responded(PortID, requestId: RawJSON, Response)
    /// The daemon logged something.
    case logged(DaemonLogEntry)
    /// A timer that was scheduled is due.
    case timer(ConduitTimer)
    /// The daemon goes down: every port is told why and closed.
    case shutdown(reason: String)

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
}

/// What the downstream half wants done.
public enum ConduitAction: Equatable, Sendable {
    /// Keep this line of the log, for every port.
    case append(LogPosition, [UInt8])
    /// Lines before this one may be forgotten.
    case discard(before: LogPosition)
    /// Keep this reply of one port.
    case reply(PortID, ReplyID, [UInt8])
    /// Close a port; `last` is the last thing it is told. What is due to it and can be written at once goes before.
    case close(PortID, last: [UInt8]?)
    /// Fire a timer after so many milliseconds.
    case schedule(ConduitTimer, after: Int64)
    /// A client's request that is not ours to serve.
    case ask(PortID, ConduitRequest)
    /// Write a line to the log.
    case log(ConduitLogLevel, String, [String: String])
}

/// How important a log line is.
public enum ConduitLogLevel: String, Sendable, CaseIterable {
    /// For those who look for a fault.
    case debug
    /// A change that an operator may want to see.
    case info
    /// A client misbehaves, or the service does.
    case warning
    /// Somebody has to act.
    case error
}

/// What clients want of the session or of the daemon.
public enum ConduitRequest: Equatable, Sendable {
    /// `configure`.
    case configure(JSON)
    /// `api_request`.
    case call(requestId: RawJSON?, method: String?, params: JSON)
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
    /// getStatus.
    case status(requestId: RawJSON)
    /// getAgent.
    case agent(requestId: RawJSON)
}
