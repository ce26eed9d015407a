import Glibc
import Testing

@testable import ConnectStreams

@Suite("An event stream on a socket")
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

    /// Connects, is welcomed, subscribes.
    private func begin(_ stream: EventStream, _ daemon: ScriptedDaemon) throws {
        #expect(try stream.next(before: .now) == nil)
        daemon.accept()
        #expect(try stream.next(before: .now) == nil)
        daemon.say(answer(1, "e:1", fresh: true))
        #expect(try clock(of: stream.next(before: .now)) == "e:1 fresh")
    }

    /// An update in short.
    private func clock(of update: EventStream.Update?) -> String? {
        switch update {
        case .subscribed(let answer)?: "\(answer.clock ?? "") \(answer.isFresh ? "fresh" : "resumed")"
        case .event(let event)?: event.clock
        case .gone(let error)?: "gone: \(error)"
        case .lagged?: "lagged"
        case nil: nil
        }
    }

    @Test("goes on after the last clock when the daemon has come back")
    func comesBack() throws {
        let daemon = try daemon()
        let stream = stream(daemon)
        try begin(stream, daemon)
        #expect(daemon.heard().contains(#""method":"subscribe","params":{"events":["*"]}"#))
        daemon.say(event("e:2"))
        daemon.say(event("e:3"))
        #expect(try clock(of: stream.next(before: .now)) == "e:2")
        #expect(try clock(of: stream.next(before: .now)) == "e:3")
        #expect(stream.clock == "e:3")
        daemon.hangUp()
        #expect(try clock(of: stream.next(before: .now)) == "gone: the daemon closed the connection")
        #expect(try stream.next(before: .now) == nil)
        daemon.accept()
        #expect(try stream.next(before: .now) == nil)
        #expect(daemon.heard().contains(#""since":"e:3""#))
        daemon.say(answer(2, "e:3", fresh: false))
        daemon.say(event("e:4"))
        #expect(try clock(of: stream.next(before: .now)) == "e:3 resumed")
        #expect(try clock(of: stream.next(before: .now)) == "e:4")
    }

    @Test("drops the line that a restart cut, and subscribes again on the same connection")
    func cutLine() throws {
        let daemon = try daemon()
        let stream = stream(daemon)
        try begin(stream, daemon)
        _ = daemon.heard()
        daemon.say(event("e:2"))
        daemon.sayRaw(#"{"event":"agent::acw","da"# + "\n")
        daemon.say(#"{"event":"acknowledge","data":{"id":"p","partyline":{"resumed":true}}}"#)
        #expect(try clock(of: stream.next(before: .now)) == "e:2")
        #expect(try clock(of: stream.next(before: .now)) == "gone: the daemon was restarted")
        #expect(try stream.next(before: .now) == nil)
        #expect(daemon.heard().contains(#""since":"e:2""#))
        daemon.say(answer(2, "e:2", fresh: false))
        #expect(try clock(of: stream.next(before: .now)) == "e:2 resumed")
    }

    @Test("only the first connection has to succeed")
    func notRunning() {
        let path = "/nonexistent/partyline.sock"
        let stream = EventStream(path: path, Subscription(["*"]))
        #expect(throws: StreamFailure.connection(.notRunning(path: path))) { try stream.next(before: .now) }
        // It is over for good, and says so again rather than waiting for what will not come.
        #expect(throws: StreamFailure.connection(.notRunning(path: path))) { try stream.next() }
    }

    @Test("a refusal is the daemon's word, and the end")
    func refused() throws {
        let daemon = try ScriptedDaemon(
            greeting: #"{"event":"partyline::error","data":{"code":"not_permitted","message":"no"}}"#)
        let stream = stream(daemon)
        #expect(try stream.next(before: .now) == nil)
        daemon.accept()
        daemon.hangUp()
        let reason = CloseReason.error(ProtocolFailure(code: "not_permitted", message: "no"))
        #expect(throws: StreamFailure.connection(.closedByDaemon(reason))) { try stream.next() }
    }

    @Test("a descriptor ends the wait, whatever is being waited for")
    func interruption() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let daemon = try daemon()
        let stream = stream(daemon)
        try begin(stream, daemon)
        var byte: UInt8 = 1
        #expect(write(ends[1], &byte, 1) == 1)
        #expect(try stream.next(interruption: ends[0]) == nil)
        // What has come is handed out all the same.
        daemon.say(event("e:2"))
        #expect(try clock(of: stream.next(interruption: ends[0])) == "e:2")
        daemon.hangUp()
        #expect(try clock(of: stream.next(interruption: ends[0])) == "gone: the daemon closed the connection")
        #expect(try stream.next(interruption: ends[0]) == nil)
    }
}
