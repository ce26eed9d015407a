// SPDX-License-Identifier: Apache-2.0

/// The connection that a chat participant's token stands for.
struct Participant: Sendable, Equatable {
    var contactId: String
    var connectionId: String
}

/// A message between the instance and the identity provider.
struct SAMLMessage: Sendable, Hashable {
    /// A one-time value. A request's only names the request; a response's opens a session of the agent.
    var value: String
    /// The value that a response repeats from its request.
    var relayState: String
}

/// Signed-in sessions, access tokens, the websocket's one-time tickets, agent discovery's signatures, the tokens of
/// chat participants, and the identity provider's messages and sessions.
struct Credentials: Sendable {
    var random: SplitMix64
    /// Lifetime of a new access token, seconds.
    var accessTokenSeconds: Double
    /// Lifetime of a session's cookie, seconds; nil if it does not end.
    private var cookieSeconds: Double?
    /// Cookie values of the signed-in sessions and their expiry, epoch seconds of the service's clock. Anyone who holds one
    /// can act as the agent.
    private var sessions: [String: Double] = [:]
    /// Access tokens and their expiry, epoch seconds of the service's (shifted) clock.
    private(set) var tokens: [String: Double] = [:]
    private var tickets: [String: Ticket] = [:]
    /// Signatures of presigned URLs and their expiry, epoch seconds of the caller's clock.
    private var signatures: [String: Double] = [:]
    private var participants: [String: (participant: Participant, usableUntil: Double)] = [:]
    /// Requests that the identity provider has not answered, and their expiry, epoch seconds of the caller's clock.
    private var samlRequests: [SAMLMessage: Double] = [:]
    /// Responses that the instance has not redeemed, and their expiry, epoch seconds of the caller's clock. Each opens a
    /// session of the agent.
    private var samlResponses: [SAMLMessage: Double] = [:]
    /// Cookie values of the identity provider's sessions and their expiry, epoch seconds of the service's clock. Each
    /// signs in as the agent without a password.
    private var providerSessions: [String: Double] = [:]

    /// Permits one websocket connection.
    struct Ticket: Sendable, Equatable {
        /// Expiry, epoch seconds of the caller's clock.
        var usableUntil: Double
        /// How long the websocket may live, seconds.
        var lifetime: Int
    }

    /// Lifetime of a websocket's URL, seconds.
    static let ticketSeconds = 85.0
    /// Lifetime of agent discovery's URL, seconds.
    static let signatureSeconds = 60.0
    /// Lifetime of a chat participant's token, seconds.
    static let participantSeconds = 86_400.0
    /// Lifetime of a request for the identity provider, seconds. It includes the time to type a password.
    static let samlRequestSeconds = 600.0
    /// Lifetime of the identity provider's response, seconds.
    static let samlResponseSeconds = 300.0
    /// Lifetime of the identity provider's session, seconds.
    static let providerSessionSeconds = 28_800.0

    init(random: SplitMix64, accessTokenSeconds: Double) {
        self.random = random
        self.accessTokenSeconds = accessTokenSeconds
    }

    /// - Returns: the session's cookie value.
    mutating func openSession(at time: Double) -> String {
        let cookie = "session-" + random.hex(32)
        sessions[cookie] = cookieSeconds.map { time + $0 } ?? .infinity
        return cookie
    }

    func isOpen(session: String, at time: Double) -> Bool { sessions[session].map { time < $0 } ?? false }

    func sessionCount(at time: Double) -> Int { sessions.values.count { time < $0 } }

    /// From now on, cookies end after this time, those of open sessions too.
    mutating func limitCookies(seconds: Double, at time: Double) {
        cookieSeconds = seconds
        sessions = sessions.mapValues { min($0, time + seconds) }
    }

    /// A new cookie for a session whose cookie ends, and its lifetime in seconds; nil if cookies do not end. The old one
    /// stays valid until its own end.
    mutating func renewCookie(at time: Double) -> (cookie: String, seconds: Double)? {
        guard let cookieSeconds else { return nil }
        sessions = sessions.filter { time < $0.value }
        return (openSession(at: time), cookieSeconds)
    }

    mutating func closeSession(_ cookie: String) { sessions[cookie] = nil }

    mutating func closeAllSessions() { sessions = [:] }

    /// - Returns: a new access token and its expiry, epoch seconds.
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

    mutating func expireTokens() { tokens = [:] }

    mutating func issueTicket(lifetime: Int, at time: Double) -> String {
        tickets = tickets.filter { $0.value.usableUntil > time }
        let ticket = random.hex(32)
        tickets[ticket] = Ticket(usableUntil: time + Self.ticketSeconds, lifetime: lifetime)
        return ticket
    }

    /// Consumes a ticket.
    /// - Returns: how long the websocket may live, seconds; nil if the ticket is unknown, used or expired.
    mutating func redeem(ticket: String, at time: Double) -> Int? {
        guard let found = tickets.removeValue(forKey: ticket), time <= found.usableUntil else { return nil }
        return found.lifetime
    }

    /// A new token for media and chat, which is not stored.
    mutating func opaque(_ prefix: String) -> String { "\(prefix)-\(random.hex(24))" }

    /// A new signature for a presigned URL. It may be used repeatedly for `signatureSeconds`.
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

    mutating func issueParticipantToken(for participant: Participant, at time: Double) -> String {
        participants = participants.filter { $0.value.usableUntil >= time }
        let token = opaque("participant")
        participants[token] = (participant, time + Self.participantSeconds)
        return token
    }

    /// The participant that a token stands for; nil if the token is unknown or expired.
    func participant(token: String, at time: Double) -> Participant? {
        guard let found = participants[token], time <= found.usableUntil else { return nil }
        return found.participant
    }

    // MARK: The identity provider

    mutating func issueSAMLRequest(at time: Double) -> SAMLMessage {
        samlRequests = samlRequests.filter { $0.value >= time }
        let request = SAMLMessage(value: "request-" + random.hex(32), relayState: random.hex(32))
        samlRequests[request] = time + Self.samlRequestSeconds
        return request
    }

    func isPending(_ request: SAMLMessage, at time: Double) -> Bool {
        samlRequests[request].map { time <= $0 } ?? false
    }

    /// Consumes a request.
    /// - Returns: the response; nil if the request is unknown, used or expired.
    mutating func answer(_ request: SAMLMessage, at time: Double) -> SAMLMessage? {
        guard let usableUntil = samlRequests.removeValue(forKey: request), time <= usableUntil else { return nil }
        samlResponses = samlResponses.filter { $0.value >= time }
        let response = SAMLMessage(value: "response-" + random.hex(32), relayState: request.relayState)
        samlResponses[response] = time + Self.samlResponseSeconds
        return response
    }

    /// Consumes a response.
    /// - Returns: false if the response is unknown, used or expired.
    mutating func redeem(_ response: SAMLMessage, at time: Double) -> Bool {
        guard let usableUntil = samlResponses.removeValue(forKey: response) else { return false }
        return time <= usableUntil
    }

    /// - Returns: the session's cookie value.
    mutating func openProviderSession(at time: Double) -> String {
        providerSessions = providerSessions.filter { time < $0.value }
        let cookie = "idp-" + random.hex(32)
        providerSessions[cookie] = time + Self.providerSessionSeconds
        return cookie
    }

    func isOpen(providerSession: String, at time: Double) -> Bool {
        providerSessions[providerSession].map { time < $0 } ?? false
    }
}
