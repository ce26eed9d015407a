// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Builds the HTTP calls of the CTI service.
enum ServiceCall {
    /// - Throws: an error that lists all invalid parameters.
    static func make(
        _ operation: CTIOperation, _ params: JSON, _ credentials: Credentials, timeout: Int64
    ) throws(ServiceError) -> HTTPCall {
        let model = operation.model
        let encoded = try ParameterCheck.encode(model.mapping.apply(params), as: model.input)
        var body = encoded.object ?? JSONObject()
        let token = credentials.token.reveal()
        switch model.token {
        case .header: break
        case .inBody: body["authentication"] = ["authToken": .string(token)]
        }
        let name = operation.wireName
        return HTTPCall(
            purpose: name, method: .post, url: credentials.endpoint,
            headers: [
                ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonConnectCTIService.\(name)"),
                ("X-Amz-Bearer", token),
            ],
            body: JSON.object(body).encoded, timeout: timeout)
    }

    /// The error in a response. The part of its type before a `#` is a namespace and is removed.
    static func error(_ response: HTTPResponse) -> ServiceError {
        guard let object = (try? response.json.get())?.object else {
            return ServiceError(type: "UnknownError", message: response.reason, status: response.status)
        }
        return ServiceError(object, type: object["__type"] ?? object["code"], status: response.status)
    }
}

extension CTIOperation {
    /// The operation's name in the service's protocol: `PutAgentState` for `putAgentState`.
    var wireName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension ServiceError {
    /// The error that a service returned as a JSON object.
    init(_ object: JSONObject, type: JSON?, status: Int) {
        let code = type?.string.map { String($0.split(separator: "#").last ?? "") }
        self.init(
            type: code ?? "UnknownError", message: (object["message"] ?? object["Message"])?.string, status: status)
    }

    /// One line for logs and error messages: operation, type and message.
    func summary(of operation: CTIOperation) -> String {
        typeSummary(of: operation) + (message.map { ": \($0)" } ?? "")
    }

    func typeSummary(of operation: CTIOperation) -> String { "\(operation.rawValue): \(type)" }
}
