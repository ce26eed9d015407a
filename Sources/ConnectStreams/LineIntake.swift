// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Parses received bytes into messages, and keeps the reason for which the daemon may close the connection.
struct LineIntake {
    /// No line of a daemon is nearly as long. A sender of more is not a daemon.
    static let longestLine = 64 << 20

    /// The last reason for closing that the daemon sent.
    private(set) var closeReason = CloseReason.unsaid
    private var framer: LineFramer
    /// A line that could not be parsed: cut off if the daemon was restarted, an error in every other case.
    private var broken: ConnectionError?

    init(longestLine: Int = Self.longestLine) { framer = LineFramer(limit: longestLine) }

    /// Parses the next bytes. Messages that were complete before an error are delivered.
    mutating func push(_ bytes: UnsafeRawBufferPointer, into messages: inout [ServerMessage]) throws(ConnectionError) {
        var frames: [LineFramer.Frame] = []
        framer.push(bytes) { frames.append($0) }
        for frame in frames {
            guard case .line(let line) = frame else { throw .badLine("longer than \(framer.limit) bytes") }
            if line.isEmpty { continue }
            if let message = try parse(line) { messages.append(message) }
        }
    }

    private mutating func parse(_ line: [UInt8]) throws(ConnectionError) -> ServerMessage? {
        let message: ServerMessage
        do { message = try ServerMessage(line: line) } catch {
            if let broken { throw broken }
            broken = error
            return nil
        }
        if let broken, !message.isResumption { throw broken }
        broken = nil
        updateCloseReason(message)
        return message
    }

    private mutating func updateCloseReason(_ message: ServerMessage) {
        switch message.event {
        case EventName.bye: closeReason = .bye(message.data?["reason"]?.string ?? "bye")
        case EventName.error: closeReason = message.data.map { .error(ProtocolFailure(json: $0)) } ?? .unsaid
        // An error about one line does not explain the end if more messages follow.
        default: if case .error = closeReason { closeReason = .unsaid }
        }
    }
}
