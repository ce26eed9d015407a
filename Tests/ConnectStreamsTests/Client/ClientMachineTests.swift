// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConnectStreams

@Suite("ClientMachine")
struct ClientMachineTests {
    /// A machine whose time the test sets.
    private struct Bench {
        var machine: ClientMachine
        var now = ContinuousClock.now

        init(_ settings: ConnectSettings = ConnectSettings()) { machine = ClientMachine(settings) }

        mutating func feed(_ input: ClientMachine.Input) -> [ClientMachine.Step] { machine.handle(input, at: now) }

        mutating func line(_ text: String) throws -> [ClientMachine.Step] {
            feed(.received(try ServerMessage(line: Array(text.utf8))))
        }

        /// Moves from deadline to deadline.
        mutating func wait(_ duration: Duration) -> [ClientMachine.Step] {
            let end = now + duration
            var steps: [ClientMachine.Step] = []
            while let next = machine.nextDeadline, next <= end {
                now = max(now, next)
                steps += feed(.time)
            }
            now = end
            return steps
        }

        /// Connects, and subscribes for the `count`th time.
        mutating func goLive(_ count: Int = 1, _ answer: String = #"{"clock":"e:1","fresh":true}"#) throws
            -> [ClientMachine.Step]
        {
            _ = feed(.connected)
            _ = try line(ClientMachineTests.greeting)
            return try line(
                #"{"event":"partyline::response","data":{"requestId":"subscribe-\#(count)","data":\#(answer),"err":null}}"#
            )
        }

        mutating func ask(_ id: UInt64, _ kind: ClientMachine.Question.Kind, _ limit: Duration = .seconds(30))
            -> [ClientMachine.Step]
        {
            feed(.ask(.init(id: id, kind: kind, deadline: now + limit)))
        }
    }

    private static let greeting = #"{"event":"acknowledge","data":{"id":"p","partyline":{"capabilities":[]}}}"#
    private static let acknowledge = #"{"event":"acknowledge"}"#
    private static let sync = ClientMachine.Question.Kind.request(method: "sync", params: [:])
    private static let synchronize = send("synchronize")

    private static func send(_ event: String, _ data: JSON? = nil) -> ClientMachine.Step {
        .send(ServerLine.encode(event, data))
    }

    /// The method of the request that a step sends.
    private static func method(_ step: ClientMachine.Step?) throws -> String? {
        guard case .send(let line)? = step else { return nil }
        return try ServerMessage(line: line.dropLast()).data?["method"]?.string
    }

    private static func response(_ id: Int, _ data: String, _ error: String = "null") -> String {
        #"{"event":"partyline::response","data":{"requestId":\#(id),"data":\#(data),"err":\#(error)}}"#
    }

    private static func sent(_ id: Int, _ method: String) -> ClientMachine.Step {
        send("partyline::request", ["requestId": .int(id), "method": .string(method), "params": [:]])
    }

    private func live(_ settings: ConnectSettings = ConnectSettings()) throws -> Bench {
        var bench = Bench(settings)
        #expect(bench.feed(.start) == [.connect])
        let steps = try bench.goLive()
        #expect(steps.count == 1)
        return bench
    }

    @Test("a request is answered by its id; an unknown id is nothing")
    func request() throws {
        var bench = try live()
        #expect(bench.ask(7, Self.sync) == [Self.sent(7, "sync")])
        #expect(try bench.line(Self.response(8, "{}")).isEmpty)
        #expect(try bench.line(Self.response(7, #"{"clock":"e:2"}"#)) == [.answer(7, .success(["clock": "e:2"]))])
        #expect(try bench.line(Self.response(7, "{}")).isEmpty)
    }

