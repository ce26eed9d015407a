/// Somebody's line into a contact, as a token stands for it.
struct Participant: Sendable, Equatable {
    var contactId: String
    var connectionId: String
}

/// Who may do what: signed-in sessions, access tokens, the one-time tickets of the websocket, the signatures of
/// agent discovery, and the tokens of chat participants.
struct Credentials: Sendable {
    var random: SplitMix64
    /// How long an access token holds, seconds.
    var accessTokenSeconds: Double
    /// Cookie values of the signed-in sessions.
    private(set) var sessions: Set<String> = []
    /// Access tokens and when they expire, in the service's epoch seconds.
    private(set) var tokens: [String: Double] = [:]
    private var tickets: [String: Ticket] = [:]
    /// Signatures of presigned URLs, and until when they may be used.
    private var signatures: [String: Double] = [:]
    private var participants: [String: (participant: Participant, usableUntil: Double)] = [:]

    /// The right to open one websocket.
    struct Ticket: Sendable, Equatable {
        /// Until when it may be used, in the caller's epoch seconds.
        var usableUntil: Double
        /// How long the websocket may live, seconds.
        var lifetime: Int
    }

    /// How long a websocket's URL may be used, seconds.
    static let ticketSeconds = 85.0
    /// How long agent discovery's URL may be used, seconds.
    static let signatureSeconds = 60.0
    /// How long a chat participant's token may be used, seconds.
    static let participantSeconds = 86_400.0

    init(random: SplitMix64, accessTokenSeconds: Double) {
        self.random = random
        self.accessTokenSeconds = accessTokenSeconds
    }

    /// Signs in, and gives the cookie's value.
    mutating func openSession() -> String {
        let cookie = "session-" + random.hex(32)
        sessions.insert(cookie)
        return cookie
    }

    mutating func closeSession(_ cookie: String) { sessions.remove(cookie) }

    mutating func closeAllSessions() { sessions = [] }

    /// A new access token and when it expires.
    mutating func issueToken(at time: Double) -> (token: String, expiration: Double) {
        tokens = tokens.filter { $0.value > time }
        let token = "token-" + random.hex(40)
        let expiration = time + accessTokenSeconds
        tokens[token] = expiration
        return (token, expiration)
    }

    func isValid(token: String?, at time: Double) -> Bool {
        guard let token, let expiration = tokens[token] else { return false }
        return time < expiration
    }

    /// Makes every token given out so far worthless.
    mutating func expireTokens() { tokens = [:] }

    mutating func issueTicket(lifetime: Int, at time: Double) -> String {
        tickets = tickets.filter { $0.value.usableUntil > time }
        let ticket = random.hex(32)
        tickets[ticket] = Ticket(usableUntil: time + Self.ticketSeconds, lifetime: lifetime)
        return ticket
    }

    /// Uses a ticket up.
    /// - Returns: how long the websocket may live, seconds; nil if the ticket is unknown, used or too old.
    mutating func redeem(ticket: String, at time: Double) -> Int? {
        guard let found = tickets.removeValue(forKey: ticket), time <= found.usableUntil else { return nil }
        return found.lifetime
    }

    /// Any opaque token, for media and chat.
    mutating func opaque(_ prefix: String) -> String { "\(prefix)-\(random.hex(24))" }

    /// The signature of a presigned URL, which may be used as often as one likes, but not for long.
    mutating func issueSignature(at time: Double) -> String {
        signatures = signatures.filter { $0.value >= time }
        let signature = random.hex(64)
        signatures[signature] = time + Self.signatureSeconds
        return signature
    }

    func isValid(signature: String?, at time: Double) -> Bool {
        guard let signature, let usableUntil = signatures[signature] else { return false }
        return time <= usableUntil
    }

    /// A chat participant's token, which is remembered.
    mutating func issueParticipantToken(for participant: Participant, at time: Double) -> String {
        participants = participants.filter { $0.value.usableUntil >= time }
        let token = opaque("participant")
        participants[token] = (participant, time + Self.participantSeconds)
        return token
    }

    /// Whom a chat participant's token stands for; nil if it is unknown or too old.
    func participant(token: String, at time: Double) -> Participant? {
        guard let found = participants[token], time <= found.usableUntil else { return nil }
        return found.participant
    }
}
