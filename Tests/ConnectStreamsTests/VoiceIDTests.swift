// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Synchronization
import Testing

@testable import ConnectStreams

/// A Voice ID service that answers from a script, and takes no time.
private final class ScriptedVoiceID: VoiceIDCaller, Sendable {
    struct Unknown: Error {}
    struct Broken: Error {}

    private struct State {
        var answers: [String: [Result<JSON, any Error>]]
        var calls: [String] = []
        var paused = Duration.zero
    }

    private let state: Mutex<State>

    init(_ answers: [String: [Result<JSON, any Error>]]) { state = Mutex(State(answers: answers)) }

    var calls: [String] { state.withLock { $0.calls } }
    var paused: Duration { state.withLock { $0.paused } }

    /// The last answer of an operation is repeated.
    func call(_ operation: String, _ params: JSON) throws -> JSON {
        try state.withLock { state in
            let name = String(operation.split(separator: ".").last ?? "")
            state.calls.append(name)
            guard let answers = state.answers[name], let first = answers.first else { return [:] }
            if answers.count > 1 { state.answers[name]?.removeFirst() }
            return try first.get()
        }
    }

    func isUnknown(_ error: any Error) -> Bool { error is Unknown }

    func pause(_ duration: Duration) { state.withLock { $0.paused += duration } }
}

@Suite("Voice ID")
struct VoiceIDTests {
    private static let speaker: [Result<JSON, any Error>] = [.success(["contactData": ["customerId": "kim"]])]
    private static let domain: [Result<JSON, any Error>] = [
        .success(["IntegrationAssociationSummaryList": [["IntegrationArn": "arn:aws:voiceid:x:1:domain/d1"]]])
    ]

    private static func voiceID(
        _ answers: [String: [Result<JSON, any Error>]], connections: Int = 2, permissions: JSON = ["voiceId"]
    ) throws -> (VoiceID<ScriptedVoiceID>, ScriptedVoiceID) {
        let known = ["getContact": speaker, "listIntegrationAssociations": domain]
        let caller = ScriptedVoiceID(known.merging(answers) { $1 })
        let legs = (0..<connections).map { _ -> JSON in ["state": ["type": "connected"]] }
        let contact = ContactData(json: JSONObject([("contactId", "c1"), ("connections", .array(legs))]))
        let configuration = AgentConfiguration(json: JSONObject([("permissions", permissions)]))
        return (try VoiceID(contact, configuration, caller), caller)
    }

    private static func kind(_ body: () async throws -> Void) async -> VoiceIDError.Kind? {
        do { try await body() } catch { return (error as? VoiceIDError)?.type }
        return nil
    }

    @Test("without the permission, or in a conference, there is no Voice ID")
    func refused() async {
        #expect(await Self.kind { _ = try Self.voiceID([:], permissions: []) } == .notPermitted)
        #expect(await Self.kind { _ = try Self.voiceID([:], connections: 3) } == .notSupportedOnConferenceCalls)
    }

    @Test("evaluation: asks every five seconds until both decisions are there")
    func evaluates() async throws {
        let pending: JSON = ["StreamingStatus": "PENDING_CONFIGURATION"]
        let decided: JSON = [
            "StreamingStatus": "ONGOING", "AuthenticationResult": ["Decision": "ACCEPT"],
            "FraudDetectionResult": ["Decision": "LOW_RISK"],
        ]
        let (voiceID, caller) = try Self.voiceID([
            "evaluateSession": [.success(pending), .success(pending), .success(decided)],
            "startVoiceIdSession": [.success(["sessionId": "s"])],
        ])
        let answer = try await voiceID.evaluateSpeaker(startNew: true)
        #expect(answer.authentication == .authenticated && answer.fraudDetection == .lowRisk)
        #expect(caller.paused == .seconds(20))
        #expect(caller.calls.filter { $0 == "startVoiceIdSession" }.count == 1)
        #expect(caller.calls.filter { $0 == "updateSession" }.count == 1)
    }

    @Test("an evaluation that never ends is given up after about two minutes")
    func givesUp() async throws {
        let (voiceID, caller) = try Self.voiceID([
            "evaluateSession": [.success(["StreamingStatus": "PENDING_CONFIGURATION"])]
        ])
        #expect(await Self.kind { _ = try await voiceID.evaluateSpeaker() } == .evaluateSpeakerTimeout)
        #expect(caller.paused == .seconds(23 * 5))
    }

    @Test("enrollment: an opt-out is withdrawn, too little speech begins a new session, the callback comes once")
    func enrolls() async throws {
        func session(_ status: String, _ streaming: String) -> Result<JSON, any Error> {
            .success([
                "Session": [
                    "EnrollmentRequestDetails": ["Status": .string(status)], "StreamingStatus": .string(streaming),
                ]
            ])
        }
        let (voiceID, caller) = try Self.voiceID([
            "describeSpeaker": [.success(["Speaker": ["Status": "OPTED_OUT"]])],
            "startVoiceIdSession": [.success(["sessionId": "s"])],
            "describeSession": [
                session("NOT_ENOUGH_SPEECH", "ENDED"), session("IN_PROGRESS", "ONGOING"),
                session("IN_PROGRESS", "ONGOING"), session("COMPLETED", "ONGOING"),
            ],
        ])
        let collected = Mutex(0)
        _ = try await voiceID.enrollSpeaker { _ in collected.withLock { $0 += 1 } }
        #expect(collected.withLock { $0 } == 1)
        #expect(caller.calls.contains("deleteSpeaker") && caller.calls.contains("startVoiceIdSession"))
        #expect(caller.paused == .seconds(8 + 5 + 5))
    }

    @Test(
        "errors: what the service does not know, and what fails, by operation",
        arguments: [
            ("describeSpeaker", true, nil), ("describeSpeaker", false, .getSpeakerStatusFailed),
            ("getContact", false, .getSpeakerIdFailed), ("listIntegrationAssociations", false, .getDomainIdFailed),
        ] as [(String, Bool, VoiceIDError.Kind?)])
    func failures(operation: String, isUnknown: Bool, expected: VoiceIDError.Kind?) async throws {
        let error: any Error = isUnknown ? ScriptedVoiceID.Unknown() : ScriptedVoiceID.Broken()
        let (voiceID, _) = try Self.voiceID([operation: [.failure(error)]])
        let found = await Self.kind {
            let status = try await voiceID.speakerStatus()
            #expect(status == nil)
        }
        #expect(found == expected)
    }

    @Test("a session that does not exist, a contact without a speaker, an instance without a domain")
    func missing() async throws {
        let (none, _) = try Self.voiceID(["updateSession": [.failure(ScriptedVoiceID.Unknown())]])
        #expect(await Self.kind { try await none.updateSpeakerId("kim") } == .sessionNotExists)
        let (anonymous, _) = try Self.voiceID(["getContact": [.success([:])]])
        #expect(await Self.kind { _ = try await anonymous.speakerId() } == .noSpeakerIdFound)
        let (nowhere, _) = try Self.voiceID(["listIntegrationAssociations": [.success([:])]])
        #expect(await Self.kind { _ = try await nowhere.domainId() } == .noDomainIdFound)
    }
}
