// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("Choosing a contact and a leg")
struct ContactChoiceTests {
    /// A contact with the agent's leg in that state: a call if only the contact's state is given, else of that type.
    static func contact(
        _ id: String, _ typeOrState: String, _ stateOfType: String? = nil, own: String = "connected",
        customer: String = "connected", mute: Bool? = nil, monitor: String? = nil, _ others: JSON...
    ) -> ContactData {
        let (type, state) = stateOfType.map { (typeOrState, $0) } ?? ("voice", typeOrState)
        var agent = JSONObject([
            ("connectionId", "agent-leg"), ("type", monitor == nil ? "agent" : "monitoring"),
            ("state", ["type": .string(own)]),
        ])
        agent["mute"] = mute.map { .bool($0) }
        agent["monitorStatus"] = monitor.map { .string($0) }
        agent["monitoringInfo"] = monitor.map { _ in ["agent": ["agentName": "Sam"]] }
        let initial: JSON = [
            "connectionId": "customer-leg", "type": "inbound", "initial": true, "state": ["type": .string(customer)],
            "endpoint": ["phoneNumber": "+15550100"],
        ]
        return ContactData(
            json: JSONObject([
                ("contactId", .string(id)), ("type", .string(type)), ("state", ["type": .string(state)]),
                ("connections", .array([.object(agent), initial] + others)),
            ]))
    }

    private static let ringing = contact("ring-1", "connecting", own: "connecting")
    private static let call = contact("call-1", "connected")
    private static let held = contact("call-2", "connected", customer: "hold")
    private static let consult = contact("call-3", "connected", customer: "hold", Agents.leg("third-leg", "connected"))
    private static let chat = contact("chat-1", "chat", "connected")
    private static let task = contact("task-1", "task", "connected")
    private static let paused = contact("task-2", "task", "paused")
    private static let over = contact("over-1", "ended", own: "disconnected", customer: "disconnected")
    private static let listened = contact("mon-1", "connected", own: "silent_monitor", monitor: "SILENT_MONITOR")
    private static let barged = contact("mon-2", "connected", own: "barge", monitor: "BARGE")

    private static let possible: [(ContactData, String)] = [
        (ringing, "accept reject"), (call, "hang-up hold mute unmute dtmf add"),
        (contact("m", "connected", mute: true), "hang-up hold unmute dtmf add"),
        (contact("m", "connected", mute: false), "hang-up hold mute dtmf add"),
        (held, "hang-up resume mute unmute add"),
        (consult, "hang-up hold resume mute unmute dtmf add conference toggle"), (chat, "hang-up transfer add"),
        (task, "hang-up pause transfer complete"), (paused, "hang-up resume complete"), (over, "clear"),
        (listened, "hang-up barge"), (barged, "hang-up hold mute unmute dtmf add monitor"),
    ]

    @Test("what is possible with a contact", arguments: possible)
    func possibilities(contact: ContactData, expected: String) {
        #expect(ContactAction.possible(contact).map(\.rawValue).joined(separator: " ") == expected)
    }

