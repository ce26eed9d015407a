import AgentModel
import StreamsProtocol

/// How a call of a service that speaks plain JSON ended. These services' errors reach clients as they word them, with the
/// status beside.
struct PlainAnswer {
    let outcome: CallOutcome
    /// These answers are metered as 200 whatever they are, as the real worker does.
    let metric: ApiMetric

    init(to call: PendingCall, _ end: HTTPOutcome, at now: Moment) {
        outcome = Self.outcome(of: end)
        var told: JSON?
        if case .failure(.plain(_, let error)) = outcome { told = error }
        metric = ApiMetric(
            name: call.name, milliseconds: now.uptime - call.started.uptime, error: told, status: 200,
            retryStatus: .none)
    }

    private static func outcome(of end: HTTPOutcome) -> CallOutcome {
        switch end {
        case .response(let status, _, let body) where (200..<300).contains(status):
            return .success((try? JSON(parsing: body)) ?? [:])
        case .response(let status, let reason, let body):
            var told = (try? JSON(parsing: body))?.object ?? JSONObject([("message", .string(reason))])
            let error = ServiceError(told, type: told["type"] ?? told["__type"] ?? told["code"], status: status)
            told["status"] = .int(status)
            return .failure(.plain(error, told: .object(told)))
        case .failure: return .failure(.plain(.networking, told: ServiceError.networking.json))
        }
    }
}
