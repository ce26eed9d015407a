// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A request without a response yet.
struct Waiter: Equatable {
    /// What the request waits for.
    enum Stage: Equatable {
        /// The service's answer to the call with this number.
        case called(UInt64)
        /// A snapshot that shows the effect. `sync` is the number of the requested snapshot; `isFresh` is true once it has
        /// arrived.
        case confirming(Accepted, sync: UInt64, isFresh: Bool)
    }

    let port: PortID
    let requestId: RawJSON
    /// The method's name, truncated for messages: a client may send a name of any length.
    let method: String
    /// True if the call changes nothing and can be repeated safely.
    let onlyReads: Bool
    let isConfirmed: Bool
    /// Milliseconds.
    let deadline: Int64
    let key: CallKey?
    var stage: Stage

    /// - Parameter number: the number of its call.
    init(_ request: CallKeeper.Request, _ number: UInt64) {
        port = request.port
        requestId = request.requestId
        method = CallError.cut(request.method, to: 64)
        onlyReads = request.effect == .reads
        isConfirmed = request.isConfirmed
        deadline = request.deadline
        key = request.key.map { CallKey(uid: request.uid, text: $0) }
        stage = .called(number)
    }

    func isWaiting(for call: UInt64) -> Bool { stage == .called(call) }
}

/// A call that the service accepted: its answer, and the sign that shows its effect.
struct Accepted: Equatable {
    let call: UInt64
    /// The answer's data; nil if it was too large for the `KeyBook`.
    var data: JSON?
    let confirmation: Confirmation
    /// True once a snapshot has shown the effect.
    var isConfirmed = false

    func response(_ status: String, _ clock: String, newContact: String? = nil) -> ConduitEvent.Response {
        var answer = JSONObject([("status", .string(status)), ("data", data ?? .null), ("clock", .string(clock))])
        answer["contactId"] = newContact.map { .string($0) }
        return .data(.object(answer))
    }
}
