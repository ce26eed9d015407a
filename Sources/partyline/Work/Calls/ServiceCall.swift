// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// One `call` of a verb. Its errors say whether it was done, as far as that is known.
struct ServiceCall: Equatable {
    let method: String
    let params: JSON
    var confirms = false
    var milliseconds = 30_000
    /// An idempotency key.
    var key: String?

    /// The parameters of the daemon's `call` request.
    var request: JSON {
        var request = JSONObject([
            ("method", .string(method)), ("params", params), ("deadlineMs", .int(min(milliseconds, 600_000))),
        ])
        if confirms { request["confirm"] = true }
        request["idempotencyKey"] = key.map { .string($0) }
        return .object(request)
    }

    /// `{status, data, clock}`. Throws a `ProtocolFailure` if the service or the daemon refused.
    func answer(_ connection: LineConnection) throws -> JSON {
        // The daemon enforces the deadline. This timeout is for a daemon that does not answer at all.
        try knowing { try connection.request("call", request, timeout: .milliseconds(milliseconds + 2000)) }
    }

    /// The answer of the service to a plain `api_request`. Throws a `CallFailure`.
    func plainAnswer(_ connection: LineConnection) throws -> JSON {
        try knowing { try connection.call(method, params, timeout: .milliseconds(milliseconds)) }
    }

    /// A connection that ends during the call leaves its outcome unknown.
    private func knowing(_ body: () throws -> JSON) throws -> JSON {
        do { return try body() } catch let error as ConnectionError {
            switch error {
            case .closedByDaemon(.unsaid), .closedByDaemon(.restarted), .closedByDaemon(.bye), .system:
                throw unknown("\(error)")
            case .closedByDaemon(.error), .timeout, .interrupted, .badLine, .notRunning, .noPermission, .pathTooLong:
                throw error
            }
        }
    }

    private func unknown(_ reason: String) -> CommandFailure {
        CommandFailure(
            status: .timeout, message: "no answer to \(method): \(reason); it is not known whether it was done",
            next: ["partyline get snapshot   shows whether it was done, when partylined runs again"])
    }
}
