// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// The reply to an API request.
public struct CallReply: Sendable {
    public let requestId: String?
    /// The service's answer, or why there is none.
    public let result: Result<JSON, CallFailure>

    /// Parses an `api_response`; nil for any other message.
    public init?(_ message: ServerMessage) {
        guard message.event == EventName.apiResponse, let data = message.data else { return nil }
        requestId = data["requestId"]?.string
        if let error = data["err"], !error.isNull {
            result = .failure(CallFailure(errorText: error.string ?? error.text, data: data["data"]))
        } else {
            result = .success(data["data"] ?? .null)
        }
    }
}

extension LineConnection {
    /// Calls an operation of the service, such as `acceptContact`, and waits for the reply.
    ///
    /// Throws a `CallFailure` if the service or the daemon refused, a `ConnectionError` if no reply came, and a
    /// `ProtocolFailure` if the daemon could not parse the request. Other messages stay in the queue.
    public func call(_ method: String, _ params: JSON = [:], timeout: Duration = .seconds(30)) throws -> JSON {
        let id = try start(method, params)
        let reply = try awaitReply(EventName.apiResponse, id, before: .now + timeout)
        guard let answer = CallReply(reply) else { throw ConnectionError.badLine("an answer without data") }
        return try answer.result.get()
    }

    /// Sends an API request without waiting. Its `CallReply` comes among the messages, under the returned id.
    public func start(_ method: String, _ params: JSON = [:]) throws(ConnectionError) -> String {
        let id = nextRequestId()
        let request: JSON = ["requestId": .string(id), "method": .string(method), "params": params]
        try send(EventName.apiRequest, request)
        return id
    }

    /// Sends a request to the daemon itself (`getStatus`, `getAgent`) and waits for the reply.
    ///
    /// Throws a `ProtocolFailure` if the daemon refused, a `ConnectionError` if no reply came. Other messages stay in
    /// the queue.
    public func request(_ method: String, _ params: JSON = [:], timeout: Duration = .seconds(10)) throws -> JSON {
        let id = nextRequestId()
        let request: JSON = ["requestId": .string(id), "method": .string(method), "params": params]
        try send(EventName.request, request)
        let reply = try awaitReply(EventName.response, id, before: .now + timeout)
        if let error = reply.data?["err"], !error.isNull { throw ProtocolFailure(json: error) }
        return reply.data?["data"] ?? .null
    }

    /// Waits until the daemon has handled everything that was sent on this connection, and has sent all that came before.
    ///
    /// Throws a `ProtocolFailure` if it has rejected a line, a `ConnectionError` if it does not answer. Other messages stay
    /// in the queue.
    public func synchronize(timeout: Duration = .seconds(10)) throws {
        try send(EventName.synchronize)
        let deadline = ContinuousClock.now + timeout
        var failure: ProtocolFailure?
        var others: [ServerMessage] = []
        var bytes = 0
        defer { putBack(others) }
        while true {
            let message = try nextMessage(before: deadline)
            // The first line of a connection has data.
            if message.event == EventName.acknowledge, message.data == nil { break }
            if message.isResumption { throw ConnectionError.closedByDaemon(.restarted) }
            if message.event == EventName.error, let data = message.data {
                failure = failure ?? ProtocolFailure(json: data)
                continue
            }
            others.append(message)
            bytes += message.line.count
            guard bytes <= unansweredLimit else {
                throw ConnectionError.badLine("\(bytes) bytes without the answer")
            }
        }
        if let failure { throw failure }
    }

    private func awaitReply(
        _ event: String, _ id: String, before deadline: ContinuousClock.Instant
    ) throws -> ServerMessage {
        var others: [ServerMessage] = []
        var bytes = 0
        defer { putBack(others) }
        while true {
            let message = try nextMessage(before: deadline)
            if message.event == event, message.data?["requestId"]?.string == id { return message }
            if message.isResumption { throw ConnectionError.closedByDaemon(.restarted) }
            others.append(message)
            bytes += message.line.count
            guard bytes <= unansweredLimit else {
                throw ConnectionError.badLine("\(bytes) bytes without the answer")
            }
            if let failure = Self.failure(in: message) { throw failure }
        }
    }

    /// An error that ends the wait for a reply although the connection continues.
    private static func failure(in message: ServerMessage) -> ProtocolFailure? {
        guard message.event == EventName.error, let data = message.data else { return nil }
        let failure = ProtocolFailure(json: data)
        let isAboutLine = ["invalid_line", "line_too_long", "not_permitted"].contains(failure.code)
        return isAboutLine ? failure : nil
    }
}
