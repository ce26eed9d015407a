// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A client of the daemon.
final class LineClient {
    let link: Link
    private var requests = 0

    /// Connects and waits for the greeting.
    init(_ address: Address, seconds: Double = 10) throws {
        link = try Link(address)
        _ = try next("acknowledge", seconds: seconds)
    }

    struct Line {
        let message: [String: Any]
        /// When the line was read.
        let at: UInt64

        var event: String { message["event"] as? String ?? "" }
        var data: [String: Any] { message["data"] as? [String: Any] ?? [:] }
    }

    func send(_ event: String, _ data: [String: Any]) throws {
        var bytes = Array(try JSONSerialization.data(withJSONObject: ["event": event, "data": data]))
        bytes.append(UInt8(ascii: "\n"))
        try link.send(bytes)
    }

    /// The next line with one of the events that meets the condition. Other lines are dropped.
    func next(
        _ events: String..., seconds: Double = 10, where condition: ([String: Any]) -> Bool = { _ in true }
    ) throws -> Line {
        let deadline = Clock.now + seconds.nanoseconds
        while let bytes = try link.line(before: deadline) {
            guard let message = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else { continue }
            let line = Line(message: message, at: link.receivedAt)
            if events.contains(line.event), condition(line.data) { return line }
        }
        throw Failure("no \(events.joined(separator: " or ")) within \(seconds) s")
    }

    /// Sends a `partyline::request`; nil if the daemon does not know the method.
    func request(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any]? {
        requests += 1
        let id = "r\(requests)"
        try send("partyline::request", ["requestId": id, "method": method, "params": parameters])
        let answer = try next("partyline::response") { $0["requestId"] as? String == id }.data
        guard let error = answer["err"] as? [String: Any] else { return answer["data"] as? [String: Any] ?? [:] }
        if error["code"] as? String == "unknown_method" { return nil }
        throw Failure("\(method): \(error["message"] ?? "refused")")
    }
}
