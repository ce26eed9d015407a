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

    @Test("becomeMaster is answered to the asker, a takeover is told to everybody, to the asker too, once")
    func become() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        let topic = #"{"topic":"\#(softphone)"}"#
        for _ in 0..<2 {
            harness.say(one, request("m", "becomeMaster", topic))
            let answer = response("m", #"{"masterId":"\#(name(1))","takeOver":false,"topic":"\#(softphone)"}"#)
            #expect(harness.read(one) == [answer])
            #expect(harness.read(two) == [])
        }
        harness.say(two, request("t", "becomeMaster", topic))
        let takeOver = response("t", #"{"masterId":"\#(name(2))","takeOver":true,"topic":"\#(softphone)"}"#)
        #expect(harness.read(one) == [takeOver])
        #expect(harness.read(two) == [takeOver])
    }

    @Test("checkMaster claims a free topic unless it is told not to")
    func check() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.say(one, request("1", "checkMaster", #"{"topic":"t","shouldNotBecomeMasterIfNone":true}"#))
        #expect(harness.read(one) == [response("1", #"{"masterId":null,"isMaster":false,"topic":"t"}"#)])
        harness.say(one, request("2", "checkMaster", #"{"topic":"t"}"#))
        #expect(harness.read(one) == [response("2", #"{"masterId":"\#(name(1))","isMaster":true,"topic":"t"}"#)])
        harness.say(two, request("3", "checkMaster", #"{"topic":"t"}"#))
        #expect(harness.read(two) == [response("3", #"{"masterId":"\#(name(1))","isMaster":false,"topic":"t"}"#)])
    }

    @Test("a port that goes loses its topics, and nobody is told")
    func dying() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        harness.say(one, request("1", "becomeMaster", #"{"topic":"t"}"#))
        harness.handle(.closed(one))
        #expect(harness.read(two) == [ccpsAfterClose(1)])
        harness.say(two, request("2", "becomeMaster", #"{"topic":"t"}"#))
        #expect(harness.read(two) == [response("2", #"{"masterId":"\#(name(2))","takeOver":false,"topic":"t"}"#)])
        #expect(harness.conduit.masters.count == 1)
    }

    @Test(
        "a bad request is answered with what is wrong",
        arguments: [
            ("noSuchMethod", #"{"topic":"t"}"#, "the methods are becomeMaster and checkMaster"),
            ("becomeMaster", "null", "params.topic has to be the name of a topic"),
            ("checkMaster", #"{"topic":null}"#, "params.topic has to be the name of a topic"),
            ("checkMaster", #"{"topic":""}"#, "params.topic has to be the name of a topic"),
        ])
    func bad(method: String, params: String, message: String) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.say(port, request("m", method, params))
        let error = JSON.string(#"{"type":"invalid_params","message":"\#(message)"}"#).text
        #expect(harness.read(port) == [response("m", "null", error)])
        harness.say(port, #"{"event":"master_request","data":[]}"#)
        let shape = "the data of a master_request has to be an object {requestId, method, params}"
        #expect(harness.read(port) == [errorLine("invalid_params", shape)])
    }
}

@Suite("Tabs")
struct TabTests {
    private func tab(_ id: String) -> String { #"{"event":"tab_id","data":{"tabId":"\#(id)"}}"# }

    private func told(_ ports: Int, _ tab: String, _ inTab: Int, _ tabs: Int) -> String {
        #"{"event":"update_connected_ccps","data":{"length":\#(ports),"tabId":"\#(tab)","\#(tab)":{"length":\#(inTab)},"#
            + #""streamsTabsAcrossBrowser":\#(tabs)}}"#
    }

    @Test("ports are counted per tab, and tabs in all")
    func counting() {
        let harness = ConduitHarness()
        let ports = (1...3).map { harness.port($0) }
        _ = harness.read(ports[0])
        harness.say(ports[0], tab("a"))
        #expect(harness.read(ports[0]) == [told(3, "a", 1, 1)])
        harness.say(ports[1], tab("a"))
        #expect(harness.read(ports[0]) == [told(3, "a", 2, 1)])
        harness.say(ports[2], tab("b"))
        #expect(harness.read(ports[0]) == [told(3, "b", 1, 2)])
        harness.say(ports[2], tab("b"))
        #expect(harness.read(ports[0]) == [])
        harness.handle(.closed(ports[1]))
        #expect(harness.read(ports[0]) == [told(2, "a", 1, 2)])
        harness.handle(.closed(ports[2]))
        #expect(harness.read(ports[0]) == [told(1, "b", 0, 1)])
    }

    @Test("a port that names two tabs stays counted in the second")
    func second() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.say(two, tab("a"))
        harness.say(two, tab("b"))
        harness.handle(.closed(two))
        #expect(harness.read(one) == [told(2, "a", 1, 1), told(2, "b", 1, 2), told(1, "a", 0, 1)])
    }

    @Test("what is not a tab's name is ignored", arguments: ["null", "7", #""""#, "{}"])
    func bad(id: String) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.say(port, #"{"event":"tab_id","data":{"tabId":\#(id)}}"#)
        harness.say(port, #"{"event":"tab_id"}"#)
        #expect(harness.read(port) == [])
    }

    @Test("nobody can make us remember tabs for ever")
    func bound() {
        var tabs = Tabs()
        for number in 0..<10_000 { _ = tabs.join(PortID(number: 1), "tab-\(number)") }
        #expect(tabs.count == Tabs.portBound)
        #expect(tabs.leave(PortID(number: 1)) == "tab-0")
        #expect(tabs.leave(PortID(number: 1)) == nil)
        for number in 0..<10_000 { _ = tabs.join(PortID(number: UInt64(number)), "other-\(number)") }
        #expect(tabs.count == Tabs.bound)
    }

    @Test("a port that named two stays counted in the second, as a number only")
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

@Suite("Topics without end")
struct MasterLimitTests {
    private func ask(_ topic: String, _ method: String = "becomeMaster") -> String {
        #"{"event":"master_request","data":{"requestId":1,"method":"\#(method)","params":{"topic":"\#(topic)"}}}"#
    }

    @Test("a port may have 32; beyond that it is told so, and others take what they need")
    func limit() {
        let harness = ConduitHarness()
        let greedy = harness.port(1)
        let page = harness.port(2)
        _ = harness.read(greedy)
        for number in 0..<32 { harness.say(greedy, ask("x\(number)")) }
        #expect(harness.read(greedy).allSatisfy { $0.contains(#""takeOver":false"#) })
        for method in ["becomeMaster", "checkMaster"] {
            harness.say(greedy, ask("y", method))
            let answer = harness.read(greedy)
            #expect(answer.count == 1 && answer[0].contains("too_many"), "\(answer)")
        }
        // What it has it may take again.
        harness.say(greedy, ask("x0"))
        #expect(harness.read(greedy).first?.contains(#""takeOver":false"#) == true)
        harness.say(page, ask("connect::softphone"))
        harness.say(page, ask("x0"))
        let told = harness.read(page)
        #expect(told.count == 2 && told[0].contains(#""takeOver":false"#) && told[1].contains(#""takeOver":true"#))
    }
}

@Suite("What is the session's business")
struct SessionBusinessTests {
    @Test(
        "disaster recovery and terminate are handed on",
        arguments: [
            ("disasterRecovery::suppress", #"{"suppress":true}"#, ConduitRequest.suppress(["suppress": true])),
            ("disasterRecovery::force_offline", #"{"offline":1}"#, .forceOffline(["offline": 1])),
            ("disasterRecovery::init_dr_polling", "{}", .initDRPolling([:])), ("terminate", "null", .terminate),
        ] as [(String, String, ConduitRequest)])
    func handedOn(event: String, data: String, request: ConduitRequest) {
        let harness = ConduitHarness()
        let port = harness.port(1)
        harness.say(port, #"{"event":"\#(event)","data":\#(data)}"#)
        #expect(harness.asked == [request])
        #expect(harness.read(port) == [])
    }

    @Test("log entries are echoed to everybody, one line each, and handed on; what is no entry is dropped")
    func logs() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        harness.say(one, #"{"event":"send_logs","data":[{"text":"a"},7,{"text":"b"}]}"#)
        let echo = [#"{"event":"log","data":{"text":"a"}}"#, #"{"event":"log","data":{"text":"b"}}"#]
        #expect(harness.read(one) == echo)
        #expect(harness.read(two) == echo)
        harness.say(one, #"{"event":"send_logs","data":[]}"#)
        harness.say(one, #"{"event":"send_logs"}"#)
        #expect(harness.asked == [.logs([["text": "a"], ["text": "b"]])])
    }

    @Test("an agent that is forgotten is not told to those who join")
    func forgotten() {
        let harness = ConduitHarness()
        let agent = Agent(
            snapshot: AgentSnapshot(json: JSONObject()), configuration: AgentConfiguration(json: JSONObject()))
        harness.handle(.agent(agent))
        harness.handle(.forgetAgent)
        #expect(harness.agent == nil)
        let id = harness.open(1)
        #expect(harness.read(id).count == 2)
    }
}
