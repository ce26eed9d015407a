/// What Voice ID knows: the voices of customers, and the sessions that listen to them.
struct VoiceID: Sendable, Equatable {
    /// Of its own, so that contacts have the same identifiers whoever asks about voices.
    var random: SplitMix64
    /// By the identifier that the customer's company gave them.
    var speakers: [String: Speaker] = [:]
    /// By their names, which are the contacts' identifiers.
    var sessions: [String: VoiceIDSession] = [:]
    /// Customers as updateVoiceIdData set them, by contact; else the contact's attribute `customerId` says it.
    var customers: [String: String] = [:]

    /// The identifier of the only domain.
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
        /// Epoch seconds, as `updatedAt`.
        var createdAt: Double
        var updatedAt: Double
    }

    init(random: SplitMix64) { self.random = random }

    /// No voices, no sessions; what comes has new identifiers.
    mutating func forget() { self = VoiceID(random: random) }

    /// The session of that name, or with that identifier.
    func sessionName(_ nameOrId: String) -> String? {
        if sessions[nameOrId] != nil { return nameOrId }
        return sessions.first { $0.value.id == nameOrId }?.key
    }

    /// Begins to listen on a contact, anew if it has been done before.
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

    /// Enrolls the speakers whose voiceprints have become ready.
    mutating func bookEnrollments(at now: Double) {
        for (name, session) in sessions where !session.isEnrollmentBooked {
            guard session.enrollment(at: now) == .completed, let id = session.speakerId else { continue }
            sessions[name]?.isEnrollmentBooked = true
            set(id, .enrolled, at: now)
        }
    }
}

extension SimulatedInstance {
    /// The customer of a contact, as Voice ID names them.
    func customerId(of contact: Contact) -> String? {
        voiceID.customers[contact.id] ?? contact.attributes["customerId"]
    }

    /// Sessions end with their calls; and the contact flow begins one on a call that says who the customer is.
    mutating func keepVoiceSessions() {
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
