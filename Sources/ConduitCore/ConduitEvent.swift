// SPDX-License-Identifier: Apache-2.0
public import AgentModel
public import StreamsProtocol

/// An input of the downstream core.
public enum ConduitEvent: Equatable, Sendable {
    /// A client connected. `nonce` is a few random characters for the port's id.
    case opened(PortID, Peer, nonce: String)
    case line(PortID, [UInt8])
    /// The client sent several lines, in this order. A restart finds all changes that they cause, or none.
    case lines(PortID, [[UInt8]])
    /// The client sent a line beyond `lineLimit`.
    case lineTooLong(PortID)
    /// The server now buffers this many bytes for the port beyond its free allowance: an unfinished line, or writes
    /// that the client does not read. Sent with every change of the number, also to 0.
    case buffered(PortID, bytes: Int)
    /// The connection has closed.
    case closed(PortID)
    /// The client sends nothing more, but still reads: it has shut down its side of the connection.
    case inputClosed(PortID)
    /// An event of the session, for every port.
    case publish(String, RawJSON?)
    case agent(AgentData)
    /// The sign-in has changed.
    case auth(DaemonStatus.Auth)
    /// The link to the service has changed.
    case link(DaemonStatus.LinkNote)
    /// The session ended, so there is no agent any more.
    case forgetAgent
    /// The session was logged out. The known contacts end, and nothing about this sign-in is told to anyone afterwards.
    case endSession
    /// A client's acceptContact succeeded.
    case accepted(contactId: String)
    /// The outcome of `ConduitRequest.call`.
    case answered(RequestTicket, CallOutcome)
    /// The outcome of `ConduitAction.sync`: the snapshot has been published, or the error why there is none.
    case synced(SyncTicket, ProtocolError?)
    /// The reply to a `partyline::request` that was forwarded.
    case responded(PortID, requestId: RawJSON, Response)
    case logged(DaemonLogEntry)
    /// A timer that was scheduled is due.
    case timer(ConduitTimer)
    /// The configuration was reloaded.
    case settings(ConduitSettings)
    /// The daemon stops: every port is sent `partyline::bye` with this reason, and closed.
    case shutdown(reason: String)

    /// The number of lines in it; 1 for any other event.
    var lineCount: Int {
        if case .lines(_, let lines) = self { lines.count } else { 1 }
    }

    /// The reply to a `partyline::request`.
    public enum Response: Equatable, Sendable {
        case data(JSON)
        /// Data that several ports may receive at the same time, and that may be long: a port that has too many unread bytes
        /// receives an error instead.
        case encoded(RawJSON)
        case error(ProtocolError)
    }
}

/// The timers of the downstream core.
public enum ConduitTimer: Hashable, Sendable {
    /// The number of ports is due to be published.
    case connectedCCPs
    /// The same for `partyline::ports`.
    case ports
    case call(UInt64)
    case sync(UInt64)
    /// Time to log which ports have fallen behind the event log's oldest line.
    case lags
}

/// An action that the downstream core returns.
public enum ConduitAction: Equatable, Sendable {
    /// Write to a port now instead of at the end of the turn.
    case write(PortID)
    /// Close a port. Pending output that can be written at once goes first, then `last`.
    case close(PortID, last: [UInt8]?)
    /// Close a port when its pending output has been written.
    case finish(PortID)
    /// Start a timer; `after` is in milliseconds.
    case schedule(ConduitTimer, after: Int64)
    case unschedule(ConduitTimer)
    /// Forward a client's request to the session or the daemon.
    case ask(PortID, ConduitRequest)
    /// Request a snapshot taken from now on; the outcome comes back as `ConduitEvent.synced`.
    case sync(SyncTicket)
    /// Write to the daemon's log: level, message, fields.
    case log(LogLevel, String, [String: String])
}

/// A client's request to the session or the daemon.
public enum ConduitRequest: Equatable, Sendable {
    case configure(JSON)
    /// `api_request` or `call`; the outcome comes back as `ConduitEvent.answered`.
    case call(RequestTicket, method: String?, params: JSON, deadline: Int64? = nil)
    case setLogLevel(requestId: RawJSON, LogLevel)
    case reload(requestId: RawJSON)
    /// The cookies of a sign-in, in the format of a cookie file.
    case setCredentials(requestId: RawJSON, cookies: Secret)
    /// Empty for the queues of the routing profile.
    case quickConnects(requestId: RawJSON, queueARNs: [String])
    case updateSettings(requestId: RawJSON, patch: JSONObject)
    case logout(requestId: RawJSON, LogoutMoment)
    case beginSignIn(requestId: RawJSON)
    /// With the prompt's id.
    case abandonSignIn(requestId: RawJSON, id: String)
    /// The port, which had begun a sign-in, has closed.
    case portClosed
    /// `reload_agent_configuration`.
    case reloadConfiguration
    /// `send_logs`.
    case logs([JSON])
    /// A broadcast of `api_proxy_request`.
    case proxy(JSON)
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
    /// `getStatus`, by a port of this role.
    case status(requestId: RawJSON, Role)
    /// `getAgent` by a port of this role while there is no agent; the answer is an error that says why.
    case agent(requestId: RawJSON, Role)
}
