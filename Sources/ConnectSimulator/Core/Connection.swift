// SPDX-License-Identifier: Apache-2.0

/// One participant's connection to a contact.
struct Connection: Sendable, Equatable {
    enum State: String, Sendable {
        case initial = "init"
        case connecting, connected, hold, disconnected
    }

    enum Kind: String, Sendable {
        case agent, inbound, outbound
        /// An agent that listens to another agent's call, or barges in.
        case monitoring
    }

    enum MonitorStatus: String, Sendable {
        case silentMonitor = "SILENT_MONITOR"
        case barge = "BARGE"
    }

    var id: String
    var kind: Kind
    /// Whether this is the connection of the agent whose snapshot this is.
    var isOwn = false
    /// Whether this is the customer's connection.
    var isInitial: Bool
    var endpoint: Endpoint?
    var state: State
    /// When `state` was entered, epoch seconds.
    var since: Double
    var isMuted = false
    /// Muted by a supervisor. Only a supervisor can undo that.
    var isForcedMute = false
    var quickConnectName: String?
    /// The media on the agent's own connection; nil for a desk phone and for tasks.
    var media: Media?
    /// On a connection of the kind `monitoring`.
    var monitorStatus: MonitorStatus?

    enum Media: Sendable, Equatable {
        case softphone(autoAccept: Bool)
        case chat(autoAccept: Bool, customerName: String?)
    }

    var isLive: Bool { state != .disconnected }
    /// Whether this is a supervisor on the agent's call.
    var isSupervisor: Bool { kind == .monitoring && !isOwn }
    /// Whether the agent's snapshot leaves the connection out.
    var isHidden: Bool { isSupervisor && monitorStatus == .silentMonitor }
    var isThirdParty: Bool { !isInitial && (kind == .inbound || kind == .outbound) }
    /// Whether this participant is one of those with whom the agent talks: the call goes on as long as there is one.
    var isPartner: Bool { isInitial || isThirdParty }
    /// Connected or on hold.
    var isEstablished: Bool { state == .connected || state == .hold }
}

/// A destination of a contact: a telephone number, an agent or a queue.
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
    /// Only on a customer's endpoint, in place of the other members.
    var emailAddress: String?
    var queue: Queue?
}

struct Queue: Sendable, Equatable {
    var arn: String
    var name: String
}
