// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import ConnectStreams

@Suite("EventStream on a socket")
struct EventStreamTests {
    private static let greeting =
        #"{"event":"acknowledge","data":{"id":"p","partyline":{"capabilities":["subscribe"]}}}"#

    private func daemon() throws -> ScriptedDaemon { try ScriptedDaemon(greeting: Self.greeting) }

    private func stream(_ daemon: ScriptedDaemon, _ subscription: Subscription = Subscription(["*"])) -> EventStream {
        EventStream(path: daemon.path, subscription, firstPause: .zero)
    }

    private func answer(_ number: Int, _ clock: String, fresh: Bool) -> String {
        #"{"event":"partyline::response","data":{"requestId":"subscribe-\#(number)","data":{"clock":"\#(clock)","#
            + #""fresh":\#(fresh)},"err":null}}"#
    }

    private func event(_ clock: String) -> String { #"{"event":"agent::acw","data":{},"clock":"\#(clock)"}"# }

    private func begin(_ stream: EventStream, _ daemon: ScriptedDaemon) throws {
        #expect(try stream.next(before: .now) == nil)
        daemon.accept()
        #expect(try stream.next(before: .now) == nil)
        daemon.send(answer(1, "e:1", fresh: true))
        #expect(try clock(of: stream.next(before: .now)) == "e:1 fresh")
    }

    /// A short text for an update.
    private func clock(of update: EventStream.Update?) -> String? {
        switch update {
        case .subscribed(let answer)?: "\(answer.clock ?? "") \(answer.isFresh ? "fresh" : "resumed")"
        case .event(let event)?: event.clock
        case .gone(let error)?: "gone: \(error)"
        case .lagged?: "lagged"
        case nil: nil
        }
    }

    @Test("the daemon closes and comes back → the stream resumes after the last clock")
    func comesBack() throws {
        let daemon = try daemon()
        let stream = stream(daemon)
        try begin(stream, daemon)
        #expect(daemon.received().contains(#""method":"subscribe","params":{"events":["*"]}"#))
        daemon.send(event("e:2"))
        daemon.send(event("e:3"))
        #expect(try clock(of: stream.next(before: .now)) == "e:2")
        #expect(try clock(of: stream.next(before: .now)) == "e:3")
        #expect(stream.clock == "e:3")
        daemon.disconnect()
        #expect(try clock(of: stream.next(before: .now)) == "gone: the daemon closed the connection")
        #expect(try stream.next(before: .now) == nil)
        daemon.accept()
        #expect(try stream.next(before: .now) == nil)
        #expect(daemon.received().contains(#""since":"e:3""#))
        daemon.send(answer(2, "e:3", fresh: false))
        daemon.send(event("e:4"))
        #expect(try clock(of: stream.next(before: .now)) == "e:3 resumed")
        #expect(try clock(of: stream.next(before: .now)) == "e:4")
    }

    @Test("a restart cuts a line → the line is dropped, the stream subscribes again on the same connection")
    func cutLine() throws {
        let daemon = try daemon()
        let stream = stream(daemon)
        try begin(stream, daemon)
        _ = daemon.received()
        daemon.send(event("e:2"))
        daemon.sendRaw(#"{"event":"agent::acw","da"# + "\n")
        daemon.send(#"{"event":"acknowledge","data":{"id":"p","partyline":{"resumed":true}}}"#)
        #expect(try clock(of: stream.next(before: .now)) == "e:2")
        #expect(try clock(of: stream.next(before: .now)) == "gone: the daemon was restarted")
        #expect(try stream.next(before: .now) == nil)
        #expect(daemon.received().contains(#""since":"e:2""#))
        daemon.send(answer(2, "e:2", fresh: false))
        #expect(try clock(of: stream.next(before: .now)) == "e:2 resumed")
    }

    @Test("the first connection fails → an error, now and at every later call")
    func notRunning() {
        let path = "/nonexistent/partyline.sock"
        let stream = EventStream(path: path, Subscription(["*"]))
        #expect(throws: StreamFailure.connection(.notRunning(path: path))) { try stream.next(before: .now) }
        // The failure is permanent: the second call throws at once instead of waiting.
        #expect(throws: StreamFailure.connection(.notRunning(path: path))) { try stream.next() }
    }

    @Test("the daemon refuses the connection → its error ends the stream")
    func refused() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"partyline::error","data":{"code":"not_permitted","message":"no"}}"#)
        let stream = stream(daemon)
        #expect(try stream.next(before: .now) == nil)
        daemon.accept()
        daemon.disconnect()
        let reason = CloseReason.error(ProtocolFailure(code: "not_permitted", message: "no"))
        #expect(throws: StreamFailure.connection(.closedByDaemon(reason))) { try stream.next() }
    }

    @Test("the interruption descriptor is readable → every wait ends, for a line or for a retry")
    func interruption() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let daemon = try daemon()
        let stream = stream(daemon)
        try begin(stream, daemon)
        var byte: UInt8 = 1
        #expect(write(ends[1], &byte, 1) == 1)
        #expect(try stream.next(interruption: .readable(ends[0])) == nil)
        // A line that has arrived is delivered first.
        daemon.send(event("e:2"))
        #expect(try clock(of: stream.next(interruption: .readable(ends[0]))) == "e:2")
        daemon.disconnect()
        #expect(
            try clock(of: stream.next(interruption: .readable(ends[0]))) == "gone: the daemon closed the connection")
        #expect(try stream.next(interruption: .readable(ends[0])) == nil)
    }
}
