// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Builds the calls of the services with a plain JSON protocol: agent-app and task templates.
enum PlainCall {
    // MARK: Agent-app

    /// Nil if the service's endpoint or the cookie's name is not known.
    static func agentApp(
        _ operation: AgentAppOperation, _ params: JSON, _ credentials: Credentials, _ timeout: Int64
    ) -> HTTPCall? {
        guard let url = credentials.agentAppEndpoint, let cookie = credentials.authCookieName else { return nil }
        let bearer: JSON = .object(JSONObject([(cookie, .string(credentials.token.reveal()))]))
        return HTTPCall(
            purpose: operation.rawValue, method: .post, url: url,
            headers: [
                ("Content-Type", "application/json"), ("X-Amz-target", operation.rawValue),
                ("X-Amz-Bearer", bearer.text),
            ],
            body: (params.isNull ? [:] : params).encoded, timeout: timeout)
    }

    // MARK: Task templates

    /// The service's base URL. If the endpoint is another URL of the instance, the base is derived from its host.
    private static func taskTemplatesBase(_ endpoint: String) -> String {
        if endpoint.contains("/task-templates") { return endpoint }
        let scheme = endpoint.hasPrefix("http://") ? "http://" : "https://"
        let host = endpoint.dropFirst(endpoint.hasPrefix(scheme) ? scheme.count : 0).prefix { !"/?#".contains($0) }
        return scheme + host + (host.contains(".awsapps.com") ? "/connect" : "") + "/task-templates/api/ccp"
    }

    static func taskTemplate(
        _ operation: TaskTemplateOperation, _ params: JSON, _ credentials: Credentials, _ timeout: Int64
    ) -> HTTPCall {
        let base = taskTemplatesBase(credentials.taskTemplatesEndpoint ?? credentials.endpoint)
        let params = params.object.map { .object(ParameterMapping.related($0)) } ?? params
        let instance = component(params["instanceId"])
        let name = operation.rawValue
        switch operation {
        case .listTaskTemplates:
            let url = "\(base)/proxy/instance/\(instance)/task/template" + query(params["queryParams"])
            return call(name, .get, url, nil, timeout)
        case .getTaskTemplate:
            let template = params["templateParams"]
            let version = template?["version"].map { JSON.object(JSONObject([("snapshotVersion", $0)])) }
            let url = "\(base)/proxy/instance/\(instance)/task/template/\(component(template?["id"]))"
            return call(name, .get, url + query(version), nil, timeout)
        case .createTemplatedTask: return call(name, .put, "\(base)/createTemplatedTask", params, timeout)
        case .updateContact: return call(name, .post, "\(base)/updateContact", params, timeout)
        }
    }

    private static func call(
        _ purpose: String, _ method: HTTPCall.Method, _ url: String, _ body: JSON?, _ timeout: Int64
    ) -> HTTPCall {
        HTTPCall(
            purpose: purpose, method: method, url: url,
            headers: [
                ("Content-Type", "application/json"), ("Accept", "application/json"), ("x-csrf-token", "csrf"),
            ],
            body: body?.encoded, usesCookies: true, timeout: timeout)
    }

    /// `?a=1&b=2` from an object's members; empty if it has none.
    private static func query(_ value: JSON?) -> String {
        let pairs = (value?.object?.members ?? []).filter { !$0.value.isNull }.map { member in
            // Form encoding: a space becomes a plus.
            "\(form(member.name))=\(form(member.value.string ?? member.value.text))"
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private static func component(_ value: JSON?) -> String {
        guard let value else { return "" }
        return escaped(value.string ?? value.text)
    }

    private static func form(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(separator: "+")
    }

    /// Percent-encodes everything except RFC 3986's unreserved characters, because no parameter may change the path.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                byte < 0x80
                && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                    || "-._~".unicodeScalars.contains(scalar))
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
