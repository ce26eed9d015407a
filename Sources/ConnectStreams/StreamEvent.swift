public import AgentModel

/// One event of a subscription: numbered, timed, whole.
public struct StreamEvent: Equatable, Sendable {
    /// The event's name: `contact::connected`.
    public let name: String
    /// Its data; nil where the line has none.
    public let data: JSON?
    /// The contact that it is about.
    public let contactId: String?
    /// Its place among all events: hand it to `since` to go on after it. Not to be taken apart.
    public let clock: String
    /// When it happened, RFC 3339.
    public let time: String?
    /// The port that broadcast it; nil for what the daemon says itself.
    public let from: String?
    /// The line as it came, without its newline.
    public let line: [UInt8]

    /// The message as an event; nil if it carries no clock, which everything that is subscribed to does.
    public init?(_ message: ServerMessage) {
        guard let clock = message.clock else { return nil }
        name = message.event
        data = message.data
        contactId = message.data?["contactId"]?.string
        self.clock = clock
        time = message.time
        from = message.from
        line = message.line
    }
}
