// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Lines against the table's shapes")
struct CommandTableLineTests {
    /// The fault of a daemon's line. Nil for a client's broadcast, too.
    static func fault(in line: String) throws -> ShapeFault? {
        let json = try JSON(parsing: line)
        let name = json["event"]?.string ?? ""
        guard let event = CommandTable.daemonEvents[name], json["from"] == nil else { return nil }
        if event.audience == .subscribers, json["clock"] == nil { return nil }
        guard let data = json["data"] else {
            return event.data.isRequired ? ShapeFault(path: "data", message: "data is missing") : nil
        }
        return event.data.shape?.fault(in: data, at: "data")
    }

    private static let brief =
        #"{"name":"Robin","state":{"name":"Available","type":"routable"},"nextState":null}"#

    private static let good = [
        #"{"event":"acknowledge"}"#, #"{"event":"update_connected_ccps","data":{"length":1,"tab-1":{"length":1}}}"#,
        #"{"event":"agent::update","data":{"snapshot":{"state":{"name":"A"}},"configuration":{"name":"R"}}}"#,
        #"{"event":"agent::update","data":{"snapshot":{"future":[1],"contacts":[]},"configuration":{"x":null}}}"#,
        #"{"event":"api_response","data":{"event":"api_response","requestId":7,"data":null,"err":"{}"}}"#,
        #"{"event":"api_response","data":{"event":"api_response","err":"{}"}}"#,
        #"{"event":"master_response","data":{"event":"master_response","requestId":"m","data":null,"err":"{}"}}"#,
        #"{"event":"auth_fail"}"#, #"{"event":"auth_fail","data":{"authorize":true}}"#,
        #"{"event":"webSocket::connection_lost","data":{"closeTimestamp":1,"connectionDuration":null,"code":1006,"reason":""}}"#,
        #"{"event":"log","data":{"component":7}}"#,
        #"{"event":"partyline::response","data":{"requestId":1,"data":{"level":null},"err":null}}"#,
        #"{"event":"partyline::response","data":{"requestId":1,"data":null,"err":{"code":"timeout","message":"m","retryable":true}}}"#,
        #"{"event":"partyline::lagged","data":{"from":"e:1","to":"e:9"}}"#,
        #"{"event":"partyline::bye","data":{"reason":"new","message":"m"}}"#,
        #"{"event":"agent::state_change","data":{"oldState":"Init","newState":"Available","agent":\#(brief)},"clock":"e:1"}"#,
        #"{"event":"contact::ended","data":{"contactId":"1","contact":{"contactId":"1","type":"fax"}},"clock":"e:1"}"#,
        #"{"event":"contact::view","data":1,"from":"17-n1"}"#, #"{"event":"mute"}"#,
    ]

    @Test("lines of the declared shape → no fault", arguments: good)
    func right(line: String) throws { #expect(try Self.fault(in: line) == nil) }

    private static let bad: [(line: String, path: String)] = [
        (#"{"event":"acknowledge","data":{"id":"1"}}"#, "data.partyline"), (#"{"event":"agent::update"}"#, "data"),
        (#"{"event":"agent::update","data":{"snapshot":{},"configuration":7}}"#, "data.configuration"),
        (#"{"event":"api_response","data":{"event":"x","err":null}}"#, "data.event"),
        (#"{"event":"partyline::error","data":{"code":"oops","message":"m","retryable":true}}"#, "data.code"),
        (#"{"event":"partyline::response","data":{"requestId":1,"data":null,"err":null}}"#, "data"),
        (#"{"event":"agent::init","data":{"agent":{"name":"R","state":null}},"clock":"e:1"}"#, "data.agent.nextState"),
        (
            #"{"event":"contact::init","data":{"contactId":"1","contact":{"connections":[{},{"type":7}]}},"clock":"e:1"}"#,
            "data.contact.connections[1].type"
        ),
    ]

    @Test("lines of another shape → the path of the fault", arguments: bad)
    func wrong(line: String, path: String) throws { #expect(try Self.fault(in: line)?.path == path) }

    @Test(
        "every line that a conduit sends to a subscriber and to a Streams port has its declared shape",
        arguments: Role.allCases)
    func conduit(role: Role) throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        let two = harness.open(2)
        let request = #"{"event":"partyline::request","data":{"requestId":1,"method":"#
        harness.send(one, request + #""subscribe","params":{"events":["*"]}}}"#)
        for method in RequestMethod.all { harness.send(one, request + #""\#(method.name)"}}"#) }
        harness.send(one, request + #""subscribe","params":{"events":["*"]}}}"#)
        harness.send(one, request + #""setLogs","params":{"level":"debug"}}}"#)
        harness.send(one, #"{"event":"api_request","data":{"requestId":1}}"#)
        harness.send(two, #"{"event":"broadcast","data":{"event":"mute","data":{"mute":true}}}"#)
        harness.send(two, #"{"event":"broadcast","data":{"event":"contact::view","data":{"contactId":"1"}}}"#)
        harness.send(two, #"{"event":"master_request","data":{"method":"becomeMaster","params":{"topic":"t"}}}"#)
        harness.send(two, #"{"event":"tab_id","data":{"tabId":"t"}}"#)
        harness.handle(.logged(DaemonLogEntry(level: .error, message: "m", fields: ["a": "b"])))
        harness.handle(.agent(try #require(AgentData(json: Self.agent))))
        var lines = harness.read(one) + harness.read(two)
        harness.send(one, request + #""unsubscribe"}}"#)
        harness.send(one, "x")
        harness.handle(.shutdown(reason: "the end"))
        lines += harness.read(one) + harness.closed.values
        for line in lines { #expect(try Self.fault(in: line) == nil, "\(line)") }
        for name in ["agent::init", "agent::state_change", "partyline::response", "partyline::bye", "mute"] {
            #expect(lines.contains { $0.hasPrefix(#"{"event":"\#(name)""#) }, "\(name)")
        }
    }

    private static let agent: JSON = [
        "snapshot": ["state": ["name": "Available", "type": "routable"], "contacts": [["contactId": "1"]]],
        "configuration": ["name": "Robin"],
    ]
}
