// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

/// Events for tests.
enum Lines {
    static func event(
        _ name: String, _ data: JSON, clock: String = "e:1", time: String? = "2026-01-01T00:00:00.000Z",
        from: String? = nil
    ) throws -> StreamEvent {
        var line = JSONObject([("event", .string(name)), ("data", data)])
        line["from"] = from.map { .string($0) }
        line["clock"] = .string(clock)
        line["time"] = time.map { .string($0) }
        return try #require(StreamEvent(try ServerMessage(line: JSON.object(line).encoded)))
    }

    static func contact(_ name: String, _ id: String, clock: String = "e:1") throws -> StreamEvent {
        try event("contact::\(name)", ["contactId": .string(id), "contact": ["contactId": .string(id)]], clock: clock)
    }
}
