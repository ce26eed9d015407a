import AgentModel
import StreamsProtocol

/// Requests that Streams sends from page to page (`api_proxy_request`): quick responses and screen sharing. A page that
/// the agent has open would serve them; where the configuration names a backend for them, the daemon does it itself.
enum ApiProxyCall {
    /// The call of a method, nil if it is none of these.
    static func make(_ method: String, _ params: JSON, _ base: String, _ token: Secret, timeout: Int64) -> HTTPCall? {
        switch method {
        case "qrIntegrationExists": call(method, .get, "\(base)/quick-responses/integration", nil, token, timeout)
        case "qrSearchQuickResponses": call(method, .post, "\(base)/quick-responses/search", params, token, timeout)
        case "startScreenSharing": call(method, .post, "\(base)/screen-sharing", params, token, timeout)
        default: nil
        }
    }

    private static func call(
        _ purpose: String, _ method: HTTPCall.Method, _ url: String, _ body: JSON?, _ token: Secret, _ timeout: Int64
    ) -> HTTPCall {
        HTTPCall(
            purpose: purpose, method: method, url: url,
            headers: [
                ("Content-Type", "application/json"), ("Accept", "application/json"),
                ("X-Amz-Bearer", token.reveal()),
            ],
            body: body.map { ($0.isNull ? [:] : $0).encoded }, usesCookies: true, timeout: timeout)
    }
}

extension Session {
    /// An `api_proxy_request {requestId, method, params}` that a client broadcast.
    mutating func proxy(_ data: JSON) {
        guard calls.count < Self.callLimit, let base = settings.apiProxyBase, let credentials,
            let method = data["method"]?.string,
            let request = ApiProxyCall.make(
                method, data["params"] ?? .null, base, credentials.token, timeout: settings.timers.callTimeout)
        else { return }
        begin(request, method, for: .proxy(data["requestId"].map { RawJSON($0) }))
    }

    /// The answer goes to everybody, as one of a page would.
    mutating func proxyEnded(_ requestId: RawJSON?, _ call: PendingCall, _ outcome: HTTPOutcome) {
        var object = JSONObject([("event", .string(EventName.apiProxyResponse))])
        object["requestId"] = requestId?.value
        var failure: JSON?
        switch outcome {
        case .response(let status, _, let body) where (200..<300).contains(status):
            object["data"] = (try? JSON(parsing: body)) ?? [:]
            object["err"] = .null
        case .response(let status, let reason, let body):
            var error = (try? JSON(parsing: body))?.object ?? JSONObject([("message", .string(reason))])
            error["status"] = .int(status)
            failure = .object(error)
        case .failure: failure = ServiceError.networking.json
        }
        if let failure {
            object["data"] = .null
            object["err"] = .string(failure.text)
        }
        actions.append(
            ApiMetric(
                name: call.method, milliseconds: now.uptime - call.started.uptime, error: failure, status: 200,
                retryStatus: .none
            ).action)
        actions.append(.publish(EventName.apiProxyResponse, .object(object)))
    }
}