    @Test("a listener's own leg is not that of the agent who is listened to")
    func listening() {
        let sam: JSON = [
            "connectionId": "sam-leg", "type": "agent", "state": ["type": "connected"], "endpoint": ["name": "Sam"],
        ]
        let ringing = Self.contact("m", "connecting", own: "connecting", monitor: "SILENT_MONITOR", sam)
        #expect(ContactAction.possible(ringing).map(\.rawValue) == ["accept", "reject"])
        let contact = Self.contact("m", "connected", own: "silent_monitor", monitor: "SILENT_MONITOR", sam)
        #expect(contact.agentConnection?.connectionId == "agent-leg")
        #expect(
            ContactText.present(contact, "m")
                == "call from +15550100 (m) is connected; the agent listening, Sam connected")
    }

    @Test("under supervision, an agent can mute itself and leave")
    func supervised() {
        let supervisor: JSON = [
            "connectionId": "s", "type": "monitoring", "state": ["type": "barge"], "monitorStatus": "BARGE",
        ]
        let contact = Self.contact("c", "connected", mute: false, supervisor)
        #expect(ContactAction.possible(contact).map(\.rawValue) == ["hang-up", "mute"])
        #expect(ContactText.present(contact, "c").hasSuffix("another party taking part"))
    }

    private static let chosen: [(ContactAction, String?, String?)] = [
        (.accept, nil, "ring-1"), (.resume, nil, "call-2"), (.pause, nil, "task-1"), (.clear, nil, "over-1"),
        (.accept, "call-1", "call-1"), (.accept, "ri", "ring-1"), (.hold, nil, "call-1"), (.transfer, nil, nil),
        (.accept, "call", nil), (.accept, "none", nil), (.accept, "", nil), (.toggle, nil, nil),
    ]

    @Test("the one that fits, or the one that is named", arguments: chosen)
    func chooses(action: ContactAction, typed: String?, expected: String?) {
        let choice = ContactChoice(contacts: [Self.ringing, Self.call, Self.held, Self.chat, Self.task, Self.over])
        #expect((try? choice.contact(typed, for: action))?.contactId == expected)
    }

    private static let failures: [(ContactAction, String?, [ContactData], CommandStatus, String, [String])] = [
        (
            .accept, nil, [], .conflict, "no contact rings: the agent has no contact",
            ["partyline wait contact::init --or-now   waits for one"]
        ),
        (
            .show, nil, [], .conflict, "the agent has no contact",
            ["partyline wait contact::init --or-now   waits for one"]
        ),
        (
            .accept, nil, [over], .conflict, "no contact rings; there is: call from +15550100, ended",
            ["partyline contact clear over-1   call from +15550100"]
        ),
        (
            .transfer, nil, [chat, task], .usage, "2 contacts fit; name one by the first letters of its id",
            [
                "partyline contact transfer QUICK-CONNECT chat-1   chat chat-1, connected",
                "partyline contact transfer QUICK-CONNECT task-1   task task-1, connected",
            ]
        ),
        (
            .hold, "call", [call, consult], .usage, "2 contacts have an id that begins with call",
            [
                "partyline contact hold call-1   call from +15550100, connected",
                "partyline contact hold call-3   call from +15550100, connected",
            ]
        ),
        (
            .accept, "x", [ringing, over], .failure, "there is no contact x",
            ["partyline contact accept ring-1   call from +15550100, connecting", "partyline contact list"]
        ),
    ]

    @Test("no contact, several, or a wrong id → what there is, and the commands that work", arguments: failures)
    func fails(
        action: ContactAction, typed: String?, contacts: [ContactData], status: CommandStatus, message: String,
        next: [String]
    ) {
        let failure = #expect(throws: CommandFailure.self) {
            try ContactChoice(contacts: contacts).contact(typed, for: action)
        }
        #expect(failure == CommandFailure(status: status, message: message, next: next))
    }

    @Test("a suggested command has what was typed before the contact")
    func keepsArguments() {
        let chats = ["chat-1", "chat-2"].map { id in
            ContactData(
                json: JSONObject([
                    ("contactId", .string(id)), ("type", "chat"), ("state", ["type": "connected"]),
                    ("connections", [["connectionId": "l", "type": "agent", "state": ["type": "connected"]]]),
                ]))
        }
        let failure = #expect(throws: CommandFailure.self) {
            try ContactChoice(contacts: chats, arguments: ["Front desk"]).contact(nil, for: .add)
        }
        #expect(failure?.next.first?.hasPrefix("partyline contact add 'Front desk' chat-1   ") == true)
    }

    @Test("short ids: eight letters, or as many as are needed")
    func shortIds() {
        let ids = ["12345678-a1", "12345678-a2", "99999999-9999", "1"]
        let choice = ContactChoice(contacts: ids.map { Self.contact($0, "connected") })
        #expect(choice.contacts.map(choice.shortId) == ["12345678-a1", "12345678-a2", "99999999", "1"])
    }

    private static let legs: [(ContactAction, String?, ContactData, String?)] = [
        (.hold, nil, call, "customer-leg"), (.hold, nil, consult, "third-leg"), (.resume, nil, consult, "customer-leg"),
        (.dtmf, nil, consult, "third-leg"), (.mute, nil, call, "agent-leg"),
        (.hold, "customer", consult, "customer-leg"),
        (.hold, "third-party", consult, "third-leg"), (.hold, "agent", consult, "agent-leg"),
        (.hold, "third-l", consult, "third-leg"), (.hold, "third-party", call, nil), (.hold, "x", call, nil),
        (.hold, nil, held, nil), (.hold, nil, chat, nil),
        (.resume, nil, contact("c", "connected", own: "hold"), "agent-leg"),
    ]

    @Test("the leg that is meant", arguments: legs)
    func leg(action: ContactAction, name: String?, contact: ContactData, expected: String?) {
        #expect((try? LegChoice.leg(name, for: action, of: contact))?.connectionId == expected)
    }

    @Test("a leg that is not there → the legs there are")
    func noLeg() {
        let failure = #expect(throws: CommandFailure.self) {
            try LegChoice.leg("x", for: .hold, of: Self.call)
        }
        #expect(failure?.message == #"call from +15550100 has no leg "x""#)
        #expect(
            failure?.next == [
                "partyline contact hold call-1 --connection agent-leg   the agent, connected",
                "partyline contact hold call-1 --connection customer-leg   the customer, connected",
            ])
    }

    @Test("refused by the service → the reason, and what is possible instead")
    func refused() {
        let desk = Desk(["agent": Agents.with(.object(Self.over.json)).json], now: 0)
        let refusal = ProtocolFailure(code: "conflict", message: "acceptContact was refused")
        let failure = ContactRefusal.failure(refusal, Self.over, desk)
        #expect(
            failure
                == CommandFailure(
                    status: .conflict, message: "call from +15550100, ended: acceptContact was refused",
                    next: ["partyline contact clear over-1   call from +15550100"]))
        #expect(ContactRefusal.failure(refusal, Self.call, desk).message.hasPrefix("call from +15550100 is gone"))
        let denied = ProtocolFailure(code: "not_permitted", message: "no")
        #expect(ContactRefusal.failure(denied, Self.call, desk).status == .denied)
    }

    private static let sentences: [(ContactData, String)] = [
        (ringing, "call from +15550100 (x) is connecting"), (call, "call from +15550100 (x) is connected"),
        (held, "call from +15550100 (x) is connected; the customer on hold"),
        (consult, "call from +15550100 (x) is connected; the customer on hold, Bob connected"),
        (contact("c", "connected", mute: true), "call from +15550100 (x) is connected; muted"),
        (over, "call from +15550100 (x) has ended"),
    ]

    @Test("what is so now", arguments: sentences)
    func present(contact: ContactData, expected: String) { #expect(ContactText.present(contact, "x") == expected) }

    @Test("the table: padded columns, the last one not")
    func table() {
        let desk = Desk(["agent": Agents.with(.object(Self.call.json)).json], now: 0)
        #expect(
            Table.lines(ContactText.header, [ContactText.row(Self.call, desk)], .plain) == [
                "ID      TYPE   STATE      FOR  CUSTOMER   QUEUE  POSSIBLE NOW",
                "call-1  voice  connected       +15550100         hang-up hold mute unmute dtmf add",
            ])
        #expect(Table.lines(["A", "B"], [["x", ""]], .plain) == ["A  B", "x"])
        let json = ContactText.json(Self.chat, desk)
        #expect(json["possible"] == ["hang-up", "transfer", "add"] && json["type"] == "chat")
    }

    @Test("a duration is on the service's clock")
    func skew() {
        var agent = Agents.agent()
        agent.snapshot.json["state"] = ["name": "Lunch", "startTimestamp": "1970-01-01T00:00:10.000Z"]
        agent.snapshot.json["skew"] = 5000
        let desk = Desk(["agent": agent.json], now: 65_000)
        #expect(desk.elapsed(since: "1970-01-01T00:00:10.000Z") == 60_000)
        #expect(desk.sentence == "Ada is Lunch for 1 min" && desk.json["durationMs"] == 60_000)
        #expect(desk.elapsed(since: "1970-01-01T00:02:00.000Z") == 0 && desk.elapsed(since: nil) == nil)
    }

    @Test("the call of voice-id: the only one, or the one that is named")
    func call() {
        let call = Self.contact("call-1", "connected")
        let other = Self.contact("call-2", "connected")
        let chat = Self.contact("chat-1", "chat", "connected")
        #expect((try? VoiceIDOptions.call(nil, among: [call, chat]))?.contactId == "call-1")
        #expect((try? VoiceIDOptions.call("call-2", among: [call, other]))?.contactId == "call-2")
        #expect(throws: CommandFailure.self) { try VoiceIDOptions.call(nil, among: [call, other]) }
        #expect(throws: CommandFailure.self) { try VoiceIDOptions.call(nil, among: [chat]) }
    }
}
