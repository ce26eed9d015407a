// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConnectStreams

@Suite("StreamMachine")
struct StreamMachineTests {
    private static let greeting =
        #"{"event":"acknowledge","data":{"id":"p","partyline":{"capabilities":["subscribe"]}}}"#
    private static let resumed = #"{"event":"acknowledge","data":{"id":"p","partyline":{"resumed":true}}}"#
    private static let refusal = ProtocolFailure(code: "not_permitted", message: "no")
    private static let busy = ProtocolFailure(code: "too_many", message: "m", retryable: true, retryAfterMs: 700)

    private static func answer(_ number: Int, _ data: String) -> String {
        #"{"event":"partyline::response","data":{"requestId":"subscribe-\#(number)","data":\#(data),"err":null}}"#
    }

    private static func event(_ clock: String) -> String {
        #"{"event":"contact::connected","data":{"contactId":"c1","contact":{}},"clock":"\#(clock)","time":"t"}"#
    }

    private static func message(_ line: String) throws -> ServerMessage { try ServerMessage(line: Array(line.utf8)) }

    private func started(_ subscription: Subscription = Subscription(["*"])) throws -> StreamMachine {
        var machine = StreamMachine(subscription, firstPause: .milliseconds(100))
        #expect(machine.begin() == [.connect])
        #expect(machine.handle(.connected) == [.receive(timeout: StreamMachine.replyTimeout)])
        return machine
    }

