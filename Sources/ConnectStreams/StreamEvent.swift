// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// One event of a subscription, with its clock and time.
public struct StreamEvent: Equatable, Sendable {
    /// The event's name: `contact::connected`.
    public let name: String
    /// Nil if the line has no data.
    public let data: JSON?
    /// The contact that the event is about.
    public let contactId: String?
    /// The event's clock: passed as `since`, it continues after this event. Its text is opaque.
    ///
    /// The daemon gives existing contacts, and replies to this client alone (`log` after `setLogs`, `master_response`), no clock:
    /// theirs is that of the line before them.
    public let clock: String
    /// When the event happened (RFC 3339); nil for an existing contact.
    public let time: String?
    /// The id of the port that broadcast the event; nil for the daemon's own events.
    public let from: String?
    /// The client whose call caused the event, if that is certain.
    public let by: EventAuthor?
    /// True if the event did not happen now: the state that it describes began before the subscription. See
    /// `Subscription.existing`.
    public let isExisting: Bool
    /// True for an existing state that was last confirmed before the daemon was restarted: it may have changed since.
    public let isStale: Bool
    /// The line as it was received, without its newline.
    public let line: [UInt8]

    /// Nil if the message is not an event of a subscription: it has no clock, and is neither about an existing contact nor a
    /// reply.
    ///
    /// - Parameters:
    ///   - message: a line of the daemon.
    ///   - position: the clock of the line before it.
    public init?(_ message: ServerMessage, at position: String? = nil) {
        let isReply = [EventName.log, EventName.masterResponse].contains(message.event)
        guard let clock = message.clock ?? (message.isExisting || isReply ? position : nil) else { return nil }
        name = message.event
        data = message.data
        contactId = message.data?["contactId"]?.string
        self.clock = clock
        time = message.time
        from = message.from
        by = message.by
        isExisting = message.isExisting
        isStale = message.isStale
        line = message.line
    }
}

/// The client whose call caused an event.
public struct EventAuthor: Equatable, Sendable {
    /// The id of its port.
    public let port: String
    /// The name of its program; nil if the daemon does not know it.
    public let program: String?

    public init(port: String, program: String?) {
        self.port = port
        self.program = program
    }

    /// Parses `{port, program?}`.
    init?(_ json: JSON?) {
        guard let port = json?["port"]?.string else { return nil }
        self.init(port: port, program: json?["program"]?.string)
    }
}
