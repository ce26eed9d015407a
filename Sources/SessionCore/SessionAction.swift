public import AgentModel
public import StreamsProtocol

/// What a session wants done: plain values, carried out by whoever owns the I/O.
public enum SessionAction: Equatable, Sendable {
    /// Make an HTTP call; its end comes back as `SessionEvent.http`.
    case send(CallID, HTTPCall)
    /// Nobody waits for that call any more.
    case cancel(CallID)
    /// Fire a timer after so many milliseconds; an earlier one of that name is replaced.
    case schedule(SessionTimer, after: Int64)
    /// Forget a timer.
    case unschedule(SessionTimer)
    /// Open a websocket; what happens to it comes back as `SessionEvent.webSocket`.
    case openWebSocket(WebSocketID, url: Secret)
    /// Send a text frame.
    case sendText(WebSocketID, [UInt8])
    /// Close a websocket; nothing more is wanted of it.
    case closeWebSocket(WebSocketID, code: Int)
    /// Tell every port.
    case publish(String, RawJSON?)
    /// Tell every port the whole agent.
    case publishAgent(Agent)
    /// The agent is no longer known.
    case forgetAgent
    case end
    /// Tell the asker of one call how it ended.
    case answer(RequestTicket, CallOutcome)
    /// A contact was accepted: the `answer` that follows says so to the one who asked.
    case accepted(contactId: String)
    /// Answer one `sync`: what was published before this is not older than the question; or why there is nothing.
    case synced(SyncTicket, ProtocolError?)
    /// Write a line to the log.
    case log(LogLevel, String, [String: String])

    /// Tell every port, with data that is a value still.
    static func publish(_ event: String, _ data: JSON) -> SessionAction { .publish(event, RawJSON(data)) }
    /// Tell every port an event without data.
    static func publish(_ event: String) -> SessionAction { .publish(event, RawJSON?.none) }
    /// Write a line to the log, with nothing beside it.
    static func log(_ level: LogLevel, _ message: String) -> SessionAction { .log(level, message, [:]) }
}
