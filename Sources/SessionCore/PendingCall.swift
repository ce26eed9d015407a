import StreamsProtocol

/// A call under way: what it is for, and what to do when it has to be made again.
struct PendingCall: Equatable {
    /// Who waits for it.
    enum Purpose: Equatable {
        case snapshot
        case configuration(ConfigurationRound.Part)
        case transport
        case authorize
        case newToken
        case logs
        case discovery
        case activeRegion
        case client(RequestTicket, isRelated: Bool)
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
        case .snapshot, .configuration, .transport, .client, .newToken, .logs, .discovery: true
        case .authorize, .activeRegion, .plain, .proxy: false
        }
    }
}
