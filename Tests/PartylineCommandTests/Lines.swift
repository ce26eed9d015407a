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

    /// An event from a line, at the position of the subscription.
    static func parsed(_ line: String, at clock: String = "e:0") throws -> StreamEvent {
        try #require(StreamEvent(try message(line), at: clock))
    }

    static func message(_ line: String) throws -> ServerMessage { try ServerMessage(line: Array(line.utf8)) }

    /// A contact that is there already.
    static func existing(_ name: String, _ id: String) throws -> StreamEvent {
        try parsed(
            #"{"event":"contact::\#(name)","data":{"contactId":"\#(id)","contact":{"contactId":"\#(id)"}},"existing":true}"#
        )
    }

    /// A state of the seat that is known already.
    static func known(_ name: String, _ data: String, time: String, isStale: Bool = false) throws -> StreamEvent {
        let mark = isStale ? #","stale":true"# : ""
        return try parsed(
            #"{"event":"\#(name)","data":\#(data),"existing":true\#(mark),"clock":"e:0","time":"\#(time)","from":"p"}"#)
    }

    static func contact(_ name: String, _ id: String, clock: String = "e:1") throws -> StreamEvent {
        try event("contact::\(name)", ["contactId": .string(id), "contact": ["contactId": .string(id)]], clock: clock)
    }
}
