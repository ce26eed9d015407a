// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The pauses that the service asked for with `Retry-After`, by operation. During a pause, nothing is sent for its
/// operation; other operations are not affected.
struct ServicePauses: Equatable {
    struct Pause: Equatable {
        /// On the clock of `Moment.uptime`.
        let end: Int64
        /// The status of the response that asked for the pause.
        let status: Int
    }

    /// A longer pause is cut to this, in milliseconds: a wrong header must not stop the session for hours.
    static let limit: Int64 = 300_000

    private var pauses: [String: Pause] = [:]

    /// Notes a response. Only a 429 and a 503 ask for a pause (RFC 9110, 15.5 and RFC 6585).
    mutating func note(_ operation: String, _ outcome: HTTPOutcome, at now: Moment) {
        pauses = pauses.filter { $0.value.end > now.uptime }
        guard case .response(let response) = outcome, response.status == 429 || response.status == 503,
            let wait = response.retryAfter, wait > 0
        else { return }
        pauses[operation] = Pause(end: now.uptime + min(wait, Self.limit), status: response.status)
    }

    /// The milliseconds until the operation may be sent again; nil if it may be sent now.
    func remaining(_ operation: String, at now: Moment) -> Int64? {
        guard let pause = pauses[operation], pause.end > now.uptime else { return nil }
        return pause.end - now.uptime
    }

    /// The error for a request that is not sent because of the pause: the one that the service would answer.
    func error(_ operation: String, at now: Moment) -> ServiceError? {
        guard let pause = pauses[operation], let remaining = remaining(operation, at: now) else { return nil }
        let type = pause.status == 429 ? "TooManyRequestsException" : "ServiceUnavailable"
        var error = ServiceError(
            type: type, message: "the service has asked to wait before the next \(operation)", status: pause.status)
        error.retryAfterMs = Int(remaining)
        return error
    }
}
