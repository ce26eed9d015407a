// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The outcome of a call of a service with a plain JSON protocol. Clients receive these services' error objects unchanged,
/// with `status` added.
struct PlainAnswer {
    let outcome: CallOutcome
    /// Always metered with status 200, as in the real worker.
    let metric: ApiMetric

    init(to call: PendingCall, _ end: HTTPOutcome, at now: Moment) {
        outcome = Self.outcome(of: end)
        var errorJSON: JSON?
        if case .failure(.plain(_, let error)) = outcome { errorJSON = error }
        metric = ApiMetric(
            name: call.name, milliseconds: now.uptime - call.started.uptime, error: errorJSON, status: 200,
            retryStatus: .none)
    }

    private static func outcome(of end: HTTPOutcome) -> CallOutcome {
        switch end {
        case .response(let response) where response.isSuccess && WebPage.isOne(response.body):
            let error = ServiceError(type: "SyntaxError", message: WebPage.message, status: response.status)
            return .failure(.plain(error, json: error.json))
        case .response(let response) where response.isSuccess: return .success((try? response.json.get()) ?? [:])
        case .response(let response):
            let status = response.status
            var object = (try? response.json.get())?.object ?? JSONObject([("message", .string(response.reason))])
            let error = ServiceError(object, type: object["type"] ?? object["__type"] ?? object["code"], status: status)
            object["status"] = .int(status)
            return .failure(.plain(error, json: .object(object)))
        case .failure: return .failure(.plain(.networking, json: ServiceError.networking.json))
        }
    }
}
