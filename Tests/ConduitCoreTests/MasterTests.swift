// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Masters")
struct MasterTests {
    private let softphone = "connect::softphone"

    private func request(_ id: String, _ method: String, _ params: String) -> String {
        #"{"event":"master_request","data":{"requestId":"\#(id)","method":"\#(method)","params":\#(params)}}"#
    }

    private func response(_ id: String, _ data: String, _ error: String = "null") -> String {
        #"{"event":"master_response","data":{"event":"master_response","requestId":"\#(id)","data":\#(data),"err":\#(error)}}"#
    }

    private func name(_ number: Int) -> String { "\(ConduitHarness.epoch)-n\(number)" }

    @Test("becomeMaster: the reply goes to the port alone, a takeover once to every port")
    func become() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        let topic = #"{"topic":"\#(softphone)"}"#
        for _ in 0..<2 {
            harness.send(one, request("m", "becomeMaster", topic))
            let answer = response("m", #"{"masterId":"\#(name(1))","takeOver":false,"topic":"\#(softphone)"}"#)
            #expect(harness.read(one) == [answer])
            #expect(harness.read(two) == [])
        }
        harness.send(two, request("t", "becomeMaster", topic))
        let takeOver = response("t", #"{"masterId":"\#(name(2))","takeOver":true,"topic":"\#(softphone)"}"#)
        #expect(harness.read(one) == [takeOver])
        #expect(harness.read(two) == [takeOver])
    }

    @Test("checkMaster claims a free topic unless shouldNotBecomeMasterIfNone")
    func check() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(one, request("1", "checkMaster", #"{"topic":"t","shouldNotBecomeMasterIfNone":true}"#))
        #expect(harness.read(one) == [response("1", #"{"masterId":null,"isMaster":false,"topic":"t"}"#)])
        harness.send(one, request("2", "checkMaster", #"{"topic":"t"}"#))
        #expect(harness.read(one) == [response("2", #"{"masterId":"\#(name(1))","isMaster":true,"topic":"t"}"#)])
        harness.send(two, request("3", "checkMaster", #"{"topic":"t"}"#))
        #expect(harness.read(two) == [response("3", #"{"masterId":"\#(name(1))","isMaster":false,"topic":"t"}"#)])
    }

    @Test("a closed port loses its topics, and no port gets an event")
    func dying() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        harness.send(one, request("1", "becomeMaster", #"{"topic":"t"}"#))
        harness.handle(.closed(one))
        #expect(harness.read(two) == [ccpsAfterClose(1)])
        harness.send(two, request("2", "becomeMaster", #"{"topic":"t"}"#))
        #expect(harness.read(two) == [response("2", #"{"masterId":"\#(name(2))","takeOver":false,"topic":"t"}"#)])
        #expect(harness.conduit.masters.count == 1)
    }

    @Test(
        "a bad request → invalid_params with the reason",
        arguments: [
            ("noSuchMethod", #"{"topic":"t"}"#, "the methods are becomeMaster and checkMaster"),
            ("becomeMaster", "null", "params.topic has to be the name of a topic"),
            ("checkMaster", #"{"topic":null}"#, "params.topic has to be the name of a topic"),
            ("checkMaster", #"{"topic":""}"#, "params.topic has to be the name of a topic"),
        ])
    func bad(method: String, params: String, message: String) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.send(port, request("m", method, params))
        let error = JSON.string(#"{"type":"invalid_params","message":"\#(message)"}"#).text
        #expect(harness.read(port) == [response("m", "null", error)])
        harness.send(port, #"{"event":"master_request","data":[]}"#)
        let shape = "the data of a master_request has to be an object {requestId, method, params}"
        #expect(harness.read(port) == [errorLine("invalid_params", shape)])
    }
}

@Suite("Tabs")
struct TabTests {
    private func tab(_ id: String) -> String { #"{"event":"tab_id","data":{"tabId":"\#(id)"}}"# }

    private func tabUpdate(_ ports: Int, _ tab: String, _ inTab: Int, _ tabs: Int) -> String {
        #"{"event":"update_connected_ccps","data":{"length":\#(ports),"tabId":"\#(tab)","\#(tab)":{"length":\#(inTab)},"#
            + #""streamsTabsAcrossBrowser":\#(tabs)}}"#
    }

    @Test("ports are counted per tab, and tabs in total")
    func counting() {
        let harness = ConduitHarness()
        let ports = (1...3).map { harness.port($0) }
        _ = harness.read(ports[0])
        harness.send(ports[0], tab("a"))
        #expect(harness.read(ports[0]) == [tabUpdate(3, "a", 1, 1)])
        harness.send(ports[1], tab("a"))
        #expect(harness.read(ports[0]) == [tabUpdate(3, "a", 2, 1)])
        harness.send(ports[2], tab("b"))
        #expect(harness.read(ports[0]) == [tabUpdate(3, "b", 1, 2)])
        harness.send(ports[2], tab("b"))
        #expect(harness.read(ports[0]) == [])
        harness.handle(.closed(ports[1]))
        #expect(harness.read(ports[0]) == [tabUpdate(2, "a", 1, 2)])
        harness.handle(.closed(ports[2]))
        #expect(harness.read(ports[0]) == [tabUpdate(1, "b", 0, 1)])
    }

    @Test("a port that names two tabs stays counted in the second after it closes")
    func second() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(two, tab("a"))
        harness.send(two, tab("b"))
        harness.handle(.closed(two))
        #expect(harness.read(one) == [tabUpdate(2, "a", 1, 1), tabUpdate(2, "b", 1, 2), tabUpdate(1, "a", 0, 1)])
    }

    @Test("an invalid tab id is ignored", arguments: ["null", "7", #""""#, "{}"])
    func bad(id: String) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.send(port, #"{"event":"tab_id","data":{"tabId":\#(id)}}"#)
        #expect(harness.read(port) == [])
    }

    @Test("the numbers of tabs per port and in total are limited")
    func bound() {
        var tabs = Tabs()
        for number in 0..<10_000 { _ = tabs.join(PortID(number: 1), "tab-\(number)") }
        #expect(tabs.count == Tabs.portBound)
        #expect(tabs.leave(PortID(number: 1)) == "tab-0")
        #expect(tabs.leave(PortID(number: 1)) == nil)
        for number in 0..<10_000 { _ = tabs.join(PortID(number: UInt64(number)), "other-\(number)") }
        #expect(tabs.count == Tabs.bound)
    }

    @Test("the ghost of a second tab is kept as a number, without its port")
    func ghosts() {
        var tabs = Tabs()
        for number in 1...3000 as ClosedRange<UInt64> {
            let port = PortID(number: number)
            #expect(tabs.join(port, "a") && tabs.join(port, "b") && !tabs.join(port, "b"))
            #expect(tabs.leave(port) == "a")
        }
        #expect(tabs.count(in: "a") == 0 && tabs.count(in: "b") == 3000 && tabs.count == 1)
        #expect(!String(describing: tabs).contains("PortID"))
    }
}

@Suite("Limit of topics")
struct MasterLimitTests {
    private func ask(_ topic: String, _ method: String = "becomeMaster") -> String {
        #"{"event":"master_request","data":{"requestId":1,"method":"\#(method)","params":{"topic":"\#(topic)"}}}"#
    }

    @Test("the 33rd topic of a port → too_many; other ports can claim topics")
    func limit() {
        let harness = ConduitHarness()
        let greedy = harness.port(1)
        let page = harness.port(2)
        _ = harness.read(greedy)
        for number in 0..<32 { harness.send(greedy, ask("x\(number)")) }
        #expect(harness.read(greedy).allSatisfy { $0.contains(#""takeOver":false"#) })
        for method in ["becomeMaster", "checkMaster"] {
            harness.send(greedy, ask("y", method))
            let answer = harness.read(greedy)
            #expect(answer.count == 1 && answer[0].contains("too_many"), "\(answer)")
        }
        // A port can claim its own topics again.
        harness.send(greedy, ask("x0"))
        #expect(harness.read(greedy).first?.contains(#""takeOver":false"#) == true)
        harness.send(page, ask("connect::softphone"))
        harness.send(page, ask("x0"))
        let lines = harness.read(page)
        #expect(lines.count == 2 && lines[0].contains(#""takeOver":false"#) && lines[1].contains(#""takeOver":true"#))
    }
}

@Suite("Events for the session")
struct SessionBusinessTests {
    @Test(
        "disaster recovery and terminate are passed on",
        arguments: [
            ("disasterRecovery::suppress", #"{"suppress":true}"#, ConduitRequest.suppress(["suppress": true])),
            ("disasterRecovery::force_offline", #"{"offline":1}"#, .forceOffline(["offline": 1])),
            ("disasterRecovery::init_dr_polling", "{}", .initDRPolling([:])), ("terminate", "null", .terminate),
        ] as [(String, String, ConduitRequest)])
    func handedOn(event: String, data: String, request: ConduitRequest) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.send(port, #"{"event":"\#(event)","data":\#(data)}"#)
        #expect(harness.asked == [request])
        #expect(harness.read(port) == [])
    }

    @Test("log entries are sent to every port and passed on; other elements are dropped")
    func logs() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.send(one, #"{"event":"send_logs","data":[{"text":"a"},7,{"text":"b"}]}"#)
        let echo = [#"{"event":"log","data":{"text":"a"}}"#, #"{"event":"log","data":{"text":"b"}}"#]
        #expect(harness.read(one) == echo)
        #expect(harness.read(two) == echo)
        harness.send(one, #"{"event":"send_logs","data":[]}"#)
        #expect(harness.asked == [.logs([["text": "a"], ["text": "b"]])])
    }

    @Test("forgetAgent: new ports get no agent")
    func forgotten() {
        let harness = ConduitHarness()
        let agent = AgentData(
            snapshot: SnapshotData(json: JSONObject()), configuration: AgentConfiguration(json: JSONObject()))
        harness.handle(.agent(agent))
        harness.handle(.forgetAgent)
        #expect(harness.agent == nil)
        let id = harness.open(1)
        #expect(harness.read(id).count == 2)
    }
}
