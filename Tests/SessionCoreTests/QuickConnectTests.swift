// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

extension Fixture {
    static func ticket(_ port: UInt64 = 1) -> ReplyTicket {
        ReplyTicket(port: PortID(number: port), requestId: RawJSON(1))
    }

    /// One page of quick connects with these ARNs.
    static func endpoints(_ arns: String..., next: String? = nil) -> String {
        let list = arns.map { #"{"endpointARN":"\#($0)","type":"queue","name":"\#($0)"}"# }.joined(separator: ",")
        return #"{"endpoints":[\#(list)]\#(next.map { #","nextToken":"\#($0)""# } ?? "")}"#
    }
}

extension SessionHarness {
    /// The codes of the replies, by port; `ok` for a success.
    var codes: [String] {
        replies.map { port, result in
            switch result {
            case .success: "\(port) ok"
            case .failure(let error): "\(port) \(error.code.rawValue)"
            }
        }
    }

    var errors: [ProtocolError] {
        replies.compactMap { if case .failure(let error) = $0.result { error } else { nil } }
    }

    /// The events that end what clients' requests wait for.
    enum Ending: CaseIterable {
        case terminate, logout, stop, signIn

        var code: ProtocolError.Code {
            switch self {
            case .terminate: .notReady
            case .logout: .notAuthenticated
            case .stop, .signIn: .unavailable
            }
        }
    }

    func end(by ending: Ending) throws {
        switch ending {
        case .terminate: handle(.terminate)
        case .logout:
            handle(.logout(Fixture.ticket(99), .now))
            try answer("logout")
        case .stop: handle(.stop)
        case .signIn:
            handle(.credentialsChanged)
            try answer("authorize", #"{"accessToken":"t2","expiration":"2025-01-01T20:00:00.000Z"}"#)
        }
    }
}

@Suite("Quick connects, whole")
struct QuickConnectTests {
    private static let token = #""authentication":{"authToken":"t1"}}"#

    private func ask(_ harness: SessionHarness, _ port: UInt64 = 1, _ queues: String...) {
        harness.handle(.quickConnects(Fixture.ticket(port), queueARNs: queues))
    }

    private func list(_ arns: String...) -> JSON {
        let endpoints = JSON.array(
            arns.map { ["endpointARN": .string($0), "type": "queue", "name": .string($0)] })
        return ["endpoints": endpoints, "addresses": endpoints]
    }

    @Test("all pages, in order, without doubles, under both names")
    func whole() throws {
        let harness = try SessionHarness.running()
        ask(harness, 1, "q1", "q2", "q1")
        let first = #"{"queueARNs":["q1","q2"],"maxResults":500,"# + Self.token
        #expect(try harness.pending("GetEndpoints") == Fixture.call("GetEndpoints", first))
        try harness.answer("GetEndpoints", Fixture.endpoints("a", "b", next: "n1"))
        let second = #"{"queueARNs":["q1","q2"],"nextToken":"n1","maxResults":500,"# + Self.token
        #expect(try harness.pending("GetEndpoints") == Fixture.call("GetEndpoints", second))
        #expect(harness.replies.isEmpty)
        try harness.answer("GetEndpoints", Fixture.endpoints("b", "c", "a", next: ""))
        #expect(harness.replies.first?.result == .success(list("a", "b", "c")) && harness.replies.count == 1)
        #expect(harness.published.map { $0.data?["name"] } == ["getEndpoints", "getEndpoints"])
    }

