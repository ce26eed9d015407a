import AgentModel
import StreamsProtocol

/// Requests that Streams sends from page to page (`api_proxy_request`): quick responses and screen sharing. A page that
/// the agent has open would serve them; where the configuration names a backend for them, the daemon does it itself.
enum ApiProxyMethod: String {
    case qrIntegrationExists
    case qrSearchQuickResponses
    case startScreenSharing

    func call(_ params: JSON, _ base: String, _ token: Secret, timeout: Int64) -> HTTPCall {
        switch self {
        case .qrIntegrationExists: call(.get, "\(base)/quick-responses/integration", nil, token, timeout)
        case .qrSearchQuickResponses: call(.post, "\(base)/quick-responses/search", params, token, timeout)
        case .startScreenSharing: call(.post, "\(base)/screen-sharing", params, token, timeout)
        }
    }

    private func call(
        _ method: HTTPCall.Method, _ url: String, _ body: JSON?, _ token: Secret, _ timeout: Int64
    ) -> HTTPCall {
        HTTPCall(
            purpose: rawValue, method: method, url: url,
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
            let method = data["method"]?.string.flatMap(ApiProxyMethod.init)
        else { return }
        let request = method.call(
            data["params"] ?? .null, base, credentials.token, timeout: settings.timers.callTimeout)
        begin(request, method.rawValue, for: .proxy(data["requestId"].map { RawJSON($0) }))
    }

    /// The answer goes to everybody, as one of a page would.
    mutating func proxyEnded(_ requestId: RawJSON?, _ answer: PlainAnswer) {
        let (data, err) = answer.outcome.apiResponse
        var object = JSONObject([("event", .string(EventName.apiProxyResponse))])
        object["requestId"] = requestId?.value
        object["data"] = data ?? .null
        object["err"] = err.map { .string($0) } ?? .null
        actions.append(answer.metric.action)
        actions.append(.publish(EventName.apiProxyResponse, .object(object)))
    }
}
