// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// A port of a scene. Keeps all messages, and a cursor for each event name.
final class ScenePort {
    /// The data of the first line.
    private(set) var greeting: JSON = .null
    private(set) var received: [ServerMessage] = []
    private(set) var isClosed = false
    private let socket: LineSocket
    /// Where the next search for an event of that name starts.
    private var places: [String: Int] = [:]
    private var barriers = 0

    init(socket: LineSocket) throws {
        self.socket = socket
        guard let first = try next(EventName.acknowledge, before: .now + .seconds(5)), received.count == 1 else {
            throw SceneFailure("the first line of a port has to be acknowledge, got \(received.map(\.event))")
        }
        greeting = first.data ?? .null
    }

    var id: String { greeting["id"]?.string ?? "" }

    func send(_ event: String, _ data: JSON?) throws { try write(ServerLine.encode(event, data)) }

    /// Sends bytes unchanged. They should end with a newline.
    func write(_ bytes: [UInt8]) throws { try socket.write(bytes) }

    /// Closes the connection without `close`, like a program that is killed.
    func hangUp() {
        isClosed = true
        socket.hangUp()
    }

    /// The next event of that name. Nil if none arrives in time.
    func next(_ event: String, before deadline: ContinuousClock.Instant) throws -> ServerMessage? {
        while true {
            for place in places[event, default: 0]..<received.count where received[place].event == event {
                places[event] = place + 1
                return received[place]
            }
            places[event] = received.count
            guard try receive(before: deadline) else { return nil }
        }
    }

    /// Receives everything that the daemon sent until now, by waiting for the reply to a request.
    func catchUp() throws {
        guard !isClosed else { return }
        barriers += 1
        let id = JSON.string("barrier-\(barriers)")
        do { try send(EventName.request, ["requestId": id, "method": "getStatus"]) } catch {
            // The daemon has closed the connection. Lines from before are still unread.
            _ = try waitForEnd(before: .now + .seconds(1))
            return
        }
        let deadline = ContinuousClock.now + .seconds(5)
        while let message = try next(EventName.response, before: deadline) {
            if message.data?["requestId"] == id { return }
        }
        guard !isClosed else { return }
        throw SceneFailure("the daemon does not answer getStatus")
    }

    /// Waits for the daemon to close the connection. False if it is still open at the deadline.
    func waitForEnd(before deadline: ContinuousClock.Instant) throws -> Bool {
        while !isClosed, try receive(before: deadline) {}
        return isClosed
    }

    /// Receives a line. False if none arrives in time or the connection is closed.
    private func receive(before deadline: ContinuousClock.Instant) throws -> Bool {
        guard !isClosed else { return false }
        switch try socket.next(before: deadline) {
        case .line(let line): received.append(try ServerMessage(line: line))
        case .end:
            isClosed = true
            return false
        case .timeout: return false
        }
        return true
    }
}

/// The difference between what a scene expected and what it got.
struct SceneFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
