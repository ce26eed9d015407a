import AgentModel
import Testing

@testable import ConnectStreams

@Suite("The course of an event stream")
struct StreamCourseTests {
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

    private func started(_ subscription: Subscription = Subscription(["*"])) throws -> StreamCourse {
        var course = StreamCourse(subscription, firstPause: .milliseconds(100))
        #expect(course.begin() == [.connect])
        #expect(course.handle(.connected) == [.listen(StreamCourse.patience)])
        return course
    }

    private func live(_ subscription: Subscription = Subscription(["*"])) throws -> StreamCourse {
        var course = try started(subscription)
        _ = course.handle(.message(try Self.message(Self.greeting)))
        _ = course.handle(.message(try Self.message(Self.answer(1, #"{"clock":"e:1","fresh":true}"#))))
        return course
    }

    /// The `since` of the subscription that comes next, after a connection was lost and made again.
    private func nextSince(_ course: inout StreamCourse) throws -> JSON? {
        _ = course.handle(.ended(.closedByDaemon(.unsaid)))
        #expect(course.handle(.rested) == [.connect])
        _ = course.handle(.connected)
        let steps = course.handle(.message(try Self.message(Self.greeting)))
        guard case .subscribe(_, let parameters)? = steps.first else { return .null }
        return parameters["since"]
    }

    @Test("welcome, subscription, events; what the Streams dialect says before the answer is passed over")
    func beginning() throws {
        var course = try started(Subscription(["agent::*"], mode: .latest, since: "e:0"))
        let greeted = course.handle(.message(try Self.message(Self.greeting)))
        let parameters: JSON = ["events": ["agent::*"], "since": "e:0", "mode": "latest"]
        #expect(
            greeted == [
                .subscribe(requestId: "subscribe-1", parameters: parameters), .listen(StreamCourse.patience),
            ])
        #expect(course.handle(.message(try Self.message(#"{"event":"agent::update","data":{}}"#))).isEmpty)
        let data = #"{"clock":"e:0","fresh":false}"#
        let answered = course.handle(.message(try Self.message(Self.answer(1, data))))
        #expect(answered == [.tell(.subscribed(Subscribed(json: ["clock": "e:0", "fresh": false]))), .listen(nil)])
        let told = course.handle(.message(try Self.message(Self.event("e:5"))))
        let event = try #require(StreamEvent(try Self.message(Self.event("e:5"))))
        #expect(told == [.tell(.event(event))])
        #expect(event.contactId == "c1" && event.time == "t" && event.clock == "e:5")
        #expect(course.clock == "e:5")
        #expect(course.handle(.message(try Self.message(#"{"event":"partyline::error","data":{}}"#))).isEmpty)
    }

    @Test("a connection that is lost is told once, and made again from the last clock")
    func resumption() throws {
        var course = try live()
        _ = course.handle(.message(try Self.message(Self.event("e:7"))))
        let error = ConnectionError.closedByDaemon(.bye("shutdown"))
        #expect(course.handle(.ended(error)) == [.tell(.gone(error)), .hangUp, .rest(.milliseconds(100))])
        #expect(course.handle(.rested) == [.connect])
        #expect(course.handle(.ended(.notRunning(path: "/p"))) == [.hangUp, .rest(.milliseconds(200))])
        _ = course.handle(.rested)
        #expect(course.handle(.connected) == [.listen(StreamCourse.patience)])
        let steps = course.handle(.message(try Self.message(Self.greeting)))
        #expect(
            steps.first
                == .subscribe(requestId: "subscribe-2", parameters: ["events": ["*"], "since": "e:7"]))
        let back = course.handle(.message(try Self.message(Self.answer(2, #"{"clock":"e:7","fresh":false}"#))))
        #expect(back.first == .tell(.subscribed(Subscribed(json: ["clock": "e:7", "fresh": false]))))
    }

    @Test("the pauses grow up to two seconds, and shrink only when a connection brought something")
    func pauses() throws {
        var course = try live()
        var rests: [Duration] = []
        for _ in 0..<7 {
            if case .rest(let pause)? = course.handle(.ended(.closedByDaemon(.unsaid))).last { rests.append(pause) }
            _ = course.handle(.rested)
        }
        #expect(rests == [100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
        _ = course.handle(.connected)
        _ = course.handle(.message(try Self.message(Self.greeting)))
        _ = course.handle(.message(try Self.message(Self.answer(2, #"{"clock":"e:9","fresh":true}"#))))
        #expect(course.handle(.ended(.timeout)).last == .rest(.seconds(2)))
        _ = course.handle(.rested)
        _ = course.handle(.connected)
        _ = course.handle(.message(try Self.message(Self.greeting)))
        _ = course.handle(.message(try Self.message(Self.answer(3, #"{"clock":"e:9","fresh":true}"#))))
        _ = course.handle(.message(try Self.message(Self.event("e:10"))))
        #expect(course.handle(.ended(.timeout)).last == .rest(.milliseconds(100)))
    }

    @Test("a daemon that was killed and goes on with the same connection is asked again, at once")
    func takenOver() throws {
        var course = try live()
        _ = course.handle(.message(try Self.message(Self.event("e:3"))))
        let parameters: JSON = ["events": ["*"], "since": "e:3"]
        let expected: [StreamCourse.Step] = [
            .tell(.gone(.closedByDaemon(.restarted))), .subscribe(requestId: "subscribe-2", parameters: parameters),
            .listen(StreamCourse.patience),
        ]
        #expect(course.handle(.message(try Self.message(Self.resumed))) == expected)
        // Once more before it could answer: the owner knows already.
        let again = course.handle(.message(try Self.message(Self.resumed)))
        #expect(again == [.subscribe(requestId: "subscribe-3", parameters: parameters), expected[2]])
        // The answer to the first of the two would be of a subscription that no longer is.
        let late = Self.answer(2, #"{"clock":"e:9","fresh":false}"#)
        #expect(course.handle(.message(try Self.message(late))).isEmpty)
    }

    @Test("where to go on: after the last event, after a lag at its clock, afresh where nobody wants the past")
    func since() throws {
        var course = try live()
        #expect(try nextSince(&course) == "e:1")
        var lagging = try live()
        let lag =
            #"{"event":"partyline::lagged","data":{"from":"e:2","to":"e:8","fresh":true,"clock":"e:8","snapshot":{}}}"#
        let told = lagging.handle(.message(try Self.message(lag)))
        guard case .tell(.lagged(let words))? = told.first else {
            Issue.record("not told of the lag")
            return
        }
        #expect(words.from == "e:2" && words.to == "e:8" && words.snapshot == [:])
        #expect(try nextSince(&lagging) == "e:8")
        var light = try live(Subscription(["agent::*"], mode: .latest, resumes: false))
        _ = light.handle(.message(try Self.message(Self.event("e:3"))))
        #expect(try nextSince(&light) == nil)
    }

    @Test("what is final at the beginning")
    func finalAtFirst() throws {
        for error in [ConnectionError.notRunning(path: "/p"), .timeout, .closedByDaemon(.unsaid)] {
            var course = StreamCourse(Subscription(["*"]), firstPause: .zero)
            #expect(course.handle(.ended(error)) == [.hangUp, .fail(.connection(error))])
            #expect(course.handle(.rested).isEmpty)
        }
        var silent = try started()
        #expect(silent.handle(.silence) == [.hangUp, .fail(.connection(.timeout))])
    }

    @Test("what is final later: only what waiting does not mend")
    func finalLater() throws {
        let reasons: [(ConnectionError, Bool)] = [
            (.noPermission(path: "/p"), true), (.closedByDaemon(.error(Self.refusal)), true),
            (.closedByDaemon(.error(Self.busy)), false), (.notRunning(path: "/p"), false), (.timeout, false),
            (.badLine("x"), false), (.closedByDaemon(.bye("slow")), false),
        ]
        for (error, isFinal) in reasons {
            var course = try live()
            let steps = course.handle(.ended(error))
            #expect(steps.contains(.fail(.connection(error))) == isFinal, "\(error)")
            #expect(steps.contains(.tell(.gone(error))) == !isFinal, "\(error)")
        }
    }

    @Test("a refused subscription is final, unless it may succeed later and has before")
    func refusedSubscription() throws {
        let refused = Self.response(1, #"{"code":"invalid_params","message":"m","retryable":false}"#)
        var first = try started()
        _ = first.handle(.message(try Self.message(Self.greeting)))
        let failure = ProtocolFailure(code: "invalid_params", message: "m")
        #expect(first.handle(.message(try Self.message(refused))) == [.hangUp, .fail(.refused(failure))])

        var later = try live()
        _ = later.handle(.message(try Self.message(Self.resumed)))
        let busy = Self.response(2, #"{"code":"too_many","message":"m","retryable":true,"retryAfterMs":700}"#)
        #expect(later.handle(.message(try Self.message(busy))) == [.hangUp, .rest(.milliseconds(700))])
    }

    private static func response(_ number: Int, _ error: String) -> String {
        #"{"event":"partyline::response","data":{"requestId":"subscribe-\#(number)","data":null,"err":\#(error)}}"#
    }
}
