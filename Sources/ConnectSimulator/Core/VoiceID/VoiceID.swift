// SPDX-License-Identifier: Apache-2.0

/// Voice ID's speakers and sessions.
struct VoiceID: Sendable, Equatable {
    /// Separate from the instance's generator: calls of Voice ID must not change the identifiers of contacts.
    var random: SplitMix64
    /// By customer identifier.
    var speakers: [String: Speaker] = [:]
    /// By session name, which is the contact's identifier.
    var sessions: [String: VoiceIDSession] = [:]
    /// Customer identifiers by contact, set by updateVoiceIdData. They override the contact's attribute `customerId`.
    var customers: [String: String] = [:]
    /// The contacts in which an enrollment was requested. There can be one in a contact, whatever its sessions.
    var enrolling: Set<String> = []

    static let domainId = "VoiceIdDomainSimulator"

    struct Speaker: Sendable, Equatable {
        enum Status: String, Sendable {
            case pending = "PENDING"
            case enrolled = "ENROLLED"
            case optedOut = "OPTED_OUT"
        }

        var id: String
        var generatedId: String
        var status: Status
        /// Epoch seconds of the caller's clock, like `updatedAt`.
        var createdAt: Double
        var updatedAt: Double
    }

    init(random: SplitMix64) { self.random = random }

    /// Removes everything. The generator goes on, so new sessions have new identifiers.
    mutating func forget() { self = VoiceID(random: random) }

    /// The name of the session with that name or identifier.
    func sessionName(_ nameOrId: String) -> String? {
        if sessions[nameOrId] != nil { return nameOrId }
        return sessions.first { $0.value.id == nameOrId }?.key
    }

    /// Begins a session on a contact. Replaces an existing one and keeps its speaker if none is given.
    mutating func begin(on contactId: String, speaker: String?, at now: Double) {
        sessions[contactId] = VoiceIDSession(
            id: "session-" + random.hex(22), startedAt: now, speakerId: speaker ?? sessions[contactId]?.speakerId)
    }

    /// Creates a speaker, or changes the status of one.
    mutating func set(_ id: String, _ status: Speaker.Status, at now: Double) {
        if speakers[id] == nil {
            speakers[id] = Speaker(
                id: id, generatedId: "id#" + random.hex(22), status: status, createdAt: now, updatedAt: now)
        }
        speakers[id]?.status = status
        speakers[id]?.updatedAt = now
    }

    /// Sets the status of the speakers whose enrollment has completed by `now`.
    mutating func completeEnrollments(at now: Double) {
        for (name, session) in sessions where !session.isEnrollmentApplied {
            guard session.enrollment(at: now) == .completed, let id = session.speakerId else { continue }
            sessions[name]?.isEnrollmentApplied = true
            set(id, .enrolled, at: now)
        }
    }
}

extension SimulatedInstance {
    /// The contact's customer identifier, which is also the speaker's.
    func customerId(of contact: Contact) -> String? {
        voiceID.customers[contact.id] ?? contact.attributes["customerId"]
    }

    /// Ends sessions whose call is over, and begins one on a connected call with a customer identifier, as a contact
    /// flow does.
    mutating func updateVoiceSessions() {
        for contact in contacts where contact.kind.isCall && contact.state == .connected {
            guard settings.hasVoiceID, voiceID.sessions[contact.id] == nil else { continue }
            guard let customer = customerId(of: contact) else { continue }
            voiceID.begin(on: contact.id, speaker: customer, at: now)
        }
        for (name, session) in voiceID.sessions where session.endedAt == nil {
            guard !contacts.contains(where: { $0.id == name && $0.state.isLive }) else { continue }
            voiceID.sessions[name]?.endedAt = now
        }
    }
}
