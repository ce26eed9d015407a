// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import Testing

@testable import partyline

@Suite("Verbs for work: parsing, choices, errors")
struct WorkVerbTests {
    private static let wrong: [[String]] = [
        ["contact", "dtmf", "12x"], ["contact", "dtmf", ""], ["contact", "dtmf"], ["contact", "note", "code"],
        ["contact", "accept", "--timeout", "0"], ["contact", "accept", "a", "b"], ["contact", "transfer"],
        ["agent", "mute", "loud"], ["agent", "mute", "on", "--timeout", "0"], ["agent", "set-state"], ["dial"],
        ["settings", "set", "extension"], ["history", "-n", "0"], ["why"],
    ]

    @Test("invalid arguments → exit status 2", arguments: wrong)
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try PartylineCommand.parseAsRoot(arguments) }
        #expect(error.map { Main.exitCode(PartylineCommand.exitCode(for: $0)).rawValue } == 2)
    }

    @Test("options, then the contact's id, after the verb's own arguments")
    func parsing() throws {
        let typed = ["contact", "hold", "1234", "--connection", "customer", "--no-confirm", "--json"]
        let hold = try #require(try PartylineCommand.parseAsRoot(typed) as? ContactCommand.HoldCommand)
        #expect(hold.target.contact.id == "1234" && hold.leg.connection == "customer")
        #expect(hold.target.action.isUnconfirmed && hold.target.action.format.isJSON)
        let note = try PartylineCommand.parseAsRoot(["contact", "note", "7", "no sound", "1234"])
        let noted = try #require(note as? ContactCommand.NoteCommand)
        #expect(noted.code == "7" && noted.text == "no sound" && noted.target.contact.id == "1234")
        let call = noted.target.action.call(ServiceStep("x", ["a": 1]))
        #expect(call.request == ["method": "x", "params": ["a": 1], "deadlineMs": 30_000, "confirm": true])
        #expect(try PartylineCommand.parseAsRoot(["agent"]) is AgentCommand.StateCommand)
        #expect(try PartylineCommand.parseAsRoot(["contact", "--json"]) is ContactCommand.ListCommand)
        #expect(try PartylineCommand.parseAsRoot(["settings", "get", "extension"]) is SettingsCommand.ReadCommand)
    }

    @Test(
        "global options before, between and after the verbs of a group",
        arguments: [
            (["--socket", "/p", "contact", "accept", "x"], ["contact", "accept", "--socket", "/p", "x"]),
            (["contact", "--socket", "/p", "accept"], ["contact", "accept", "--socket", "/p"]),
            (["--socket", "/p", "agent"], ["agent", "--socket", "/p"]),
            (["--socket", "/p", "contact", "--json"], ["contact", "--socket", "/p", "--json"]),
        ])
    func rearranged(typed: [String], expected: [String]) throws {
        #expect(GlobalOptions.rearranged(typed) == expected)
        #expect(throws: Never.self) { try PartylineCommand.parseAsRoot(expected) }
    }

    @Test(
        "a verb of a group that does not exist → usage, and the most similar one",
        arguments: [
            (["contact", "acept"], #"there is no verb "contact acept""#, "partyline contact accept"),
            (["help", "agent", "sate"], #"there is no verb "agent sate""#, "partyline agent state"),
            (["agent", "qqqqqqqqq"], #"there is no verb "agent qqqqqqqqq""#, "partyline help agent"),
        ])
    func mistyped(arguments: [String], message: String, next: String) {
        let failure = #expect(throws: CommandFailure.self) { try Verbs.check(arguments) }
        #expect(failure?.status == .usage && failure?.message == message && failure?.next.first == next)
    }

    private static let names = ["Available", "Lunch", "Lunch late", "Training"]

    @Test(
        "a name, the beginning of one, or neither",
        arguments: [
            ("available", "Available"), ("LUNCH", "Lunch"), ("tr", "Training"), ("id:Lunch late", "Lunch late"),
            ("lunch l", "Lunch late"), ("L", nil), ("", nil), ("x", nil),
        ])
    func named(typed: String, expected: String?) {
        #expect((try? NamedChoice.of(typed, among: Self.names) { [$0, "id:\($0)"] }) == expected)
    }

    @Test("an unknown state → the states there are, and the nearest word")
    func states() throws {
        let configuration = Agents.agent().configuration
        let failure = #expect(throws: CommandFailure.self) { try StateChoice.state("avialable", of: configuration) }
        #expect(
            failure
                == CommandFailure(
                    status: .usage, message: #"there is no state "avialable"; there is: Available, Lunch"#,
                    next: ["partyline agent set-state Available"]))
        let state = try StateChoice.state("arn:lunch", of: configuration)
        let step = StateChoice.step(state, enqueues: true)
        #expect(step.params == ["state": .object(state.json), "enqueueNextState": true])
        let refusal = ProtocolFailure(code: "conflict", message: "the agent is on a contact")
        let refused = StateChoice.refused(refusal, state, enqueues: false)
        #expect(refused.status == .conflict)
        #expect(
            refused.next.first == "partyline agent set-state Lunch --next   it takes effect when the contact is over")
        #expect(StateChoice.refused(refusal, state, enqueues: true).next == ["partyline status"])
        let nothing = AgentConfiguration(json: JSONObject())
        #expect(throws: CommandFailure.self) { try StateChoice.state("Lunch", of: nothing) }
    }

    @Test(
        "telephone numbers: + and digits; separators are left out",
        arguments: [
            ("+12065550100", "+12065550100"), ("+1 (206) 555-0100", "+12065550100"), ("+49.30/1234", "+49301234"),
            ("12065550100", nil), ("+", nil), ("+1x", nil), ("", nil), ("+1234567890123456", nil),
        ])
    func numbers(typed: String, expected: String?) { #expect(PhoneNumber(typed)?.text == expected) }

    @Test("a quick connect by its name; a number without + is explained")
    func quickConnects() throws {
        let all = [
            Endpoint(
                EndpointData(
                    json: JSONObject([
                        ("name", "Sales queue"), ("type", "queue"), ("endpointARN", "x"), ("endpointId", "x"),
                    ]))),
            Endpoint(EndpointData(json: JSONObject([("name", "Sam"), ("type", "agent")]))),
        ]
        #expect(try QuickConnects.named("sam", among: all, command: "c") == ["name": "Sam", "type": "agent"])
        #expect(
            try QuickConnects.named("sal", among: all, command: "c") == [
                "name": "Sales queue", "type": "queue", "endpointARN": "x",
            ])
        for (typed, message) in [
            ("Sams", #"there is no quick connect "Sams"; there is: Sales queue, Sam"#),
            (
                "2065550100",
                "there is no quick connect (a number has + and country code: +12065550100) \"2065550100\"; there is: "
                    + "Sales queue, Sam"
            ), ("sa", #""sa" is the beginning of Sales queue, Sam"#),
        ] {
            let failure = #expect(throws: CommandFailure.self) {
                try QuickConnects.named(typed, among: all, command: "partyline contact add")
            }
            #expect(failure?.message == message)
        }
    }

    @Test("dial: the queue by name, by ARN, or that of the routing profile")
    func dial() throws {
        let profile: JSON = [
            "queues": [["name": "Sales", "queueARN": "arn:1"], ["name": "Support", "queueARN": "arn:2"]],
            "defaultOutboundQueue": ["queueARN": "arn:9"],
        ]
        let configuration = AgentConfiguration(json: JSONObject([("routingProfile", profile)]))
        let number = try #require(PhoneNumber("+12065550100"))
        for (queue, expected) in [(nil, "arn:9"), ("sup", "arn:2"), ("arn:7", "arn:7"), ("arn:1", "arn:1")] {
            let step = try DialCommand.step(number, queue, configuration)
            #expect(step.params["queueARN"] == .string(expected) && step.method == "createOutboundContact")
        }
        #expect(throws: CommandFailure.self) { try DialCommand.step(number, "x", configuration) }
        let none = try DialCommand.step(number, nil, AgentConfiguration(json: JSONObject()))
        #expect(none.params == ["endpoint": ["type": "phone_number", "phoneNumber": "+12065550100"]])
    }

    private static let configuration = AgentConfiguration(
        json: JSONObject([
            ("softphoneEnabled", true), ("extension", ""), ("agentPreferences", ["LANGUAGE": "en_US"]),
            ("other", 1),
        ]))

    private static let patches: [(String, String, JSON?)] = [
        ("softphoneEnabled", "false", ["softphoneEnabled": false]), ("softphoneEnabled", "no", nil),
        ("extension", "12065550100", ["extension": "12065550100"]), ("extension", "null", nil),
        ("agentPreferences.x", "null", ["agentPreferences": ["x": .null]]),
        ("agentPreferences.LANGUAGE", "de_DE", ["agentPreferences": ["LANGUAGE": "de_DE"]]),
        ("agentPreferences.x.y", "1", ["agentPreferences": ["x.y": "1"]]), ("agentPreferences", "x", nil),
        ("agentPreferences", #"{"a":"b"}"#, ["agentPreferences": ["a": "b"]]),
        ("voiceEnhancementMode", "NONE", ["voiceEnhancementMode": "NONE"]), ("other", "1", nil), ("", "1", nil),
        ("extension.x", "1", nil),
    ]

    @Test("a setting's value → a patch", arguments: patches)
    func settings(name: String, value: String, expected: JSON?) {
        #expect((try? AgentSetting(name).patch(value, in: Self.configuration)) == expected)
    }

    @Test("settings are listed by name; an unknown one → those there are")
    func settingNames() {
        #expect(
            AgentSetting.rows(Self.configuration) == [
                ["softphoneEnabled", "true"], ["extension", ""], ["agentPreferences.LANGUAGE", "en_US"],
            ])
        let failure = #expect(throws: CommandFailure.self) { try AgentSetting("softphoneEnable") }
        #expect(failure?.next == ["partyline settings get softphoneEnabled", "partyline settings get"])
        #expect(failure?.message.contains("voiceEnhancementMode, agentPreferences") == true)
    }

    @Test("a call is not transferred: add, and then hang up")
    func transfer() {
        let failure = ContactCommand.TransferCommand.isCall(
            ContactChoiceTests.contact("c 1", "connected"), "Front desk")
        #expect(failure.next == ["partyline contact add 'Front desk' 'c 1'"])
    }
}
