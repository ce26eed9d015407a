public import AgentModel
import StreamsProtocol

/// A connection to the daemon's socket: lines out, messages in, every wait with a deadline.
///
/// It blocks its caller, starts no thread and does not reconnect: what a command line or a test wants. One owner at a
/// time.
public final class LineConnection {
    public let path: String
    private let socket: UnixSocket
    private var intake = LineIntake()
    private var queue: [ServerMessage] = []
    /// Why nothing more will come; told once the queue is empty.
    private var end: ConnectionError?
    private var requests = 0

    /// Connects to the socket at that path.
    public init(path: String, timeout: Duration = .seconds(5)) throws(ConnectionError) {
        self.path = path
        socket = try UnixSocket(path: path, before: .now + timeout)
    }

    public func send(
        _ event: String, _ data: JSON? = nil, timeout: Duration = .seconds(10)
    ) throws(ConnectionError) {
        let isSent = try socket.send(ServerLine.encode(event, data), before: .now + timeout)
        guard !isSent else { return }
        // The daemon's last words are still in the socket's buffer, and they are the better error.
        while end == nil { try fill(before: .now + timeout) }
        throw end ?? .closedByDaemon(.unsaid)
    }

    /// The next message, waited for until the deadline (nil: for ever).
    public func nextMessage(
        before deadline: ContinuousClock.Instant? = nil
    ) throws(ConnectionError) -> ServerMessage {
        try nextMessage(before: deadline, interruption: nil)
    }

    /// The same; the wait ends with `.interrupted` as soon as the other descriptor can be read.
    func nextMessage(
        before deadline: ContinuousClock.Instant?, interruption: Int32?
    ) throws(ConnectionError) -> ServerMessage {
        while queue.isEmpty {
            if let end { throw end }
            try fill(before: deadline, interruption: interruption)
        }
        return queue.removeFirst()
    }

    /// The messages that have come already, without waiting. Throws only when none is left of a connection that ended.
    public func availableMessages() throws(ConnectionError) -> [ServerMessage] {
        do {
            while end == nil { try fill(before: .now) }
        } catch .timeout {
            // All is read that has come.
        }
        defer { queue = [] }
        if let end, queue.isEmpty { throw end }
        return queue
    }

    /// The daemon's first line. The message stays in line for `nextMessage`.
    public func welcome(timeout: Duration = .seconds(5)) throws(ConnectionError) -> Welcome {
        let deadline = ContinuousClock.now + timeout
        while queue.isEmpty {
            if let end { throw end }
            try fill(before: deadline)
        }
        if let welcome = queue.first.flatMap({ Self.welcome($0) }) { return welcome }
        // A daemon that refuses says why instead, and closes.
        while end == nil, case .error = intake.closeReason { try fill(before: deadline) }
        throw end ?? .badLine("the first line is not \(EventName.acknowledge)")
    }

    /// Messages that were read while looking for another one go back to the head of the line.
    func putBack(_ messages: [ServerMessage]) { queue.insert(contentsOf: messages, at: 0) }

    /// An id that no other request on this connection has.
    func nextRequestId() -> String {
        requests += 1
        return "request-\(requests)"
    }

    private static func welcome(_ message: ServerMessage) -> Welcome? {
        guard message.event == EventName.acknowledge else { return nil }
        return message.data.flatMap { Welcome(json: $0) }
    }

    /// Receives once and sorts what came into the queue.
    private func fill(
        before deadline: ContinuousClock.Instant?, interruption: Int32? = nil
    ) throws(ConnectionError) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { room.deallocate() }
        let count = try socket.receive(into: room, before: deadline, interruption: interruption)
        guard count > 0 else {
            end = .closedByDaemon(intake.closeReason)
            return
        }
        do throws(ConnectionError) {
            try intake.push(UnsafeRawBufferPointer(rebasing: room[..<count]), into: &queue)
        } catch {
            end = error
        }
    }
}
