// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// One event of a subscription, with its clock and time.
public struct StreamEvent: Equatable, Sendable {
    /// The event's name: `contact::connected`.
    public let name: String
    /// Nil if the line has no data.
    public let data: JSON?
    /// The contact that the event is about.
    public let contactId: String?
    /// The event's clock: passed as `since`, it continues after this event. Its text is opaque.
    public let clock: String
    /// When the event happened (RFC 3339).
    public let time: String?
    /// The id of the port that broadcast the event; nil for the daemon's own events.
    public let from: String?
    /// The line as it was received, without its newline.
    public let line: [UInt8]

    /// Nil if the message has no clock, which every event of a subscription has.
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
