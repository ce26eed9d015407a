// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("A setting changed by its name")
struct SettingsTests {
    private static let preferences = #"""
        {"configuration":{"name":"Ann","username":"ann","softphoneEnabled":true,"softphoneAutoAccept":false,
        "extension":"","routingProfile":{"name":"Basic","routingProfileARN":"arn:rp",
        "defaultOutboundQueue":{"queueARN":"arn:q","name":"Sales"},"channelConcurrencyMap":{"VOICE":1}},
        "agentPreferences":{"locale":"en_US","a":"1"},"agentARN":"arn:me"}}
        """#

    private func change(_ harness: SessionHarness, _ patch: String, _ port: UInt64 = 1) throws {
        let patch = try #require(try JSON(parsing: patch).object)
        harness.handle(.updateSettings(Fixture.ticket(port), patch: patch))
    }

    /// The configuration that is being written.
    private func written(_ harness: SessionHarness) throws -> JSON {
        let body = try #require(try harness.pending("UpdateAgentConfiguration").body)
        return try #require(try JSON(parsing: body)["configuration"])
    }

    @Test("read, merged, written as a whole, fetched again; the reply has what was set")
    func whole() throws {
        let harness = try SessionHarness.running()
        try change(harness, #"{"extension":"+41441234567"}"#)
        #expect(harness.count(of: "GetAgentConfiguration") == 1 && harness.count(of: "UpdateAgentConfiguration") == 0)
        try harness.answer("GetAgentConfiguration", Self.preferences)
        let expected: JSON = [
            "name": "Ann", "softphoneEnabled": true, "softphoneAutoAccept": false, "extension": "+41441234567",
            "routingProfile": [
                "name": "Basic", "routingProfileARN": "arn:rp",
                "defaultOutboundQueue": ["queueARN": "arn:q", "name": "Sales"],
            ],
            "agentPreferences": ["locale": "en_US", "a": "1"],
        ]
        #expect(try written(harness) == expected)
        #expect(harness.replies.isEmpty && harness.count(of: "GetAgentConfiguration") == 0)
        try harness.answer("UpdateAgentConfiguration")
        #expect(harness.replies.map(\.result) == [.success(["configuration": expected])])
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        try harness.completeRound()
        #expect(harness.agents.count == 1)
        #expect(
            harness.published.map { $0.data?["name"] }.prefix(2) == [
                "getAgentConfiguration", "updateAgentConfiguration",
            ])
    }

    @Test(
        "members of objects are merged one by one, and null removes one",
        arguments: [
            (#"{"agentPreferences":{"locale":"de_DE","a":null}}"#, "agentPreferences", #"{"locale":"de_DE"}"#),
            (#"{"agentPreferences":{"b":"2"}}"#, "agentPreferences", #"{"locale":"en_US","a":"1","b":"2"}"#),
            (
                #"{"routingProfile":{"defaultOutboundQueue":{"queueARN":"arn:x"}}}"#, "routingProfile",
                #"{"name":"Basic","routingProfileARN":"arn:rp","#
                    + #""defaultOutboundQueue":{"queueARN":"arn:x","name":"Sales"}}"#
            ),
            (#"{"softphoneEnabled":false,"extension":"+1"}"#, "softphoneEnabled", "false"),
            (#"{"voiceEnhancementMode":"NONE"}"#, "voiceEnhancementMode", #""NONE""#),
        ])
    func merged(patch: String, member: String, value: String) throws {
        let harness = try SessionHarness.running()
        try change(harness, patch)
        try harness.answer("GetAgentConfiguration", Self.preferences)
        #expect(try written(harness)[member] == (try JSON(parsing: value)))
    }

    @Test("two programs at once → one after the other, and both hold")
    func two() throws {
        let harness = try SessionHarness.running()
        try change(harness, #"{"extension":"+1"}"#, 1)
        try change(harness, #"{"softphoneAutoAccept":true}"#, 2)
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        #expect(try written(harness)["softphoneAutoAccept"] == false)
        // What the service has after the first change.
        let between: JSON = ["configuration": try written(harness)]
        try harness.answer("UpdateAgentConfiguration")
        #expect(harness.codes == ["1 ok"])
        // One call for everyone, one for the second change.
        #expect(harness.count(of: "GetAgentConfiguration") == 2)
        for _ in 1...2 { try harness.answer("GetAgentConfiguration", between.text) }
        let second = try written(harness)
        #expect(second["extension"] == "+1" && second["softphoneAutoAccept"] == true)
        try harness.answer("UpdateAgentConfiguration")
        #expect(harness.codes == ["1 ok", "2 ok"])
        try change(harness, #"{"extension":"+2"}"#, 3)
        #expect(harness.count(of: "UpdateAgentConfiguration") == 0)
    }

    /// A patch that is refused, and parts of the error.
    struct Row: Sendable {
        let patch: String
        let message: String
        var hint: String?
    }

    private static let names =
        "name, softphoneEnabled, softphoneAutoAccept, extension, routingProfile, agentPreferences, voiceEnhancementMode"

    private static let rows = [
        Row(patch: "{}", message: "params.patch names no setting; there are \(names)"),
        Row(
            patch: #"{"extention":"+1"}"#, message: #"params.patch has no member "extention"; there are \#(names)"#,
            hint: #"did you mean "extension"?"#),
        Row(patch: #"{"username":"x"}"#, message: #"no member "username""#),
        Row(patch: #"{"zzzzzzzzz":1}"#, message: names),
        Row(patch: #"{"extension":null}"#, message: "params.patch.extension cannot be null"),
        Row(patch: #"{"softphoneEnabled":"yes"}"#, message: "Expected params.patch.softphoneEnabled to be a boolean"),
        Row(
            patch: #"{"voiceEnhancementMode":1}"#, message: "Expected params.patch.voiceEnhancementMode to be a string"),
        Row(
            patch: #"{"agentPreferences":{"a":1}}"#,
            message: "Expected params.patch.agentPreferences['a'] to be a string"),
        Row(
            patch: #"{"routingProfile":{"queues":[]}}"#,
            message: #"params.patch.routingProfile has no member "queues"; there are name, routingProfileARN, "#),
        Row(
            patch: #"{"routingProfile":{"defaultOutboundQueue":{"queueId":"x"}}}"#,
            message: #"params.patch.routingProfile.defaultOutboundQueue has no member "queueId""#,
            hint: nil),
        Row(
            patch: #"{"agentPreferences":{"locale":"de_CH"}}"#,
            message: "params.patch.agentPreferences.locale is none of",
            hint: #"did you mean "de_DE"?"#),
        Row(
            patch: #"{"agentPreferences":{"a":"\#(String(repeating: "x", count: 9_000))"}}"#,
            message: "params.patch is longer than 8192 bytes"),
    ]

    @Test("a patch that cannot be right → invalid_params with what is possible, and nothing is sent", arguments: rows)
    func refused(row: Row) throws {
        let harness = try SessionHarness.running()
        try change(harness, row.patch)
        let error = try #require(harness.errors.first)
        #expect(error.code == .invalidParams && error.message.contains(row.message), "\(error.message)")
        if let hint = row.hint { #expect(error.hint == hint) }
        #expect(harness.sends(of: "GetAgentConfiguration") == 0)
    }

    @Test("an unknown name that no setting resembles → no suggestion")
    func noSuggestion() throws {
        let harness = try SessionHarness.running()
        try change(harness, #"{"zzzzzzzzz":1}"#)
        #expect(harness.errors.first?.hint == nil && harness.errors.count == 1)
    }

    private static func response(_ status: Int, _ body: String = #"{"__type":"X","message":"m"}"#) -> HTTPOutcome {
        .response(status: status, reason: "", body: Array(body.utf8))
    }

    @Test(
        "the configuration cannot be read → nothing is written, and the next change goes on",
        arguments: [
            (response(400), .unavailable), (response(500), .unavailable), (response(429), .tooMany),
            (.failure("reset"), .unavailable), (response(200, "{}"), .unavailable), (response(200, "x"), .unavailable),
            (response(200, #"{"configuration":{"name":"Ann"}}"#), .unavailable),
            (response(401), .unauthorized), (response(403), .notPermitted),
        ] as [(HTTPOutcome, ProtocolError.Code)])
    func unreadable(outcome: HTTPOutcome, code: ProtocolError.Code) throws {
        let harness = try SessionHarness.running()
        try change(harness, #"{"extension":"+1"}"#, 1)
        try change(harness, #"{"extension":"+2"}"#, 2)
        try harness.endForGood("GetAgentConfiguration", outcome)
        #expect(harness.codes == ["1 \(code.rawValue)"] && harness.sends(of: "UpdateAgentConfiguration") == 0)
        #expect(harness.errors.first?.message.hasPrefix("the setting was not changed") == true)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        #expect(try written(harness)["extension"] == "+2")
    }

    @Test(
        "the configuration is not taken → the error says whether it may have been",
        arguments: [
            (response(400), .invalidParams, false), (response(429), .tooMany, false),
            (response(500), .unavailable, true),
            (.failure("reset"), .unavailable, true), (response(200, "x"), .unavailable, true),
            (response(403), .notPermitted, false),
        ] as [(HTTPOutcome, ProtocolError.Code, Bool)])
    func notTaken(outcome: HTTPOutcome, code: ProtocolError.Code, isUncertain: Bool) throws {
        let harness = try SessionHarness.running()
        try change(harness, #"{"extension":"+1"}"#, 1)
        try change(harness, #"{"extension":"+2"}"#, 2)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        try harness.endForGood("UpdateAgentConfiguration", outcome)
        #expect(harness.codes == ["1 \(code.rawValue)"])
        #expect(harness.errors.first?.message.hasSuffix("it is not known whether it was done") == isUncertain)
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        #expect(try written(harness)["extension"] == "+2")
    }

    @Test("64 changes at a time; no session → not_ready")
    func limits() throws {
        let harness = try SessionHarness.running()
        for port in 1...65 as ClosedRange<UInt64> { try change(harness, #"{"extension":"+1"}"#, port) }
        #expect(harness.codes == ["65 too_many"])
        let early = SessionHarness()
        try change(early, #"{"extension":"+1"}"#)
        #expect(early.codes == ["1 not_ready"])
    }

    @Test(
        "the session ends, or is another person's → an error each; only the change under way may have been made",
        arguments: SessionHarness.Ending.allCases, [true, false])
    func ended(ending: SessionHarness.Ending, isWriting: Bool) throws {
        let harness = try SessionHarness.authorized()
        try change(harness, #"{"extension":"+1"}"#, 1)
        try change(harness, #"{"extension":"+2"}"#, 2)
        if isWriting { try harness.answer("GetAgentConfiguration", Fixture.configuration) }
        let call = harness.calls.last {
            ["GetAgentConfiguration", "UpdateAgentConfiguration"].contains($0.call.purpose)
        }
        let id = try #require(call?.id)
        try harness.end(by: ending)
        #expect(harness.codes.prefix(2) == ["1 \(ending.code.rawValue)", "2 \(ending.code.rawValue)"])
        let isInDoubt = harness.errors.prefix(2).map { $0.message.hasSuffix("it is not known whether it was done") }
        #expect(isInDoubt == [isWriting, false])
        let count = harness.replies.count
        let late = Array(Fixture.configuration.utf8)
        #expect(harness.handle(.http(id, .response(status: 200, reason: "", body: late))) == [])
        #expect(harness.count(of: "UpdateAgentConfiguration") == 0 && harness.replies.count == count)
    }
}
