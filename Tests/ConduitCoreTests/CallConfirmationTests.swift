// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Confirmation of a call by a snapshot")
struct CallConfirmationTests {
    /// A method, the agent before the call, agents that do not confirm it, and agents that do. An agent is given by its
    /// contacts.
    struct Case: Sendable, CustomTestStringConvertible {
        let method: String
        let params: String
        let before: String
        var not: [String] = []
        let shown: [String]
        var testDescription: String { "\(method) \(before)" }
    }

    private static let contact = #"{"contactId":"c"}"#
    private static let leg = #"{"contactId":"c","connectionId":"k"}"#
    private static let ringing = Shown.contact("connecting", agent: "connecting")
    private static let callback = Shown.contact("incoming", agent: "connecting", customer: "init")
    private static let talking = Shown.contact("connected")
    private static let onHold = Shown.contact("connected", customer: "hold")
    private static let muted = Shown.contact("connected", flags: #","mute":true"#)
    private static let forced = Shown.contact("connected", flags: #","mute":false,"forcedMute":true"#)
    private static let other = Shown.contact("connected", customer: "hold", id: "d")
    private static let gone = ""

    private static func three(_ customer: String, _ third: String) -> String {
        Shown.contact("connected", customer: customer, more: "," + Shown.leg("t", "outbound", third))
    }

    private static func over(_ state: String) -> String {
        Shown.contact(state, agent: "disconnected", customer: "disconnected")
    }

    private static func outbound(_ id: String) -> String {
        Shown.contact("connecting", customer: "connecting", id: id, type: "outbound")
    }

    private static func monitored(_ mode: String) -> String {
        Shown.contact("connected", flags: #","monitorStatus":"\#(mode)""#)
    }

    /// Another agent's contact, to which this one listens.
    private static func listened(_ mode: String) -> String {
        let flags = #","monitorStatus":"\#(mode)""#
        return Shown.contact("connected", more: "," + Shown.leg("m", "monitoring", "silent_monitor", flags: flags))
    }

    /// The same, without the other agent's leg.
    private static func listening(_ state: String) -> String {
        #"{"contactId":"c","type":"voice","state":{"type":"connecting"},"connections":["#
            + Shown.leg("k", "inbound", "connected", flags: #","initial":true"#) + ","
            + Shown.leg("m", "monitoring", state) + "]}"
    }

    static let cases: [Case] = [
        Case(
            method: "acceptContact", params: contact, before: ringing,
            not: [ringing, gone, over("missed"), over("rejected"), over("error"), Shown.contact("missed"), other],
            shown: [talking, over("ended"), Shown.contact("connecting")]),
        Case(
            method: "acceptContact", params: contact, before: callback, not: [callback, over("missed")],
            shown: [
                Shown.contact("pending", agent: "init"), Shown.contact("connecting", customer: "connecting"), talking,
            ]),
        Case(
            method: "rejectContact", params: contact, before: ringing, not: [ringing, talking],
            shown: [gone, over("rejected"), over("missed"), over("error")]),
        Case(
            method: "clearContact", params: contact, before: over("ended"), not: [over("ended"), talking],
            shown: [gone, other]),
        Case(method: "completeContact", params: contact, before: over("ended"), not: [over("ended")], shown: [gone]),
        Case(
            method: "completeContact", params: contact, before: talking, not: [talking, Shown.contact("paused")],
            shown: [gone, over("ended")]),
        Case(
            method: "destroyContact", params: contact, before: talking, not: [talking], shown: [gone, over("ended")]),
        Case(
            method: "pauseContact", params: contact, before: talking, not: [talking, gone],
            shown: [Shown.contact("paused")]),
        Case(
            method: "resumeContact", params: contact, before: Shown.contact("paused"),
            not: [Shown.contact("paused"), gone], shown: [talking]),
        Case(
            method: "holdConnection", params: leg, before: talking, not: [talking, gone, over("ended"), other],
            shown: [onHold]),
        Case(method: "resumeConnection", params: leg, before: onHold, not: [onHold, gone], shown: [talking]),
        Case(
            method: "destroyConnection", params: leg, before: talking, not: [talking, onHold],
            shown: [gone, over("ended"), Shown.contact("connected", customer: "disconnected")]),
        Case(
            method: "muteParticipant", params: leg, before: talking, not: [talking, gone], shown: [muted, forced]),
        Case(method: "unmuteParticipant", params: leg, before: muted, not: [muted, forced], shown: [talking]),
        Case(
            method: "createAdditionalConnection", params: contact, before: talking, not: [talking, onHold],
            shown: [three("hold", "connecting"), over("ended"), gone]),
        Case(
            method: "addNewConnection", params: contact, before: talking, not: [talking, onHold],
            shown: [three("hold", "connecting"), over("ended"), gone]),
        Case(
            method: "transferContact", params: contact, before: talking, not: [talking, three("hold", "connecting")],
            shown: [gone, over("ended"), other]),
        Case(
            method: "toggleActiveConnections", params: leg, before: three("hold", "connected"),
            not: [three("hold", "connected"), three("hold", "disconnected"), gone],
            shown: [three("connected", "hold")]),
        Case(
            method: "conferenceConnections", params: contact, before: three("hold", "connected"),
            not: [three("hold", "connected"), three("connected", "hold"), gone],
            shown: [three("connected", "connected")]),
        Case(
            method: "updateMonitorParticipantState", params: #"{"contactId":"c","targetMonitorMode":"BARGE"}"#,
            before: monitored("SILENT_MONITOR"), not: [monitored("SILENT_MONITOR"), gone],
            shown: [monitored("BARGE"), Shown.contact("connected", agent: "barge")]),
        // The other agent's leg is there too, and the listener's own one is of the type monitoring.
        Case(
            method: "updateMonitorParticipantState", params: #"{"contactId":"c","targetMonitorMode":"BARGE"}"#,
            before: listened("SILENT_MONITOR"), not: [listened("SILENT_MONITOR"), talking, gone],
            shown: [listened("BARGE")]),
        Case(
            method: "acceptContact", params: contact, before: listening("connecting"),
            not: [listening("connecting"), gone], shown: [listening("silent_monitor"), listening("barge")]),
        Case(
            method: "createOutboundContact", params: "{}", before: outbound("o"),
            not: [outbound("o"), talking, gone], shown: [outbound("n"), outbound("o") + "," + outbound("n")]),
    ]

    @Test("the snapshots that show a method's effect confirm it, others do not", arguments: cases)
    func signs(example: Case) throws {
        let before = try Shown.agent(contacts: example.before)
        let sign = try confirmation(of: example.method, JSON(parsing: example.params), before: before)
        #expect(!sign.needsSync)
        #expect(!sign.isShown(by: before))
        for contacts in example.not { #expect(!sign.isShown(by: try Shown.agent(contacts: contacts)), "\(contacts)") }
        for contacts in example.shown { #expect(sign.isShown(by: try Shown.agent(contacts: contacts)), "\(contacts)") }
    }

    @Test("the effect was visible before, or no agent was known → a new snapshot is needed", arguments: cases)
    func needsSync(example: Case) throws {
        let params = try JSON(parsing: example.params)
        #expect(try confirmation(of: example.method, params, before: nil).needsSync)
        guard example.method != "createOutboundContact" else { return }
        for contacts in example.shown {
            let before = try Shown.agent(contacts: contacts)
            let confirmation = try confirmation(of: example.method, params, before: before)
            #expect(confirmation.needsSync == confirmation.isShown(by: before))
        }
    }

    @Test(
        "putAgentState: confirmed by the state or the next state, by ARN, else by name",
        arguments: [
            (#"{"name":"Lunch"}"#, "Lunch", nil, true), (#"{"name":"Lunch"}"#, "Busy", "Lunch", true),
            (#"{"name":"Lunch"}"#, "Busy", nil, false),
            (#"{"name":"old name","agentStateARN":"arn:Lunch"}"#, "Lunch", nil, true),
            (#"{"name":"Lunch","agentStateARN":"arn:other"}"#, "Lunch", nil, false),
        ] as [(String, String, String?, Bool)])
    func states(asked: String, state: String, next: String?, isShown: Bool) throws {
        let params: JSON = ["state": try JSON(parsing: asked)]
        let sign = try confirmation(of: "putAgentState", params, before: Shown.agent(state: "Offline"))
        #expect(!sign.needsSync)
        #expect(sign.isShown(by: try Shown.agent(state: state, next: next)) == isShown)
        // A state that the service sets has no ARN: it matches by name.
        let system = try #require(AgentData(json: ["snapshot": ["state": ["name": "Lunch", "agentStateARN": .null]]]))
        #expect(sign.isShown(by: system) == (params["state"]?["name"] == "Lunch"))
    }

    @Test(
        "putAgentState: a waiting contact comes at once → confirmed by the chosen state", arguments: ["Lunch", "Busy"])
    func chosen(asked: String) throws {
        let params: JSON = ["state": ["name": .string(asked)]]
        let sign = try confirmation(of: "putAgentState", params, before: Shown.agent(state: "Offline"))
        let agent = try #require(
            AgentData(json: [
                "snapshot": ["state": ["name": "PendingBusy"], "agentAvailabilityState": ["state": "Lunch"]]
            ]))
        #expect(sign.isShown(by: agent) == (asked == "Lunch"))
    }

    @Test("updateAgentConfiguration: confirmed by the members that can be changed; others are ignored")
    func configuration() throws {
        let params = try JSON(
            parsing: #"{"configuration":{"name":"x","softphoneEnabled":false,"softphoneAutoAccept":null,"#
                + #""extension":"+1","agentPreferences":{"a":"1","b":""}}}"#)
        let texts = [
            (#"{"softphoneEnabled":false,"extension":"+1","agentPreferences":{"a":"1","z":"9"}}"#, true),
            (#"{"softphoneEnabled":true,"extension":"+1","agentPreferences":{"a":"1"}}"#, false),
            (#"{"softphoneEnabled":false,"extension":"","agentPreferences":{"a":"1"}}"#, false),
            (#"{"softphoneEnabled":false,"extension":"+1","agentPreferences":{"a":"2"}}"#, false),
            (#"{"softphoneEnabled":false,"extension":"+1"}"#, false),
        ]
        let sign = try confirmation(of: "updateAgentConfiguration", params, before: Shown.agent())
        #expect(!sign.needsSync)
        for (text, isShown) in texts {
            #expect(sign.isShown(by: try Shown.agent(configuration: text)) == isShown, "\(text)")
        }
    }

    @Test(
        "createTaskContact: confirmed by the task if it goes to this agent now, else by any snapshot",
        arguments: [
            (#"{"endpoint":{"type":"agent","endpointARN":"arn:me"}}"#, true),
            (#"{"endpoint":{"type":"agent","agentLogin":"me"}}"#, true),
            (#"{"endpoint":{"type":"agent","endpointARN":"arn:you"}}"#, false),
            (#"{"endpoint":{"type":"queue","endpointARN":"arn:me"}}"#, false),
            (#"{"endpoint":{"type":"agent","agentLogin":"me"},"scheduledTime":1}"#, false), ("{}", false),
        ])
    func tasks(params: String, isOwn: Bool) throws {
        let before = try Shown.agent(configuration: #"{"agentARN":"arn:me","username":"me"}"#)
        let confirmation = try confirmation(of: "createTaskContact", JSON(parsing: params), before: before)
        #expect(confirmation.needsSync != isOwn)
        let refined = confirmation.refined(by: ["contactId": "n"])
        #expect(refined.isShown(by: before) != isOwn)
        #expect(refined.isShown(by: try Shown.agent(contacts: Self.outbound("n"))))
        #expect(confirmation.refined(by: [:]).needsSync)
    }

    @Test("createOutboundContact: the contact that the answer names confirms the call")
    func namedContact() throws {
        let sign = try confirmation(of: "createOutboundContact", [:], before: Shown.agent())
            .refined(by: ["contactId": "n"])
        #expect(!sign.isShown(by: try Shown.agent(contacts: Self.outbound("x"))))
        #expect(sign.isShown(by: try Shown.agent(contacts: Self.outbound("n"))))
    }

    @Test(
        "no visible effect, or params that name nothing known → any new snapshot confirms",
        arguments: [
            ("sendDigits", leg), ("getEndpoints", "{}"), ("holdConnection", "{}"), ("holdConnection", contact),
            ("acceptContact", #"{"contactId":7}"#), ("putAgentState", "null"), ("updateAgentConfiguration", "{}"),
            ("toggleActiveConnections", #"{"contactId":"unknown"}"#),
            ("muteParticipant", #"{"contactId":"c","connectionId":"unknown"}"#),
        ])
    func nothing(method: String, params: String) throws {
        let before = try Shown.agent(contacts: Self.talking)
        let confirmation = try confirmation(of: method, JSON(parsing: params), before: before)
        #expect(confirmation.sign == .anySnapshot && confirmation.needsSync)
        #expect(confirmation.isShown(by: nil))
    }

    @Test("params that are too long to keep → any new snapshot confirms")
    func bounds() throws {
        let long = JSON.string(String(repeating: "x", count: 100_000))
        let before = try Shown.agent()
        let cases: [(String, JSON)] = [
            ("holdConnection", ["contactId": long, "connectionId": long]), ("clearContact", ["contactId": long]),
            ("putAgentState", ["state": ["name": long]]),
            ("updateAgentConfiguration", ["configuration": ["agentPreferences": ["a": long]]]),
        ]
        for (method, params) in cases {
            #expect(try confirmation(of: method, params, before: before).sign == .anySnapshot, "\(method)")
        }
    }
}

private func confirmation(of method: String, _ params: JSON, before: AgentData?) throws -> ConduitCore.Confirmation {
    Confirmation(try #require(ServiceOperation(method)).effect, params, before: before)
}
