// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// A connection to the daemon's socket: sends lines and receives messages, with a deadline for every wait.
///
/// It blocks its caller, starts no thread and does not reconnect, as a command line or a test needs it. Only one owner
/// at a time may use it.
public final class LineConnection {
    public let path: String
    private let socket: UnixSocket
    private var intake = LineIntake()
    private var queue: [ServerMessage] = []
    /// Why nothing more will arrive. It is thrown once the queue is empty.
    private var end: ConnectionError?
    private var requests = 0

    /// The most bytes that are kept while one answer is awaited. No daemon sends nearly as much.
    var unansweredLimit = 128 << 20

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
        // The daemon's last lines are still in the socket's buffer, and explain the error better.
        while end == nil { try fill(before: .now + timeout) }
        throw end ?? .closedByDaemon(.unsaid)
    }

    /// Waits for the next message until the deadline (nil: forever). The wait ends with `.interrupted` if it is
    /// interrupted.
    public func nextMessage(
        before deadline: ContinuousClock.Instant? = nil, interruption: WaitInterruption? = nil
    ) throws(ConnectionError) -> ServerMessage {
        while queue.isEmpty {
            if let end { throw end }
            try fill(before: deadline, interruption: interruption)
        }
        return queue.removeFirst()
    }

    /// The most bytes that `availableMessages` reads: a daemon that sends without pause must not hold it.
    private static let availableLimit = 4 << 20

    /// The messages that have arrived, without waiting. Throws only if the connection has ended and no message is left.
    public func availableMessages() throws(ConnectionError) -> [ServerMessage] {
        do {
            var bytes = 0
            while end == nil, bytes < Self.availableLimit { bytes += try fill(before: .now) }
        } catch .timeout {
            // Everything that has arrived is read.
        }
        defer { queue = [] }
        if let end, queue.isEmpty { throw end }
        return queue
    }

    /// Waits for the daemon's first line. The message stays in the queue for `nextMessage`.
    public func welcome(timeout: Duration = .seconds(5)) throws(ConnectionError) -> Welcome {
        let deadline = ContinuousClock.now + timeout
        while queue.isEmpty {
            if let end { throw end }
            try fill(before: deadline)
        }
        if let welcome = queue.first.flatMap({ Self.welcome($0) }) { return welcome }
        // A daemon that refuses the connection sends the reason instead, and closes.
        while end == nil, case .error = intake.closeReason { try fill(before: deadline) }
        throw end ?? .badLine("the first line is not \(EventName.acknowledge)")
    }

    /// Puts messages that were read while waiting for another one back at the head of the queue.
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

    /// Receives once, and queues the messages. Returns the number of bytes.
    @discardableResult private func fill(
        before deadline: ContinuousClock.Instant?, interruption: WaitInterruption? = nil
    ) throws(ConnectionError) -> Int {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { room.deallocate() }
        let count = try socket.receive(into: room, before: deadline, interruption: interruption)
        guard count > 0 else {
            end = .closedByDaemon(intake.closeReason)
            return 0
        }
        do throws(ConnectionError) {
            try intake.push(UnsafeRawBufferPointer(rebasing: room[..<count]), into: &queue)
        } catch {
            end = error
        }
        return count
    }
}
