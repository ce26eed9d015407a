import AgentModel
import StreamsProtocol

/// Turns received bytes into messages, and remembers what would explain an end of the stream.
struct LineIntake {
    /// Nothing that a daemon says comes near this; whoever sends more is not one.
    static let longestLine = 64 << 20

    /// What the daemon said last about why it would close.
    private(set) var closeReason = CloseReason.unsaid
    private var framer: LineFramer
    /// A line that could not be read: cut short if the daemon was restarted, a fault in every other case.
    private var broken: ConnectionError?

    init(longestLine: Int = Self.longestLine) { framer = LineFramer(limit: longestLine) }

    /// Takes the next bytes; messages that were complete before a fault are handed out all the same.
    mutating func push(_ bytes: UnsafeRawBufferPointer, into messages: inout [ServerMessage]) throws(ConnectionError) {
        var frames: [LineFramer.Frame] = []
        framer.push(bytes) { frames.append($0) }
        for frame in frames {
            guard case .line(let line) = frame else { throw .badLine("longer than \(framer.limit) bytes") }
            if line.isEmpty { continue }
            if let message = try take(line) { messages.append(message) }
        }
    }

    private mutating func take(_ line: [UInt8]) throws(ConnectionError) -> ServerMessage? {
        let message: ServerMessage
        do { message = try ServerMessage(line: line) } catch {
            if let broken { throw broken }
            broken = error
            return nil
        }
        if let broken, !message.isResumption { throw broken }
        broken = nil
        note(message)
        return message
    }

    private mutating func note(_ message: ServerMessage) {
        switch message.event {
        case EventName.bye: closeReason = .bye(message.data?["reason"]?.string ?? "bye")
        case EventName.error: closeReason = message.data.map { .error(ProtocolFailure(json: $0)) } ?? .unsaid
        // A complaint about one line explains nothing once the conversation has gone on.
        default: if case .error = closeReason { closeReason = .unsaid }
        }
    }
}