    @Test("without an ARN it cannot be a double")
    func withoutARN() throws {
        let harness = try SessionHarness.running()
        ask(harness, 1, "q")
        try harness.answer("GetEndpoints", #"{"endpoints":[{"type":"queue"},{"type":"queue"}]}"#)
        guard case .success(let data)? = harness.replies.first?.result else {
            Issue.record("\(harness.replies)")
            return
        }
        #expect(data["endpoints"]?.array?.count == 2)
    }

    @Test("fifty clients at once, twelve pages → each page is fetched once; the next client begins anew")
    func fifty() throws {
        let harness = try SessionHarness.running()
        for port in 1...50 as ClosedRange<UInt64> {
            // The order of the queues does not matter, and neither does when they ask.
            port % 2 == 0 ? ask(harness, port, "q1", "q2") : ask(harness, port, "q2", "q1", "q2")
            if port == 25 { try harness.answer("GetEndpoints", Fixture.endpoints("a1", next: "n1")) }
        }
        for page in 2...12 {
            let next = page < 12 ? "n\(page)" : nil
            try harness.answer("GetEndpoints", Fixture.endpoints("a\(page)", next: next))
        }
        #expect(harness.sends(of: "GetEndpoints") == 12)
        #expect(harness.replies.map(\.port) == Array(1...50))
        let whole = list("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12")
        #expect(harness.replies.allSatisfy { $0.result == .success(whole) })
        ask(harness, 51, "q1", "q2")
        #expect(harness.sends(of: "GetEndpoints") == 13)
    }

    @Test("a call of getEndpoints is whole, and shares the pages with requests; its errors are the service's")
    func calls() throws {
        let harness = try SessionHarness.running()
        ask(harness, 1, "q")
        harness.handle(.call(.call(7), method: "getEndpoints", params: ["queueARNs": "q"]))
        try harness.answer("GetEndpoints", Fixture.endpoints("a", next: "n"))
        try harness.answer("GetEndpoints", Fixture.endpoints("b"))
        #expect(harness.sends(of: "GetEndpoints") == 2)
        #expect(harness.codes == ["1 ok"])
        #expect(harness.recorded.contains(.answer(.call(7), .success(list("a", "b")))))
        // One encoding for all requests of a round.
        #expect(harness.recorded.filter { if case .replyAll = $0 { true } else { false } }.count == 1)

        harness.handle(.call(.call(8), method: "getEndpoints", params: ["queueARNs": ["q"]]))
        try harness.answer("GetEndpoints", #"{"__type":"ValidationException"}"#, status: 400)
        let errors = harness.recorded.compactMap { action -> String? in
            if case .answer(.call(8), .failure(.service(let error))) = action { error.type } else { nil }
        }
        #expect(errors == ["ValidationException"])
    }

    @Test("other queues → a round of their own")
    func others() throws {
        let harness = try SessionHarness.running()
        ask(harness, 1, "q1")
        ask(harness, 2, "q1", "q2")
        #expect(harness.count(of: "GetEndpoints") == 2)
        try harness.answer("GetEndpoints", Fixture.endpoints("a"))
        try harness.answer("GetEndpoints", Fixture.endpoints("b"))
        #expect(harness.replies.map(\.result) == [.success(list("a")), .success(list("b"))])
    }

    @Test("no queues named → all of the routing profile, shared with a client that names them")
    func profile() throws {
        let harness = try SessionHarness.running()
        ask(harness, 1)
        #expect(
            try harness.pending("GetEndpoints").body
                == Array((#"{"queueARNs":["arn:q"],"maxResults":500,"# + Self.token).utf8))
        ask(harness, 2, "arn:q")
        try harness.answer("GetEndpoints", Fixture.endpoints("a"))
        #expect(harness.codes == ["1 ok", "2 ok"])
    }

    @Test("a profile without queues → an empty list without a call; no configuration yet → not_ready")
    func noQueues() throws {
        let harness = try SessionHarness.configured()
        ask(harness, 1)
        #expect(harness.codes == ["1 not_ready"])
        ask(harness, 2, "q")
        #expect(harness.count(of: "GetEndpoints") == 1)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        for (name, body) in Fixture.lists.sorted(by: { $0.key < $1.key }) {
            try harness.answer(name, name == "GetRoutingProfileQueues" ? #"{"queues":[]}"# : body)
        }
        ask(harness, 3)
        #expect(harness.replies.last?.result == .success(["endpoints": [], "addresses": []]))
        #expect(harness.count(of: "GetEndpoints") == 1)
    }

    @Test("no session, signed out, too many calls → refused without a call")
    func refused() throws {
        let early = SessionHarness()
        ask(early, 1, "q")
        #expect(early.errors.first == SessionAbsence.noToken.error(hint: "partyline status"))

        let signedOut = SessionHarness(source: .authorize(Fixture.instance))
        signedOut.handle(.start)
        try signedOut.answer("authorize", status: 401)
        ask(signedOut, 1, "q")
        #expect(signedOut.codes == ["1 not_authenticated"] && signedOut.errors.first?.hint?.isEmpty == false)

        let busy = try SessionHarness.running()
        for _ in 0..<1_024 { busy.handle(.call(.call(1), method: "getAgentStates", params: [:])) }
        ask(busy, 1, "q")
        #expect(busy.codes == ["1 too_many"] && busy.count(of: "GetEndpoints") == 0)
    }

    /// The outcome of the second page, and the error for all.
    struct Row: Sendable {
        let outcome: HTTPOutcome
        let code: ProtocolError.Code
        var event: String?
        var isRetryable = false
    }

    private static func response(_ status: Int, _ type: String = "X") -> HTTPOutcome {
        .response(status: status, reason: "", body: Array(#"{"__type":"\#(type)","message":"m"}"#.utf8))
    }

    private static let rows = [
        Row(outcome: response(400), code: .invalidParams), Row(outcome: response(404), code: .invalidParams),
        Row(outcome: response(429), code: .tooMany, isRetryable: true),
        Row(outcome: response(500), code: .unavailable, isRetryable: true),
        Row(outcome: response(408), code: .unavailable, isRetryable: true),
        Row(outcome: .failure("reset"), code: .unavailable, isRetryable: true),
        Row(
            outcome: .response(status: 200, reason: "", body: Array("oops".utf8)), code: .unavailable,
            isRetryable: true),
        Row(outcome: response(401), code: .unauthorized, event: "auth_fail", isRetryable: true),
        Row(outcome: response(403), code: .notPermitted, event: "access_denied"),
    ]

    @Test("a page fails → the error for all who share the round; the next client begins anew", arguments: rows)
    func failures(row: Row) throws {
        let harness = try SessionHarness.running()
        ask(harness, 1, "q")
        ask(harness, 2, "q")
        try harness.answer("GetEndpoints", Fixture.endpoints("a", next: "n"))
        try harness.endForGood("GetEndpoints", row.outcome)
        #expect(harness.codes == ["1 \(row.code.rawValue)", "2 \(row.code.rawValue)"])
        #expect(harness.errors.allSatisfy { $0.retryable == row.isRetryable })
        #expect(harness.errors.first?.message.hasPrefix("the quick connects were not fetched: getEndpoints: ") == true)
        #expect(harness.events == [row.event].compactMap(\.self))
        ask(harness, 3, "q")
        try harness.answer("GetEndpoints", Fixture.endpoints("b"))
        #expect(harness.replies.last?.result == .success(list("b")))
    }

    @Test("a pause that the service asked for → too_many at once, with the wait")
    func pause() throws {
        let harness = try SessionHarness.running()
        ask(harness, 1, "q")
        let body = Array(#"{"__type":"ThrottlingException"}"#.utf8)
        try harness.end("GetEndpoints", .response(status: 429, reason: "", body: body, retryAfter: 9_000))
        #expect(harness.codes == ["1 too_many"] && harness.errors.first?.retryAfterMs == 9_000)
        ask(harness, 2, "q")
        #expect(harness.codes.last == "2 too_many" && harness.count(of: "GetEndpoints") == 0)
    }

    // MARK: Limits

    @Test("endless pages, too many bytes, a name that is too long → unavailable, and the round has ended")
    func limits() throws {
        let endless = try SessionHarness.running()
        ask(endless, 1, "q")
        var pages = 0
        while endless.count(of: "GetEndpoints") == 1, pages < 200 {
            pages += 1
            try endless.answer("GetEndpoints", Fixture.endpoints("a\(pages)", next: "n"))
        }
        #expect(pages == 100 && endless.codes == ["1 unavailable"])

        let name = String(repeating: "x", count: 60_000)
        let large = (1...20).map { #"{"endpointARN":"\#($0)","type":"queue","name":"\#(name)"}"# }
        let page = #"{"endpoints":[\#(large.joined(separator: ","))],"nextToken":"n"}"#
        let heavy = try SessionHarness.running()
        ask(heavy, 1, "q")
        try heavy.answer("GetEndpoints", page)
        #expect(heavy.replies.isEmpty)
        try heavy.answer("GetEndpoints", page)
        #expect(heavy.codes == ["1 unavailable"] && heavy.count(of: "GetEndpoints") == 0)

        let long = try SessionHarness.running()
        ask(long, 1, "q")
        try long.answer("GetEndpoints", Fixture.endpoints(String(repeating: "x", count: 65_537)))
        #expect(long.codes == ["1 unavailable"])
    }

    @Test("too many queues, a text that is no ARN, too many rounds at once")
    func requests() throws {
        let harness = try SessionHarness.running()
        harness.handle(.quickConnects(Fixture.ticket(1), queueARNs: (0...1000).map { "q\($0)" }))
        ask(harness, 2, "q", "")
        ask(harness, 3, String(repeating: "q", count: 1025))
        #expect(harness.codes == ["1 invalid_params", "2 invalid_params", "3 invalid_params"])
        for number in 1...16 { ask(harness, 4, "q\(number)") }
        ask(harness, 5, "other")
        #expect(harness.codes.last == "5 too_many" && harness.count(of: "GetEndpoints") == 16)
        ask(harness, 6, "q7")
        #expect(harness.codes.count == 4)
    }

    // MARK: The end

    @Test(
        "the session ends, or is another person's → one error each, and late pages are nothing",
        arguments: SessionHarness.Ending.allCases)
    func ended(ending: SessionHarness.Ending) throws {
        let harness = try SessionHarness.authorized()
        ask(harness, 1, "q")
        ask(harness, 2, "q")
        try harness.answer("GetEndpoints", Fixture.endpoints("a", next: "n"))
        let call = harness.calls.first { $0.call.purpose == "GetEndpoints" }
        let id = try #require(call?.id)
        try harness.end(by: ending)
        #expect(harness.codes.prefix(2) == ["1 \(ending.code.rawValue)", "2 \(ending.code.rawValue)"])
        #expect(harness.count(of: "GetEndpoints") == 0)
        let count = harness.replies.count
        let late = Array(Fixture.endpoints("b").utf8)
        #expect(harness.handle(.http(id, .response(status: 200, reason: "", body: late))) == [])
        #expect(harness.replies.count == count)
    }
}
