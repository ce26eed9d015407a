// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The methods of `api_proxy_request`, which one Streams page sends to another: quick responses and screen sharing. An open
/// page normally serves them. If the configuration names a backend, the daemon calls that instead.
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
    /// A client's broadcast of `api_proxy_request {requestId, method, params}`.
    mutating func proxy(_ data: JSON) {
        guard calls.count < settings.callLimit, let base = settings.apiProxyBase, let credentials,
            let method = data["method"]?.string.flatMap(ApiProxyMethod.init)
        else { return }
        let request = method.call(
            data["params"] ?? .null, base, credentials.token, timeout: settings.timers.callTimeout)
        begin(request, method.rawValue, for: .proxy(data["requestId"].map { RawJSON($0) }))
    }

    /// Publishes the response to every port, as a page would.
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
