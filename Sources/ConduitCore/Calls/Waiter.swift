import AgentModel
import StreamsProtocol

/// A request that has no answer yet.
struct Waiter: Equatable {
    /// What it waits for.
    enum Stage: Equatable {
        /// The service's answer to the call of that number.
        case called(UInt64)
        /// A snapshot that shows it. `sync` is the number under which one was asked for; `isFresh` is true once it is in.
        case confirming(Accepted, sync: UInt64, isFresh: Bool)
    }

    let port: PortID
    let requestId: RawJSON
    /// The method's name, cut for messages: a client may send one of any length.
    let method: String
    /// True if the call changes nothing, so that its repetition does no harm.
    let onlyReads: Bool
    let isConfirmed: Bool
    let deadline: Int64
    let key: CallKey?
    var stage: Stage

    /// - Parameter number: of the call that it asks for.
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

/// What the service took: the answer, and how to see that it was done.
struct Accepted: Equatable {
    let call: UInt64
    /// The answer's data; nil if it was too large for the book of keys.
    var data: JSON?
    let confirmation: Confirmation
    /// True once a snapshot showed it.
    var isConfirmed = false

    func response(_ status: String, _ clock: String) -> ConduitEvent.Response {
        .data(["status": .string(status), "data": data ?? .null, "clock": .string(clock)])
    }
}
