// SPDX-License-Identifier: Apache-2.0

/// An enumeration to which the service may add values. An unknown value is kept as its text.
public protocol OpenEnumeration: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue == String {
    init(rawValue: String)
}

extension OpenEnumeration {
    /// The value as the service writes it.
    public var description: String { rawValue }

    init?(_ json: JSON?) {
        guard let text = json?.string else { return nil }
        self.init(rawValue: text)
    }
}

/// The kind of an agent state (Streams' AgentStateType).
public struct AgentStateType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Before the first snapshot.
    public static let initial = AgentStateType(rawValue: "init")
    /// Contacts are routed to the agent.
    public static let routable = AgentStateType(rawValue: "routable")
    /// Signed in, but no contacts are routed.
    public static let notRoutable = AgentStateType(rawValue: "not_routable")
    /// Not working.
    public static let offline = AgentStateType(rawValue: "offline")
    /// Set by the service because of a contact: Busy, AfterCallWork….
    public static let system = AgentStateType(rawValue: "system")
    /// Set by the service because something went wrong: MissedCallAgent….
    public static let error = AgentStateType(rawValue: "error")
}

/// The channel and direction of a contact (Streams' ContactType).
public struct ContactType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let voice = ContactType(rawValue: "voice")
    /// A call that the service places because a customer asked for it.
    public static let queueCallback = ContactType(rawValue: "queue_callback")
    /// A chat, SMS or similar.
    public static let chat = ContactType(rawValue: "chat")
    public static let task = ContactType(rawValue: "task")
    public static let email = ContactType(rawValue: "email")
}

/// The state of a contact with respect to this agent (Streams' ContactStateType).
public struct ContactStateType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Just announced.
    public static let initial = ContactStateType(rawValue: "init")
    /// A queue callback is ringing.
    public static let incoming = ContactStateType(rawValue: "incoming")
    /// Accepted, not yet connecting.
    public static let pending = ContactStateType(rawValue: "pending")
    /// Ringing at the agent, or being dialed.
    public static let connecting = ContactStateType(rawValue: "connecting")
    /// The agent is in the contact.
    public static let connected = ContactStateType(rawValue: "connected")
    /// A task that the agent has paused.
    public static let paused = ContactStateType(rawValue: "paused")
    /// After-contact work, until the contact is cleared.
    public static let ended = ContactStateType(rawValue: "ended")
    /// Offered and not accepted.
    public static let missed = ContactStateType(rawValue: "missed")
    /// Rejected by the agent.
    public static let rejected = ContactStateType(rawValue: "rejected")
    public static let error = ContactStateType(rawValue: "error")

    /// Streams' CONTACT_ACTIVE_STATES: the contact still needs the agent.
    public var isActive: Bool {
        [Self.incoming, .pending, .connecting, .connected, .paused].contains(self)
    }
}

/// The role of a connection's participant (Streams' ConnectionType).
public struct ConnectionType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The agent's own leg.
    public static let agent = ConnectionType(rawValue: "agent")
    /// A customer who called the contact center.
    public static let inbound = ConnectionType(rawValue: "inbound")
    /// A party that was called.
    public static let outbound = ConnectionType(rawValue: "outbound")
    /// A supervisor who monitors the contact.
    public static let monitoring = ConnectionType(rawValue: "monitoring")
}

/// The state of one leg (Streams' ConnectionStateType).
public struct ConnectionStateType: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let initial = ConnectionStateType(rawValue: "init")
    /// Ringing or being dialed.
    public static let connecting = ConnectionStateType(rawValue: "connecting")
    public static let connected = ConnectionStateType(rawValue: "connected")
    public static let hold = ConnectionStateType(rawValue: "hold")
    public static let disconnected = ConnectionStateType(rawValue: "disconnected")
    /// A supervisor who listens to the contact, in place of `connected`.
    public static let silentMonitor = ConnectionStateType(rawValue: "silent_monitor")
    /// A supervisor who takes part in the contact, in place of `connected`.
    public static let barge = ConnectionStateType(rawValue: "barge")
}

/// How a supervisor takes part in a contact (Streams' MonitoringMode).
public struct MonitoringMode: OpenEnumeration {
    /// The value as the service writes it.
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Listens, and neither the agent nor the customer knows.
    public static let silentMonitor = MonitoringMode(rawValue: "SILENT_MONITOR")
    /// Takes part in the conversation.
    public static let barge = MonitoringMode(rawValue: "BARGE")
}
