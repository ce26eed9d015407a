// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

struct PendingCall: Equatable {
    enum Purpose: Equatable {
        /// A call of the CTI service. Its response is AWS JSON, and it is retried.
        case service(CTIOperation, ServicePurpose)
        /// A call of any other service, which is not retried. The text is the name in its metric.
        case plain(String, PlainPurpose)
    }

    enum ServicePurpose: Equatable {
        case snapshot
        /// The immediate snapshot of a `sync`, in addition to the long poll.
        case sync
        case configuration(ConfigurationRound.Part)
        case transport
        case newToken
        case logs
        case discovery
        /// Sets the agent offline, for a logout.
        case offline
        /// Tests the link while no websocket is open.
        case probe
        /// A page of the quick connects for the round with this number.
        case quickConnects(Int)
        /// Reads or writes the configuration for a client's change of a setting.
        case settings
        /// A client's call. `accepts` is the contact of an acceptContact.
        case client(RequestTicket, isRelated: Bool, accepts: String?)
    }

    enum PlainPurpose: Equatable {
        case authorize
        case activeRegion
        /// Ends the session at the service.
        case logout
        /// An `api_proxy_request` and its `requestId`.
        case proxy(RawJSON?)
        /// A client's call of a service with a plain JSON protocol.
        case client(RequestTicket, isRelated: Bool)
    }

    let purpose: Purpose
    private(set) var request: HTTPCall
    /// The 401 that it received, while it waits for a new token.
    var refusal: HTTPOutcome?
    /// True for the second attempt, with another token.
    private(set) var isRepeated = false
    /// The number of the current attempt, from 1.
    var attempt = 1
    let started: Moment
    /// When the client stops waiting, on the clock of `Moment.uptime`; nil if there is no such time.
    let deadline: Int64?

    init(purpose: Purpose, request: HTTPCall, started: Moment, deadline: Int64?) {
        (self.purpose, self.request, self.started, self.deadline) = (purpose, request, started, deadline)
    }

    /// Makes it once more with another token.
    mutating func renew(with token: Secret) {
        if let bearer { request = request.replacing(bearer, by: token) }
        refusal = nil
        isRepeated = true
    }

    /// True if it may wait for a new token after its first 401. Not a call of another service: one that answers every call
    /// with 401 says nothing about the token.
    var mayBeRepeated: Bool {
        guard !isRepeated, case .service(_, let purpose) = purpose else { return false }
        return purpose != .newToken && purpose != .probe
    }

    func isUnauthorized(_ outcome: HTTPOutcome) -> Bool {
        guard case .response(let response) = outcome, !response.isSuccess else { return false }
        return ServiceCall.error(response).kind == .unauthorized
    }

    /// As many as the real worker's AWS client makes.
    static let attempts = 4

    /// The name in its metric. For a service's operation, it is the method name that clients use.
    var name: String {
        switch purpose {
        case .service(let operation, _): operation.rawValue
        case .plain(let name, _): name
        }
    }

    /// The token that it was made with, if it is in this header.
    var bearer: Secret? { request.headers.first { $0.name == "X-Amz-Bearer" }?.value }

    /// True if it serves a `partyline::request` other than `call` and `sync`.
    var isForRequest: Bool {
        switch purpose {
        case .service(_, .quickConnects), .service(_, .settings): true
        case .service, .plain: false
        }
    }

    /// The client's `api_request` or `call`; nil for any other call.
    var ticket: RequestTicket? {
        switch purpose {
        case .service(_, .client(let ticket, _, _)), .plain(_, .client(let ticket, _)): ticket
        case .service, .plain: nil
        }
    }

    /// True if the call is sent when a pause of its operation has ended. Otherwise it fails at once, because its client
    /// decides what to do meanwhile.
    func waits(until end: Int64) -> Bool {
        switch purpose {
        case .service(_, .client(.call, _, _)): deadline.map { end < $0 } ?? false
        case .service(_, .client(.request, _, _)), .service(_, .sync), .plain(_, .client), .plain(_, .proxy): false
        case .service(_, .quickConnects), .service(_, .settings), .service(_, .probe): false
        case .service(_, .offline), .plain(_, .logout): false
        case .service, .plain: true
        }
    }

    /// True if the call requests a new token.
    var isRenewal: Bool {
        switch purpose {
        case .service(_, .newToken), .plain(_, .authorize): true
        case .service, .plain: false
        }
    }

    /// True if a call of the CTI service is retried after this error. A client's `call` acts at most once, so it is retried
    /// only after throttling: after a 5xx or without a response, the call may have taken effect.
    func shouldRetry(after error: ServiceError) -> Bool {
        guard attempt < Self.attempts else { return false }
        return switch purpose {
        case .service(_, .client(.call, _, _)): error.isThrottled
        case .service(_, .probe): false
        case .service, .plain: error.isTransient
        }
    }
}