    private func live(_ subscription: Subscription = Subscription(["*"])) throws -> StreamMachine {
        var machine = try started(subscription)
        _ = machine.handle(.message(try Self.message(Self.greeting)))
        _ = machine.handle(.message(try Self.message(Self.answer(1, #"{"clock":"e:1","fresh":true}"#))))
        return machine
    }

    /// The `since` of the next subscription, after a connection was lost and made again.
    private func nextSince(_ machine: inout StreamMachine) throws -> JSON? {
        _ = machine.handle(.ended(.closedByDaemon(.unsaid)))
        #expect(machine.handle(.pauseEnded) == [.connect])
        _ = machine.handle(.connected)
        let steps = machine.handle(.message(try Self.message(Self.greeting)))
        guard case .subscribe(_, let parameters)? = steps.first else { return .null }
        return parameters["since"]
    }

    @Test("welcome → subscribe → events; lines of the Streams dialect before the reply are ignored")
    func beginning() throws {
        var machine = try started(Subscription(["agent::*"], mode: .latest, since: "e:0"))
        let greeted = machine.handle(.message(try Self.message(Self.greeting)))
        let parameters: JSON = ["events": ["agent::*"], "since": "e:0", "mode": "latest"]
        #expect(
            greeted == [
                .subscribe(requestId: "subscribe-1", parameters: parameters),
                .receive(timeout: StreamMachine.replyTimeout),
            ])
        #expect(machine.handle(.message(try Self.message(#"{"event":"agent::update","data":{}}"#))).isEmpty)
        let data = #"{"clock":"e:0","fresh":false}"#
        let answered = machine.handle(.message(try Self.message(Self.answer(1, data))))
        #expect(
            answered == [
                .deliver(.subscribed(Subscribed(json: ["clock": "e:0", "fresh": false]))), .receive(timeout: nil),
            ])
        let steps = machine.handle(.message(try Self.message(Self.event("e:5"))))
        let event = try #require(StreamEvent(try Self.message(Self.event("e:5"))))
        #expect(steps == [.deliver(.event(event))])
        #expect(event.contactId == "c1" && event.time == "t" && event.clock == "e:5")
        #expect(machine.clock == "e:5")
        #expect(machine.handle(.message(try Self.message(#"{"event":"partyline::error","data":{}}"#))).isEmpty)
    }

    @Test("no daemon at first → a failure, or with waits a retry until one answers", arguments: [false, true])
    func first(waits: Bool) {
        var machine = StreamMachine(Subscription(["*"], waits: waits), firstPause: .milliseconds(100))
        #expect(machine.begin() == [.connect])
        let error = ConnectionError.notRunning(path: "/p")
        let steps = machine.handle(.ended(error))
        guard waits else { return #expect(steps == [.disconnect, .fail(.connection(error))]) }
        #expect(steps == [.deliver(.gone(error)), .disconnect, .pause(.milliseconds(100))])
        #expect(machine.handle(.pauseEnded) == [.connect])
        #expect(machine.handle(.ended(error)) == [.disconnect, .pause(.milliseconds(200))])
        let denied = ConnectionError.noPermission(path: "/p")
        _ = machine.handle(.pauseEnded)
        #expect(machine.handle(.ended(denied)) == [.disconnect, .fail(.connection(denied))])
    }

    @Test("a lost connection → one gone, retries, and a subscription after the last clock")
    func resumption() throws {
        var machine = try live()
        _ = machine.handle(.message(try Self.message(Self.event("e:7"))))
        let error = ConnectionError.closedByDaemon(.bye("shutdown"))
        #expect(machine.handle(.ended(error)) == [.deliver(.gone(error)), .disconnect, .pause(.milliseconds(100))])
        #expect(machine.handle(.pauseEnded) == [.connect])
        #expect(machine.handle(.ended(.notRunning(path: "/p"))) == [.disconnect, .pause(.milliseconds(200))])
        _ = machine.handle(.pauseEnded)
        #expect(machine.handle(.connected) == [.receive(timeout: StreamMachine.replyTimeout)])
        let steps = machine.handle(.message(try Self.message(Self.greeting)))
        #expect(
            steps.first
                == .subscribe(requestId: "subscribe-2", parameters: ["events": ["*"], "since": "e:7"]))
        let back = machine.handle(.message(try Self.message(Self.answer(2, #"{"clock":"e:7","fresh":false}"#))))
        #expect(back.first == .deliver(.subscribed(Subscribed(json: ["clock": "e:7", "fresh": false]))))
    }

    @Test("the pauses double up to 2 s and are reset only by an event")
    func pauses() throws {
        var machine = try live()
        var rests: [Duration] = []
        for _ in 0..<7 {
            if case .pause(let pause)? = machine.handle(.ended(.closedByDaemon(.unsaid))).last { rests.append(pause) }
            _ = machine.handle(.pauseEnded)
        }
        #expect(rests == [100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
        _ = machine.handle(.connected)
        _ = machine.handle(.message(try Self.message(Self.greeting)))
        _ = machine.handle(.message(try Self.message(Self.answer(2, #"{"clock":"e:9","fresh":true}"#))))
        #expect(machine.handle(.ended(.timeout)).last == .pause(.seconds(2)))
        _ = machine.handle(.pauseEnded)
        _ = machine.handle(.connected)
        _ = machine.handle(.message(try Self.message(Self.greeting)))
        _ = machine.handle(.message(try Self.message(Self.answer(3, #"{"clock":"e:9","fresh":true}"#))))
        _ = machine.handle(.message(try Self.message(Self.event("e:10"))))
        #expect(machine.handle(.ended(.timeout)).last == .pause(.milliseconds(100)))
    }

    @Test("the next daemon takes over the connection → one gone and a new subscription at once")
    func takenOver() throws {
        var machine = try live()
        _ = machine.handle(.message(try Self.message(Self.event("e:3"))))
        let parameters: JSON = ["events": ["*"], "since": "e:3"]
        let expected: [StreamMachine.Step] = [
            .deliver(.gone(.closedByDaemon(.restarted))), .subscribe(requestId: "subscribe-2", parameters: parameters),
            .receive(timeout: StreamMachine.replyTimeout),
        ]
        #expect(machine.handle(.message(try Self.message(Self.resumed))) == expected)
        // A second restart before the reply: the owner was already informed.
        let again = machine.handle(.message(try Self.message(Self.resumed)))
        #expect(again == [.subscribe(requestId: "subscribe-3", parameters: parameters), expected[2]])
        // The reply to the first of the two requests belongs to a subscription that no longer exists.
        let late = Self.answer(2, #"{"clock":"e:9","fresh":false}"#)
        #expect(machine.handle(.message(try Self.message(late))).isEmpty)
    }

    @Test("the next since: the last event's clock, the clock of a lag, none for a subscription that does not resume")
    func since() throws {
        var machine = try live()
        #expect(try nextSince(&machine) == "e:1")
        var lagging = try live()
        let lag =
            #"{"event":"partyline::lagged","data":{"from":"e:2","to":"e:8","fresh":true,"clock":"e:8","snapshot":{}}}"#
        let steps = lagging.handle(.message(try Self.message(lag)))
        guard case .deliver(.lagged(let delivered))? = steps.first else {
            Issue.record("the lag was not delivered")
            return
        }
        #expect(delivered.from == "e:2" && delivered.to == "e:8" && delivered.snapshot == [:])
        #expect(try nextSince(&lagging) == "e:8")
        var light = try live(Subscription(["agent::*"], mode: .latest, resumes: false))
        _ = light.handle(.message(try Self.message(Self.event("e:3"))))
        #expect(try nextSince(&light) == nil)
    }

    private static let existing =
        #"{"event":"contact::init","data":{"contactId":"c1","contact":{}},"existing":true}"#

    @Test("existing: asked for with every subscription; contacts that are there are events at the answer's clock")
    func existing() throws {
        let subscription = Subscription(["contact::*"], existing: true)
        var machine = try started(subscription)
        let steps = machine.handle(.message(try Self.message(Self.greeting)))
        let parameters: JSON = ["events": ["contact::*"], "existing": true]
        #expect(steps.first == .subscribe(requestId: "subscribe-1", parameters: parameters))
        _ = machine.handle(.message(try Self.message(Self.answer(1, #"{"clock":"e:4","fresh":true}"#))))
        let delivered = machine.handle(.message(try Self.message(Self.existing)))
        let event = try #require(StreamEvent(try Self.message(Self.existing), at: "e:4"))
        #expect(delivered == [.deliver(.event(event))])
        #expect(event.isExisting && event.clock == "e:4" && event.time == nil && event.contactId == "c1")
        #expect(machine.clock == "e:4")
        // Skipped events: the contacts come again, at the clock where the events continue.
        let lag = #"{"event":"partyline::lagged","data":{"from":"e:5","to":"e:8","fresh":true,"clock":"e:8"}}"#
        _ = machine.handle(.message(try Self.message(lag)))
        guard case .deliver(.event(let again))? = machine.handle(.message(try Self.message(Self.existing))).first else {
            Issue.record("the contact was not delivered")
            return
        }
        #expect(again.clock == "e:8")
        _ = machine.handle(.message(try Self.message(Self.event("e:9"))))
        let resumed: JSON = ["events": ["contact::*"], "since": "e:9", "existing": true]
        let next = machine.handle(.message(try Self.message(Self.resumed)))
        #expect(next.contains(.subscribe(requestId: "subscribe-2", parameters: resumed)))
    }

    @Test("what is there already does not reset the pause: it is no sign that the connection lasts")
    func existingPauses() throws {
        var machine = try live()
        _ = machine.handle(.ended(.timeout))
        _ = machine.handle(.pauseEnded)
        _ = machine.handle(.connected)
        _ = machine.handle(.message(try Self.message(Self.greeting)))
        _ = machine.handle(.message(try Self.message(Self.answer(2, #"{"clock":"e:9","fresh":true}"#))))
        _ = machine.handle(.message(try Self.message(Self.existing)))
        #expect(machine.handle(.ended(.timeout)).last == .pause(.milliseconds(200)))
    }

    @Test("any error of the first connection is final")
    func finalAtFirst() throws {
        for error in [ConnectionError.notRunning(path: "/p"), .timeout, .closedByDaemon(.unsaid)] {
            var machine = StreamMachine(Subscription(["*"]), firstPause: .zero)
            #expect(machine.handle(.ended(error)) == [.disconnect, .fail(.connection(error))])
            #expect(machine.handle(.pauseEnded).isEmpty)
        }
        var silent = try started()
        #expect(silent.handle(.timedOut) == [.disconnect, .fail(.connection(.timeout))])
    }

    @Test("later errors are final only if retrying does not cure them")
    func finalLater() throws {
        let reasons: [(ConnectionError, Bool)] = [
            (.noPermission(path: "/p"), true), (.closedByDaemon(.error(Self.refusal)), true),
            (.closedByDaemon(.error(Self.busy)), false), (.notRunning(path: "/p"), false), (.timeout, false),
            (.badLine("x"), false), (.closedByDaemon(.bye("slow")), false),
        ]
        for (error, isFinal) in reasons {
            var machine = try live()
            let steps = machine.handle(.ended(error))
            #expect(steps.contains(.fail(.connection(error))) == isFinal, "\(error)")
            #expect(steps.contains(.deliver(.gone(error))) == !isFinal, "\(error)")
        }
    }

    @Test("a refused subscription is final, unless it is retryable and an earlier one succeeded")
    func refusedSubscription() throws {
        let refused = Self.response(1, #"{"code":"invalid_params","message":"m","retryable":false}"#)
        var first = try started()
        _ = first.handle(.message(try Self.message(Self.greeting)))
        let failure = ProtocolFailure(code: "invalid_params", message: "m")
        #expect(first.handle(.message(try Self.message(refused))) == [.disconnect, .fail(.refused(failure))])

        var later = try live()
        _ = later.handle(.message(try Self.message(Self.resumed)))
        let busy = Self.response(2, #"{"code":"too_many","message":"m","retryable":true,"retryAfterMs":700}"#)
        #expect(later.handle(.message(try Self.message(busy))) == [.disconnect, .pause(.milliseconds(700))])
    }

    private static func response(_ number: Int, _ error: String) -> String {
        #"{"event":"partyline::response","data":{"requestId":"subscribe-\#(number)","data":null,"err":\#(error)}}"#
    }
}
