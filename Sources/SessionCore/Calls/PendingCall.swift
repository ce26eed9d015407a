import StreamsProtocol

struct PendingCall: Equatable {
    enum Purpose: Equatable {
        /// A call of the CTI service: its answer is AWS JSON, and it is retried.
        case service(CTIOperation, ServicePurpose)
        /// A call of anything else, made once, under the name that its metric has.
        case plain(String, PlainPurpose)
    }

    enum ServicePurpose: Equatable {
        case snapshot
        /// A snapshot at once, beside the long poll.
        case sync
        case configuration(ConfigurationRound.Part)
        case transport
        case newToken
        case logs
        case discovery
        /// A client's call; `accepts` is the contact that an acceptContact names.
        case client(RequestTicket, isRelated: Bool, accepts: String?)
    }

    enum PlainPurpose: Equatable {
        case authorize
        case activeRegion
        /// A request between pages, with its id.
        case proxy(RawJSON?)
        /// A client's call of a service that speaks plain JSON.
        case client(RequestTicket, isRelated: Bool)
    }

    let purpose: Purpose
    let request: HTTPCall
    /// The attempt that is under way, from 1.
    var attempt = 1
    /// When the first attempt was made.
    let started: Moment

    /// The service's client makes four attempts in all.
    static let attempts = 4

    /// What its metric is called: for a service's method the name that clients use.
    var name: String {
        switch purpose {
        case .service(let operation, _): operation.rawValue
        case .plain(let name, _): name
        }
    }

    /// True if it asks for a new token.
    var isRenewal: Bool {
        switch purpose {
        case .service(_, .newToken), .plain(_, .authorize): true
        case .service, .plain: false
        }
    }

    /// True if a call of the CTI service is made again after that error. What acts at most once is made again only where
    /// the service says that it did not act: after a 5xx, or without an answer, it may have acted.
    func isMadeAgain(after error: ServiceError) -> Bool {
        guard attempt < Self.attempts else { return false }
        if case .service(_, .client(.call, _, _)) = purpose { return error.isThrottled }
        return error.isTransient
    }
}
