// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

/// A client in the Streams dialect that keeps every message.
final class Client {
    let connection: LineConnection
    private(set) var received: [ServerMessage] = []
    private var cursor = 0

    init(path: String) throws {
        connection = try LineConnection(path: path)
        _ = try connection.welcome()
    }

    /// Waits for the next message, after the one of the last wait, that meets the condition.
    @discardableResult
    func wait(
        for event: String, seconds: Double = 10, sourceLocation: SourceLocation = #_sourceLocation,
        where condition: (JSON) -> Bool = { _ in true }
    ) throws -> ServerMessage {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            while cursor < received.count {
                let message = received[cursor]
                cursor += 1
                if message.event == event, condition(message.data ?? .null) { return message }
            }
            guard let message = try next(before: deadline) else {
                let seen = received.map(\.event).joined(separator: " ")
                try #require(
                    Bool(false), "no \(event) within \(seconds) s; seen: \(seen)", sourceLocation: sourceLocation)
                continue
            }
            received.append(message)
        }
    }

    /// Waits for an agent that meets the condition.
    @discardableResult
    func agent(
        seconds: Double = 10, sourceLocation: SourceLocation = #_sourceLocation, where condition: (AgentData) -> Bool
    ) throws -> AgentData {
        let message = try wait(for: EventName.agentUpdate, seconds: seconds, sourceLocation: sourceLocation) {
            AgentData(json: $0).map(condition) ?? false
        }
        return try #require(message.data.flatMap(AgentData.init(json:)))
    }

    /// The next message; nil at the deadline.
    private func next(before deadline: ContinuousClock.Instant) throws -> ServerMessage? {
        do throws(ConnectionError) {
            return try connection.nextMessage(before: deadline)
        } catch {
            guard error == .timeout else { throw error }
            return nil
        }
    }

    /// The names of all events so far, including those that have arrived without a wait.
    func events() throws -> [String] {
        received += try connection.availableMessages()
        return received.map(\.event)
    }

    /// The newest agent of the last `drain`.
    private(set) var latest: AgentData?

    /// Discards all messages and keeps only the newest agent. Throws if the connection has ended.
    @discardableResult
    func drain() throws -> Int {
        let messages = received + (try connection.availableMessages())
        received = []
        cursor = 0
        if let update = messages.last(where: { $0.event == EventName.agentUpdate }) {
            latest = update.data.flatMap(AgentData.init(json:))
        }
        return messages.count
    }

    func send(_ event: String, _ data: JSON? = nil) throws { try connection.send(event, data) }
}

extension AgentData {
    func contact(_ id: String) -> ContactData? { snapshot.contacts.first { $0.contactId == id } }
}
