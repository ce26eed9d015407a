// SPDX-License-Identifier: Apache-2.0

/// One participant's connection to a contact.
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
    /// Whether this is the customer's connection.
    var isInitial: Bool
    var endpoint: Endpoint?
    var state: State
    /// When `state` was entered, epoch seconds.
    var since: Double
    var isMuted = false
    var quickConnectName: String?
    /// The media on the agent's own connection; nil for a desk phone and for tasks.
    var media: Media?
    /// SILENT_MONITOR or BARGE, on the connection of an agent that monitors the call.
    var monitorStatus: String?

    enum Media: Sendable, Equatable {
        case softphone(autoAccept: Bool)
        case chat(autoAccept: Bool, customerName: String?)
    }

    var isLive: Bool { state != .disconnected }
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
    var queue: Queue?
}

struct Queue: Sendable, Equatable {
    var arn: String
    var name: String
}
