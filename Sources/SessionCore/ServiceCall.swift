import AgentModel
import StreamsProtocol

/// Builds the HTTP calls of the CTI service.
enum ServiceCall {
    /// Why a call cannot be made.
    enum Obstacle: Error, Equatable {
        /// The service has no such method.
        case unknownMethod
        /// The parameters do not fit.
        case parameters(ServiceError)
    }

    /// Methods that Streams lists although its service model has no shapes for them: passed on as they are.
    static let unmodelled: Set<String> = [
        "destroyContact", "updateContactAttributes", "transferContact", "addNewConnection",
    ]

    /// The model's operation of that name, or an empty one for the unmodelled.
    static func operation(_ method: String) -> ServiceModel.Operation? {
        if unmodelled.contains(method) {
            let authenticated = method != "transferContact" && method != "addNewConnection"
            return ServiceModel.Operation(
                input: .structure([]), output: .structure([]), isAuthenticatedInBody: authenticated)
        }
        guard method.first?.isLowercase == true else { return nil }
        return ServiceModel.operations[operationName(method)]
    }

    /// `putAgentState` is the operation `PutAgentState`.
    static func operationName(_ method: String) -> String { method.prefix(1).uppercased() + method.dropFirst() }

    /// The call of a method with a client's parameters.
    static func cti(
        _ method: String, _ params: JSON, _ credentials: Credentials, timeout: Int64
    ) throws(Obstacle) -> HTTPCall {
        guard let operation = operation(method) else { throw .unknownMethod }
        let encoded: JSON
        switch ParameterCheck.encode(Translations.translate(method, params), as: operation.input) {
        case .success(let value): encoded = value
        case .failure(let error): throw .parameters(error)
        }
        var body = encoded.object ?? JSONObject()
        let token = credentials.token.reveal()
        if operation.isAuthenticatedInBody { body["authentication"] = ["authToken": .string(token)] }
        let name = operationName(method)
        return HTTPCall(
            purpose: name, method: .post, url: credentials.endpoint,
            headers: [
                ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonConnectCTIService.\(name)"),
                ("X-Amz-Bearer", token),
            ],
            body: JSON.object(body).encoded, timeout: timeout)
    }
}
