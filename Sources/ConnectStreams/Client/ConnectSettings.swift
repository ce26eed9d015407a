// SPDX-License-Identifier: Apache-2.0

/// How `Connect` uses the daemon.
public struct ConnectSettings: Equatable, Sendable {
    /// The patterns of events to receive. Objects need `agent::*` and `contact::*` to stay current. What no pattern asks for, no
    /// sequence hears.
    public var events: [String]
    /// True to wait for a daemon that does not run yet; false if the first connection has to succeed.
    public var waits: Bool
    /// The time between two heartbeats (`synchronize`), as Streams' `ccpSynTimeout`.
    public var synchronizeInterval: Duration
    /// How long the daemon may take to acknowledge a heartbeat, as Streams' `ccpAckTimeout`. After it the connection counts
    /// as lost: the daemon may be stopped.
    public var acknowledgeLimit: Duration
    /// How long a request may take, unless it has a limit of its own.
    public var requestTimeout: Duration
    /// True if an action ends when a snapshot shows its effect, false if it ends when the service has accepted it, as in
    /// Streams.
    public var confirmsActions: Bool
    /// The most events that a consumer may leave unread. Beyond it the consumer's sequence ends with `EventsOverflow`.
    public var unreadEvents: Int

    public init(
        events: [String] = ["*"], waits: Bool = false, synchronizeInterval: Duration = .seconds(5),
        acknowledgeLimit: Duration = .seconds(3), requestTimeout: Duration = .seconds(30), confirmsActions: Bool = true,
        unreadEvents: Int = 8192
    ) {
        self.events = events
        self.waits = waits
        self.synchronizeInterval = synchronizeInterval
        self.acknowledgeLimit = acknowledgeLimit
        self.requestTimeout = requestTimeout
        self.confirmsActions = confirmsActions
        self.unreadEvents = unreadEvents
    }
}
