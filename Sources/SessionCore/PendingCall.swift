import StreamsProtocol

/// A call under way: what it is for, and what to do when it has to be made again.
struct PendingCall: Equatable {
    /// Who waits for it.
    enum Purpose: Equatable {
        case snapshot
        /// A snapshot at once, beside the long poll.
        case sync
        case configuration(ConfigurationRound.Part)
        case transport
        case authorize
        case newToken
        case logs
        case discovery
        case activeRegion
        /// A client's call of the CTI service; `accepts` is the contact that an acceptContact names.
        case client(RequestTicket, isRelated: Bool, accepts: String?)
        /// A request between pages, with its id.
        case proxy(RawJSON?)
        /// A service that speaks plain JSON.
        case plain(RequestTicket, isRelated: Bool)
    }

    let purpose: Purpose
    /// The method as clients name it (`putAgentState`).
    let method: String
    let request: HTTPCall
    /// The attempt that is under way, from 1.
    var attempt = 1
    /// When the first attempt was made.
    let started: Moment

    /// The service's client makes four attempts in all.
    static let attempts = 4

    /// True if the answer speaks AWS JSON and failures are tried again.
    var isServiceCall: Bool {
        switch purpose {
        case .snapshot, .sync, .configuration, .transport, .client, .newToken, .logs, .discovery: true
        case .authorize, .activeRegion, .plain, .proxy: false
        }
    }

    /// True if it is made again after that error. What acts at most once is made again only where the service says that
    /// it did not act: after a 5xx, or without an answer, nobody knows.
    func isMadeAgain(after error: ServiceError) -> Bool {
        guard attempt < Self.attempts else { return false }
        if case .client(.call, _, _) = purpose { return error.isThrottled }
        return error.isTransient
    }
}
