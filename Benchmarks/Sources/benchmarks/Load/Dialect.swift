// SPDX-License-Identifier: Apache-2.0

/// A system's client protocol.
protocol Dialect: Sendable {
    /// Subscribes a new connection and waits for the server's confirmation.
    func subscribe(_ link: Link, number: Int) throws(Failure)
    /// Prepares a new connection for publishing.
    func publish(_ link: Link) throws(Failure)
    /// The message that publishes a payload, and the payload's offset in it.
    func frame(_ payload: [UInt8]) -> (bytes: [UInt8], payloadAt: Int)
}

extension Dialect {
    static func frame(_ head: String, _ payload: [UInt8], _ tail: String) -> (bytes: [UInt8], payloadAt: Int) {
        (Array(head.utf8) + payload + Array(tail.utf8), head.utf8.count)
    }
}

/// partyline's protocol; messages are broadcasts.
struct LineDialect: Dialect {
    enum Side {
        /// Ports of the Streams dialect. The publisher receives its own lines as well.
        case streams
        /// Subscribed ports, whose lines end with a clock. The publisher subscribes to an event that does not occur.
        case subscribers
        /// The plain fan-out, which sends no greeting.
        case silent
    }

    let side: Side

    func subscribe(_ link: Link, number: Int) throws(Failure) { try join(link, "bench::tick") }
    func publish(_ link: Link) throws(Failure) { try join(link, "bench::nothing") }

    private func join(_ link: Link, _ pattern: String) throws(Failure) {
        guard side != .silent else { return }
        try link.expect(#""event":"acknowledge""#)
        guard side == .subscribers else { return }
        let parameters = #"{"requestId":1,"method":"subscribe","params":{"events":["\#(pattern)"]}}"#
        try link.send(#"{"event":"partyline::request","data":\#(parameters)}"# + "\n")
        try link.expect(#""event":"partyline::response""#)
        try link.expect(#""err":null"#)
    }

    func frame(_ payload: [UInt8]) -> (bytes: [UInt8], payloadAt: Int) {
        Self.frame(#"{"event":"broadcast","data":{"event":"bench::tick","data":""#, payload, "\"}}\n")
    }
}

/// Redis' PUBLISH and SUBSCRIBE.
struct RedisDialect: Dialect {
    func subscribe(_ link: Link, number: Int) throws(Failure) {
        try link.send("SUBSCRIBE tick\r\n")
        try link.expect("subscribe\r\n$4\r\ntick\r\n:1\r\n")
    }

    func publish(_ link: Link) throws(Failure) {}

    func frame(_ payload: [UInt8]) -> (bytes: [UInt8], payloadAt: Int) {
        Self.frame("*3\r\n$7\r\nPUBLISH\r\n$4\r\ntick\r\n$\(payload.count)\r\n", payload, "\r\n")
    }
}

/// The NATS client protocol.
struct NATSDialect: Dialect {
    func subscribe(_ link: Link, number: Int) throws(Failure) { try greet(link, "SUB tick 1\r\n") }
    func publish(_ link: Link) throws(Failure) { try greet(link, "") }

    private func greet(_ link: Link, _ commands: String) throws(Failure) {
        try link.expect("INFO")
        try link.send("CONNECT {\"verbose\":false}\r\n\(commands)PING\r\n")
        try link.expect("PONG\r\n")
    }

    func frame(_ payload: [UInt8]) -> (bytes: [UInt8], payloadAt: Int) {
        Self.frame("PUB tick \(payload.count)\r\n", payload, "\r\n")
    }
}

/// MQTT 3.1.1 with QoS 0.
struct MQTTDialect: Dialect {
    private static let topic: [UInt8] = [0, 4] + Array("tick".utf8)

    func subscribe(_ link: Link, number: Int) throws(Failure) {
        try greet(link, "s\(number)")
        try link.send(Self.packet(0x82, [0, 1] + Self.topic + [0]))
        try expect(link, [0x90, 3, 0, 1, 0])
    }

    func publish(_ link: Link) throws(Failure) { try greet(link, "publisher") }

    private func greet(_ link: Link, _ name: String) throws(Failure) {
        // Protocol name and level, a clean session, no keep-alive.
        let head: [UInt8] = [0, 4] + Array("MQTT".utf8) + [4, 2, 0, 0]
        try link.send(Self.packet(0x10, head + [0, UInt8(name.utf8.count)] + Array(name.utf8)))
        try expect(link, [0x20, 2, 0, 0])
    }

    private func expect(_ link: Link, _ bytes: [UInt8]) throws(Failure) {
        let answer = try link.bytes(bytes.count, before: Clock.now + 20.0.nanoseconds)
        guard answer == bytes else { throw Failure("MQTT: \(answer) instead of \(bytes)") }
    }

    func frame(_ payload: [UInt8]) -> (bytes: [UInt8], payloadAt: Int) {
        let bytes = Self.packet(0x30, Self.topic + payload)
        return (bytes, bytes.count - payload.count)
    }

    private static func packet(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes = [kind]
        var rest = body.count
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes + body
    }
}
