import AgentModel
import StreamsProtocol

/// Builds the calls of the services beside the CTI service, which speak plain JSON: agent-app and task templates.
enum PlainCall {
    /// The call of a method, nil if none of the services has it or its endpoint is not known.
    static func make(_ method: String, _ params: JSON, _ credentials: Credentials, timeout: Int64) -> HTTPCall? {
        if agentAppMethods.contains(method) { return agentApp(method, params, credentials, timeout) }
        guard taskTemplatesMethods.contains(method) else { return nil }
        let base = taskTemplatesBase(credentials.taskTemplatesEndpoint ?? credentials.endpoint)
        return taskTemplates(method, withoutPreviousContact(params), base, timeout)
    }

    /// True for methods of these services, also for ones that they do not have.
    static func isResponsible(for method: String) -> Bool {
        method.hasPrefix("AgentAppService.") || taskTemplatesMethods.contains(method)
    }

    // MARK: Agent-app

    private static func agentApp(
        _ method: String, _ params: JSON, _ credentials: Credentials, _ timeout: Int64
    ) -> HTTPCall? {
        guard let url = credentials.agentAppEndpoint, let cookie = credentials.authCookieName else { return nil }
        let bearer: JSON = .object(JSONObject([(cookie, .string(credentials.token.reveal()))]))
        return HTTPCall(
            purpose: method, method: .post, url: url,
            headers: [
                ("Content-Type", "application/json"), ("X-Amz-target", method), ("X-Amz-Bearer", bearer.text),
            ],
            body: (params.isNull ? [:] : params).encoded, timeout: timeout)
    }

    private static let agentAppMethods: Set<String> = [
        "AgentAppService.Lcms.getContact", "AgentAppService.VoiceId.deleteSpeaker",
        "AgentAppService.VoiceId.enrollBySession", "AgentAppService.VoiceId.evaluateSession",
        "AgentAppService.VoiceId.describeSpeaker", "AgentAppService.VoiceId.optOutSpeaker",
        "AgentAppService.Lcms.updateVoiceIdData", "AgentAppService.VoiceId.describeSession",
        "AgentAppService.VoiceId.updateSession", "AgentAppService.Nasa.startVoiceIdSession",
        "AgentAppService.Acs.listIntegrationAssociations",
    ]

    // MARK: Task templates

    private static let taskTemplatesMethods: Set<String> = [
        "listTaskTemplates", "getTaskTemplate", "createTemplatedTask", "updateContact",
    ]

    /// The service's URL: as it was named, or beside whatever else of the instance was named.
    private static func taskTemplatesBase(_ endpoint: String) -> String {
        if endpoint.contains("/task-templates") { return endpoint }
        let scheme = endpoint.hasPrefix("http://") ? "http://" : "https://"
        let host = endpoint.dropFirst(endpoint.hasPrefix(scheme) ? scheme.count : 0).prefix { !"/?#".contains($0) }
        return scheme + host + (host.contains(".awsapps.com") ? "/connect" : "") + "/task-templates/api/ccp"
    }

    /// A task is related to one contact: the related one, if both are given.
    private static func withoutPreviousContact(_ params: JSON) -> JSON {
        guard var object = params.object, object["relatedContactId"]?.isTruthy == true else { return params }
        object["previousContactId"] = nil
        return .object(object)
    }

    private static func taskTemplates(
        _ method: String, _ params: JSON, _ base: String, _ timeout: Int64
    ) -> HTTPCall? {
        let instance = component(params["instanceId"])
        switch method {
        case "listTaskTemplates":
            let url = "\(base)/proxy/instance/\(instance)/task/template" + query(params["queryParams"])
            return call(method, .get, url, nil, timeout)
        case "getTaskTemplate":
            let template = params["templateParams"]
            let version = template?["version"].map { JSON.object(JSONObject([("snapshotVersion", $0)])) }
            let url = "\(base)/proxy/instance/\(instance)/task/template/\(component(template?["id"]))"
            return call(method, .get, url + query(version), nil, timeout)
        case "createTemplatedTask": return call(method, .put, "\(base)/createTemplatedTask", params, timeout)
        case "updateContact": return call(method, .post, "\(base)/updateContact", params, timeout)
        default: return nil
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

    /// `?a=1&b=2` of an object's members; nothing for an empty one.
    private static func query(_ value: JSON?) -> String {
        let pairs = (value?.object?.members ?? []).filter { !$0.value.isNull }.map { member in
            // The form encoding of query strings: a space is a plus.
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

    /// Everything but RFC 3986's unreserved characters becomes `%XX`: no parameter may change the path.
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
