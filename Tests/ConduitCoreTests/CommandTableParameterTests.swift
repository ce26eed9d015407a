// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Parameters of partyline::request")
struct CommandTableParameterTests {
    private static let pattern =
        "an event pattern such as agent::*, contact::connected or contact::*::<contactId>"
    private static let patterns = "an array of 1 to 256 elements, each \(pattern)"

    private static let wrong: [(method: String, params: String, message: String)] = [
        ("subscribe", "{}", "params.events is missing: it has to be \(patterns)"),
        ("subscribe", "null", "params.events is missing: it has to be \(patterns)"),
        ("subscribe", #"{"events":"*"}"#, "params.events has to be \(patterns)"),
        ("subscribe", #"{"events":null}"#, "params.events has to be \(patterns)"),
        ("subscribe", #"{"events":[]}"#, "params.events has to be \(patterns)"),
        ("subscribe", #"{"events":["*",7]}"#, "params.events[1] has to be \(pattern)"),
        ("subscribe", #"{"events":["agent::"]}"#, "params.events[0] has to be \(pattern)"),
        ("subscribe", #"{"events":["*"],"since":7}"#, "params.since has to be text of 1 to 256 characters"),
        ("subscribe", #"{"events":["*"],"since":""}"#, "params.since has to be text of 1 to 256 characters"),
        ("subscribe", #"{"events":["*"],"mode":"newest"}"#, "params.mode has to be one of all, latest"),
        ("sync", #"{"deadlineMs":0}"#, "params.deadlineMs has to be a whole number from 1 to 600000"),
        ("sync", #"{"deadlineMs":600001}"#, "params.deadlineMs has to be a whole number from 1 to 600000"),
        ("sync", #"{"deadlineMs":1.5}"#, "params.deadlineMs has to be a whole number from 1 to 600000"),
        ("sync", #"{"deadlineMs":1e400}"#, "params.deadlineMs has to be a whole number from 1 to 600000"),
        ("sync", #"{"deadlineMs":"5"}"#, "params.deadlineMs has to be a whole number from 1 to 600000"),
        ("call", "{}", "params.method is missing: it has to be text of 1 to 128 characters"),
        ("call", #"{"method":""}"#, "params.method has to be text of 1 to 128 characters"),
        ("call", #"{"method":["x"]}"#, "params.method has to be text of 1 to 128 characters"),
        ("call", #"{"method":"x","params":[]}"#, "params.params has to be an object"),
        ("call", #"{"method":"x","confirm":"yes"}"#, "params.confirm has to be true or false"),
        ("call", #"{"method":"x","confirm":1}"#, "params.confirm has to be true or false"),
        ("call", #"{"method":"x","deadlineMs":-1}"#, "params.deadlineMs has to be a whole number from 1 to 600000"),
        ("call", #"{"method":"x","idempotencyKey":7}"#, "params.idempotencyKey has to be text of 1 to 256 characters"),
        (
            "setLogs", "{}",
            "params.level is missing: it has to be one of debug, info, warning, error, or null"
        ),
        ("setLogs", #"{"level":7}"#, "params.level has to be one of debug, info, warning, error, or null"),
        ("setLogs", #"{"level":"loud"}"#, "params.level has to be one of debug, info, warning, error, or null"),
        ("setLogLevel", "null", "params.level is missing: it has to be one of debug, info, warning, error"),
        ("setLogLevel", #"{"level":null}"#, "params.level has to be one of debug, info, warning, error"),
        ("setLogLevel", #"{"level":"WARN"}"#, "params.level has to be one of debug, info, warning, error"),
        ("getStatus", "[]", "params has to be an object"), ("getAgent", "7", "params has to be an object"),
        ("describe", #""x""#, "params has to be an object"),
    ]

    @Test("wrong params → invalid_params: the path, what is allowed, and an example line", arguments: wrong)
    func refused(method: String, params: String, message: String) throws {
        let entry = try #require(CommandTable.methods[method])
        let given = try JSON(parsing: params)
        let error = #expect(throws: ProtocolError.self) { try entry.check(given) }
        #expect(error?.code == .invalidParams)
        #expect(error?.message == message)
        #expect(error?.hint == "a request looks like \(entry.exampleLine.text)")
        #expect(error?.retryable == false)
    }

    @Test(
        "text up to the limit of characters is accepted, longer text is not",
        arguments: [("since", 256), ("idempotencyKey", 256)])
    func lengths(parameter: String, limit: Int) throws {
        let name = parameter == "since" ? "subscribe" : "call"
        let method = try #require(CommandTable.methods[name])
        var params = try #require(method.example?.object)
        params[parameter] = .string(String(repeating: "é", count: limit))
        #expect(throws: Never.self) { try method.check(.object(params)) }
        params[parameter] = .string(String(repeating: "é", count: limit + 1))
        #expect(throws: ProtocolError.self) { try method.check(.object(params)) }
    }

    @Test("256 patterns are accepted, 257 are not")
    func patternCount() throws {
        let method = try #require(CommandTable.methods["subscribe"])
        #expect(throws: Never.self) {
            try method.check(["events": .array((0..<256).map { .string("x::\($0)") })])
        }
        #expect(throws: ProtocolError.self) {
            try method.check(["events": .array((0..<257).map { .string("x::\($0)") })])
        }
    }

    private static let right: [(method: String, params: String?, checked: String)] = [
        ("subscribe", #"{"events":["*"]}"#, #"{"events":["*"],"mode":"all","existing":false}"#),
        (
            "subscribe", #"{"mode":"latest","events":["a::*","contact::*::1"],"since":"e1:7","more":[1]}"#,
            #"{"events":["a::*","contact::*::1"],"since":"e1:7","mode":"latest","existing":false}"#
        ),
        // Many languages encode an absent value as null.
        (
            "subscribe", #"{"events":["*"],"since":null,"mode":null}"#,
            #"{"events":["*"],"mode":"all","existing":false}"#
        ),
        ("sync", nil, #"{"deadlineMs":15000}"#), ("sync", #"{"deadlineMs":5e3}"#, #"{"deadlineMs":5e3}"#),
        (
            "call", #"{"method":"acceptContact"}"#,
            #"{"method":"acceptContact","params":{},"confirm":false,"deadlineMs":30000}"#
        ),
        (
            "call", #"{"method":"m","params":{"a":[1]},"confirm":true,"deadlineMs":1,"idempotencyKey":"k"}"#,
            #"{"method":"m","params":{"a":[1]},"confirm":true,"deadlineMs":1,"idempotencyKey":"k"}"#
        ),
        ("setLogs", #"{"level":null}"#, #"{"level":null}"#), ("setLogs", #"{"level":"WARN"}"#, #"{"level":"WARN"}"#),
        ("setLogLevel", #"{"level":"debug"}"#, #"{"level":"debug"}"#), ("getStatus", nil, "{}"),
        ("getStatus", "null", "{}"), ("getAgent", #"{"future":1}"#, "{}"), ("terminate", "{}", "{}"),
    ]

    @Test("valid params are completed with defaults; unknown members are dropped", arguments: right)
    func taken(method: String, params: String?, checked: String) throws {
        let entry = try #require(CommandTable.methods[method])
        let given = try params.map { try JSON(parsing: $0) }
        let result = try entry.check(given)
        #expect(result.text == checked)
        #expect(try entry.check(result) == result, "checking twice changes nothing")
    }

    @Test("every method's example is valid", arguments: RequestMethod.all.map(\.name))
    func examples(name: String) throws {
        let method = try #require(CommandTable.methods[name])
        #expect(throws: Never.self) { try method.check(method.example) }
        let message = try ClientMessage(line: method.exampleLine.encoded)
        #expect(message.event == EventName.request)
        #expect(message.data?.value["method"] == .string(name))
    }

    @Test("every client event's example has its declared shape")
    func eventExamples() {
        for event in ClientEvent.all {
            let fault = event.data.shape.flatMap { $0.fault(in: event.example ?? .null, at: "data") }
            #expect(fault == nil, "\(event.name)")
            #expect((event.example == nil) == (event.data == .none), "\(event.name)")
        }
    }
}
