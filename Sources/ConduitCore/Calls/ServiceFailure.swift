import AgentModel
import StreamsProtocol

/// The error of a call, read from Streams' form: what clients of our own protocol are told, and whether the call can have
/// acted.
struct ServiceFailure: Equatable {
    let error: ProtocolError
    /// True if nothing was done for certain: the service refused the call, or it was never sent. After a network failure, a
    /// 5xx or an answer that nobody can read it may have been done.
    let isRefusal: Bool

    /// - Parameters:
    ///   - data: the data beside the error: an unknown method's message is there.
    ///   - text: the error as JSON text.
    init(method: String, data: JSON?, text: String) {
        let object = (try? JSON(parsing: text))?.object ?? JSONObject([("message", .string(text))])
        if object.isEmpty {
            error = Self.unknownMethod(method, CallError.cut(data?["message"]?.string ?? "no such method", to: 1000))
            isRefusal = true
            return
        }
        let details = ServiceDetails(object)
        let cause = ServiceCause(details)
        isRefusal = cause.isRefusal || CallError.onlyReads(method)
        let doubt = isRefusal ? "" : ": it is not known whether it was done"
        error = ProtocolError(
            cause.code, "\(cause.words(method)) (\(details.text))\(doubt)", hint: cause.hint,
            retryable: cause.isPassing && isRefusal)
    }

    /// Nobody has that method; or nobody is there, once the session was terminated.
    private static func unknownMethod(_ method: String, _ message: String) -> ProtocolError {
        message.contains("on NULL client")
            ? ProtocolError(
                .notReady, "\(method) was not sent: the session was terminated (\(message))",
                hint: "partyline status shows what it waits for", retryable: true)
            : ProtocolError(
                .unknownMethod, "\(method) is no method of the service (\(message))",
                hint: "methods are named as in Amazon Connect Streams, with a small first letter: acceptContact")
    }
}

/// What an error says of itself, whichever service it comes from.
struct ServiceDetails: Equatable {
    let type: String
    let message: String?
    let status: Int?

    init(_ object: JSONObject) {
        let code = (object["type"] ?? object["__type"] ?? object["code"])?.string ?? "UnknownError"
        type = CallError.cut(code.split(separator: "#").last.map(String.init) ?? code, to: 128)
        message = (object["message"] ?? object["Message"])?.string.map { CallError.cut($0, to: 1000) }
        status = (object["statusCode"] ?? object["status"])?.int
    }

    var text: String {
        let status = status.map { " \($0)" } ?? ""
        return "\(type)\(status)" + (message.map { ": \($0)" } ?? "")
    }
}
