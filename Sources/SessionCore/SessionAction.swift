// SPDX-License-Identifier: Apache-2.0
public import AgentModel
public import StreamsProtocol

/// What a session requests. Actions are plain values; the owner of the I/O carries them out.
public enum SessionAction: Equatable, Sendable {
    /// Make an HTTP call. Its outcome is returned as `SessionEvent.http`.
    case send(CallID, HTTPCall)
    /// Cancel an HTTP call. Its outcome must not be returned.
    case cancel(CallID)
    /// Fire a timer after this many milliseconds. It replaces an earlier schedule of the same timer.
    case schedule(SessionTimer, after: Int64)
    case unschedule(SessionTimer)
    /// Open a websocket. Its signals are returned as `SessionEvent.webSocket`.
    case openWebSocket(WebSocketID, url: Secret)
    case sendText(WebSocketID, [UInt8])
    /// Close a websocket. Its later signals must not be returned.
    case closeWebSocket(WebSocketID, code: Int)
    /// Publish an event with its data to every port.
    case publish(String, RawJSON?)
    /// Publish the whole agent to every port.
    case publishAgent(AgentData)
    /// Drop the published agent: the session was terminated.
    case forgetAgent
    /// Stop the daemon, because a client terminated the session.
    case end
    /// Reply to the client that made the call.
    case answer(RequestTicket, CallOutcome)
    /// A contact was accepted. The `answer` for that call follows directly.
    case accepted(contactId: String)
    /// Reply to one `sync`. Without an error, the agent published before this action is not older than the `sync`.
    case synced(SyncTicket, ProtocolError?)
    /// Reply to a `partyline::request`.
    case reply(ReplyTicket, Result<JSON, ProtocolError>)
    /// The same answer to several, which may be long: it is encoded once.
    case replyAll([ReplyTicket], RawJSON)
    /// The session was logged out: end the known contacts, publish `terminated`, and forget the agent and the events so far.
    case endSession
    /// Remove the cookies, also those that are kept for a restart. `SessionEvent.credentialsForgotten` follows.
    case forgetCredentials
    /// Check whether there are other cookies than those that were used or noted last. `SessionEvent.credentialsChanged`
    /// replies if there are.
    case lookForCredentials
    /// Note the present cookies: only others are new.
    case noteCredentials
    /// The sign-in has changed: its state, the token's end or the reason of a problem.
    case auth(DaemonStatus.Auth)
    /// The link to the service has changed: its state, the reason, or whether the agent's data are stale.
    case link(DaemonStatus.LinkNote)
    /// Write a log message with its metadata.
    case log(LogLevel, String, [String: String])

    static func publish(_ event: String, _ data: JSON) -> SessionAction { .publish(event, RawJSON(data)) }
    static func publish(_ event: String) -> SessionAction { .publish(event, RawJSON?.none) }
    static func log(_ level: LogLevel, _ message: String) -> SessionAction { .log(level, message, [:]) }
}
