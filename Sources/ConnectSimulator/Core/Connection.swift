/// One participant's line into a contact.
struct Connection: Sendable, Equatable {
    enum State: String, Sendable {
        case initial = "init"
        case connecting, connected, hold, disconnected
    }

    enum Kind: String, Sendable {
        case agent, inbound, outbound
    }

    var id: String
    var kind: Kind
    /// Whether this is the participant the contact began with (the customer).
    var isInitial: Bool
    var endpoint: Endpoint?
    var state: State
    /// When `state` was entered, epoch seconds.
    var since: Double
    var isMuted = false
    var quickConnectName: String?
    /// What the agent's own line carries, if it is media on this computer.
    var media: Media?
    /// SILENT_MONITOR or BARGE, on the line of an agent who listens in.
    var monitorStatus: String?

    enum Media: Sendable, Equatable {
        case softphone(autoAccept: Bool)
        case chat(autoAccept: Bool, customerName: String?)
    }

    var isLive: Bool { state != .disconnected }
    /// Whether somebody can be heard on it, or could be if they were not on hold.
    var isEstablished: Bool { state == .connected || state == .hold }
}

/// Somewhere a contact can be sent: a telephone, another agent, a queue.
struct Endpoint: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case phoneNumber = "phone_number"
        case agent, queue
    }

    var arn: String?
    var kind: Kind
    var name: String?
    var phoneNumber: String?
    var agentLogin: String?
    var queue: Queue?
}

/// A queue, as the service names it.
struct Queue: Sendable, Equatable {
    var arn: String
    var name: String
}