    @Test("an error of the daemon is the answer")
    func refused() throws {
        var bench = try live()
        _ = bench.ask(1, Self.sync)
        let steps = try bench.line(Self.response(1, "null", #"{"code":"not_ready","message":"m","retryable":true}"#))
        let failure = ProtocolFailure(code: "not_ready", message: "m", retryable: true)
        #expect(steps == [.answer(1, .failure(.refused(failure)))])
    }

    @Test("before the connection is there a request waits; without one it fails at its deadline, as not sent")
    func waiting() throws {
        var bench = Bench(ConnectSettings(waits: true))
        _ = bench.feed(.start)
        #expect(bench.ask(1, Self.sync, .seconds(5)).isEmpty)
        #expect(bench.ask(2, Self.sync, .seconds(60)).isEmpty)
        _ = bench.feed(.ended(.notRunning(path: "/p")))
        let steps = bench.wait(.seconds(6))
        #expect(steps.contains(.answer(1, .failure(.notConnected))))
        #expect(try bench.goLive().contains(Self.sent(2, "sync")))
    }

    @Test("after a lost connection a request that was sent is of unknown outcome, one that was not is sent later")
    func lost() throws {
        var bench = try live()
        _ = bench.ask(1, Self.sync)
        let steps = bench.feed(.ended(.closedByDaemon(.unsaid)))
        #expect(steps.first == .answer(1, .failure(.connectionLost)))
        #expect(steps.contains(.deliver(.gone(.closedByDaemon(.unsaid)))))
        #expect(bench.ask(2, Self.sync).isEmpty)
        #expect(bench.wait(.milliseconds(100)) == [.connect])
        #expect(try bench.goLive(2).contains(Self.sent(2, "sync")))
    }

    @Test("the daemon was restarted and has kept the connection → the same")
    func resumed() throws {
        var bench = try live()
        _ = bench.ask(1, Self.sync)
        let steps = try bench.line(#"{"event":"acknowledge","data":{"id":"p","partyline":{"resumed":true}}}"#)
        #expect(steps.first == .answer(1, .failure(.connectionLost)))
        #expect(try Self.method(steps.last) == "subscribe")
    }

    @Test("a resumption has no snapshot: the agent is asked for, before requests that have waited")
    func refresh() throws {
        var bench = try live()
        _ = bench.feed(.ended(.closedByDaemon(.unsaid)))
        _ = bench.ask(3, Self.sync)
        _ = bench.wait(.milliseconds(100))
        let steps = try bench.goLive(2, #"{"clock":"e:1","fresh":false}"#)
        #expect(try Self.method(steps[1]) == "getAgent")
        #expect(steps[2] == Self.sent(3, "sync"))
        let agent = #"{"clock":"e:1","agent":{"snapshot":{}}}"#
        let refreshed = try bench.line(
            #"{"event":"partyline::response","data":{"requestId":"refresh-1","data":\#(agent),"err":null}}"#)
        #expect(refreshed == [.refresh(["clock": "e:1", "agent": ["snapshot": [:]]])])
    }

    @Test("heartbeats: one at a time, as long as each is acknowledged")
    func heartbeat() throws {
        var bench = try live()
        #expect(bench.wait(.seconds(5)) == [Self.synchronize])
        for _ in 0..<3 {
            #expect(bench.wait(.seconds(1)).isEmpty)
            #expect(try bench.line(Self.acknowledge).isEmpty)
            #expect(bench.wait(.milliseconds(4999)).isEmpty)
            #expect(bench.wait(.milliseconds(1)) == [Self.synchronize])
        }
    }

    @Test("no acknowledgement within the limit → the connection counts as lost, and is made again")
    func hangs() throws {
        var bench = try live()
        _ = bench.ask(1, Self.sync, .seconds(60))
        let start = bench.now
        #expect(bench.wait(.milliseconds(7999)) == [Self.synchronize])
        let steps = bench.wait(.milliseconds(1))
        #expect(steps == [.answer(1, .failure(.connectionLost)), .deliver(.gone(.timeout)), .disconnect])
        #expect(bench.now - start == .seconds(8))
        #expect(bench.wait(.milliseconds(100)) == [.connect])
    }

    private static func marker(_ id: Int) -> ClientMachine.Step { sent(id, "getSeat") }

    @Test("a line without an answer is followed by a request: its answer, whatever it is, is the line's success")
    func line() throws {
        var bench = try live()
        let kind = ClientMachine.Question.Kind.line(event: "broadcast", data: ["event": "hello"])
        #expect(bench.ask(4, kind) == [Self.send("broadcast", ["event": "hello"]), Self.marker(4)])
        let refusal = Self.response(4, "null", #"{"code":"too_many","message":"m","retryable":true}"#)
        #expect(try bench.line(refusal) == [.answer(4, .success(.null))])
    }

    @Test(
        "a rejected line fails, also after its caller has withdrawn; the next line does not", arguments: [false, true])
    func rejectedLine(isWithdrawn: Bool) throws {
        var bench = try live()
        _ = bench.ask(4, .line(event: "broadcast", data: ["event": "acknowledge"]))
        if isWithdrawn { _ = bench.feed(.withdraw(4)) }
        _ = bench.ask(5, .line(event: "broadcast", data: ["event": "hello"]))
        let steps = try bench.line(#"{"event":"partyline::error","data":{"code":"not_permitted","message":"m"}}"#)
        let failure = RequestFailure.refused(ProtocolFailure(code: "not_permitted", message: "m"))
        #expect(steps == (isWithdrawn ? [] : [.answer(4, .failure(failure))]))
        #expect(try bench.line(Self.response(4, "{}")).isEmpty)
        #expect(try bench.line(Self.response(5, "{}")) == [.answer(5, .success(.null))])
    }

    @Test("what is longer than the daemon's lines is refused here; a strange id is nothing")
    func tooLong() throws {
        var bench = Bench()
        _ = bench.feed(.start)
        _ = bench.feed(.connected)
        _ = try bench.line(#"{"event":"acknowledge","data":{"id":"p","partyline":{"lineBytes":200}}}"#)
        _ = try bench.line(
            #"{"event":"partyline::response","data":{"requestId":"subscribe-1","data":{"clock":"e:1","fresh":true},"err":null}}"#
        )
        let long = JSON.string(String(repeating: "x", count: 200))
        let steps = bench.ask(1, .request(method: "call", params: ["a": long]))
        guard case .answer(1, .failure(.refused(let failure)))? = steps.first else {
            Issue.record("\(steps)")
            return
        }
        #expect(failure.code == "line_too_long" && steps.count == 1)
        #expect(try bench.line(Self.response(-1, "{}")).isEmpty)
    }

    @Test("any line is a sign of life: while there are some, no heartbeat is sent, and none is missed")
    func signsOfLife() throws {
        var bench = try live()
        let event = #"{"event":"agent::refresh","data":{},"clock":"e:2","time":"t"}"#
        for _ in 0..<5 {
            #expect(bench.wait(.seconds(4)).isEmpty)
            _ = try bench.line(event)
        }
        #expect(bench.wait(.seconds(5)) == [Self.synchronize])
        _ = try bench.line(event)
        #expect(bench.wait(.seconds(4)).isEmpty)
    }

    @Test("a request that is not answered ends at its deadline; a late answer is dropped")
    func timeout() throws {
        var bench = try live(ConnectSettings(acknowledgeLimit: .seconds(60)))
        _ = bench.ask(1, Self.sync, .seconds(2))
        #expect(bench.wait(.seconds(2)) == [.answer(1, .failure(.timeout))])
        #expect(try bench.line(Self.response(1, "{}")).isEmpty)
    }

    @Test("a cancelled caller is answered at once, and its request forgotten")
    func cancelled() throws {
        var bench = try live()
        _ = bench.ask(1, Self.sync)
        #expect(bench.feed(.withdraw(1)) == [.answer(1, .failure(.cancelled))])
        #expect(bench.feed(.withdraw(1)).isEmpty)
        #expect(try bench.line(Self.response(1, "{}")).isEmpty)
    }

    @Test("close and a final failure end everything; later requests fail at once", arguments: [true, false])
    func ends(closes: Bool) throws {
        var bench = try live()
        _ = bench.ask(1, Self.sync)
        let final = ConnectionError.noPermission(path: "/p")
        let failure: StreamFailure? = closes ? nil : .connection(final)
        let steps = bench.feed(closes ? .close : .ended(final))
        // It is unknown what has become of a request that was sent.
        #expect(steps.first == .answer(1, .failure(.connectionLost)))
        #expect(bench.ask(3, Self.sync) == [.answer(3, .failure(.closed))])
        #expect(steps.suffix(2) == [.disconnect, .fail(failure)])
        #expect(bench.machine.nextDeadline == nil)
        #expect(bench.ask(2, Self.sync) == [.answer(2, .failure(.closed))])
        #expect(bench.feed(.time).isEmpty)
    }

    @Test("the first connection fails → the end, unless the settings say to wait", arguments: [true, false])
    func first(waits: Bool) {
        var bench = Bench(ConnectSettings(waits: waits))
        _ = bench.feed(.start)
        let error = ConnectionError.notRunning(path: "/p")
        let steps = bench.feed(.ended(error))
        #expect(steps.contains(.fail(.connection(error))) == !waits)
    }

    @Test("the rejection of a line as the daemon's last word does not end a live client; it connects again")
    func lastWord() throws {
        let refusal = ConnectionError.closedByDaemon(
            .error(ProtocolFailure(code: "not_permitted", message: "no", retryable: false)))
        var bench = Bench()
        _ = bench.feed(.start)
        _ = try bench.goLive()
        #expect(bench.feed(.ended(refusal)) == [.deliver(.gone(.closedByDaemon(.unsaid))), .disconnect])
        #expect(bench.wait(.milliseconds(100)) == [.connect])
        // The same before the subscription is the answer to it.
        #expect(bench.feed(.ended(refusal)).last == .fail(.connection(refusal)))
    }

    @Test("a heartbeat without an interval does not spin")
    func interval() throws {
        var bench = Bench(ConnectSettings(synchronizeInterval: .zero))
        _ = bench.feed(.start)
        _ = try bench.goLive()
        let next = try #require(bench.machine.nextDeadline)
        #expect(next - bench.now == .milliseconds(10))
    }
}
