// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConnectStreams

@Suite("Voice ID: what an answer means")
struct VoiceIDDecisionTests {
    private static let again = VoiceIDDecision.again(milliseconds: 5000)

    private static func answer(_ streaming: String, _ caller: String?, _ fraud: String?) -> JSON {
        var object = JSONObject([("StreamingStatus", .string(streaming))])
        object["AuthenticationResult"] = caller.map { ["Decision": .string($0)] }
        object["FraudDetectionResult"] = fraud.map { ["Decision": .string($0)] }
        return .object(object)
    }

    /// Streaming, both decisions, and the words for both; nil: ask again.
    private static let evaluations: [(String, String?, String?, String?)] = [
        ("PENDING_CONFIGURATION", nil, nil, nil), ("PENDING_CONFIGURATION", "ACCEPT", "LOW_RISK", nil),
        ("ONGOING", nil, nil, "NotEnabled NotEnabled"), ("ONGOING", "ACCEPT", nil, "Authenticated NotEnabled"),
        ("ONGOING", "REJECT", "HIGH_RISK", "NotAuthenticated HighRisk"),
        ("ONGOING", "SPEAKER_OPTED_OUT", "LOW_RISK", "OptedOut LowRisk"),
        ("ONGOING", "SPEAKER_NOT_ENROLLED", "LOW_RISK", "NotEnrolled LowRisk"),
        ("ONGOING", "SPEAKER_EXPIRED", "else", "Error Error"), ("ONGOING", "NOT_ENOUGH_SPEECH", "LOW_RISK", nil),
        ("ONGOING", "ACCEPT", "NOT_ENOUGH_SPEECH", nil), ("ONGOING", "NOT_ENOUGH_SPEECH", nil, nil),
        ("ENDED", "NOT_ENOUGH_SPEECH", "NOT_ENOUGH_SPEECH", "Inconclusive Inconclusive"),
        ("ENDED", "ACCEPT", "NOT_ENOUGH_SPEECH", "Authenticated Inconclusive"),
        ("ENDED", "NOT_ENOUGH_SPEECH", nil, "Inconclusive NotEnabled"),
    ]

    @Test("an evaluation", arguments: evaluations)
    func evaluation(streaming: String, caller: String?, fraud: String?, expected: String?) {
        let decision = VoiceIDDecision.evaluation(Self.answer(streaming, caller, fraud), round: 23)
        guard case .done(let answer) = decision else {
            #expect(decision == Self.again && expected == nil)
            return
        }
        let words = ["AuthenticationResult", "FraudDetectionResult"].map { answer[$0]?["Decision"]?.string ?? "" }
        #expect(words.joined(separator: " ") == expected)
    }

    @Test("the 24th answer is not looked at, nor the 120th of an enrollment")
    func late() {
        #expect(VoiceIDDecision.evaluation(Self.answer("ONGOING", "ACCEPT", nil), round: 24) == .timeout)
        #expect(VoiceIDDecision.enrollment(Self.session("COMPLETED", "ONGOING"), round: 120) == .timeout)
    }

    private static func session(_ status: String?, _ streaming: String) -> JSON {
        let details: JSON = status.map { ["Status": .string($0), "Message": "because"] } ?? .null
        return ["Session": ["EnrollmentRequestDetails": details, "StreamingStatus": .string(streaming)]]
    }

    private static let enrollments: [(String?, String, VoiceIDDecision)] = [
        ("COMPLETED", "ENDED", .done(session("COMPLETED", "ENDED"))), ("IN_PROGRESS", "ENDED", again),
        ("NOT_ENOUGH_SPEECH", "ONGOING", again), ("NOT_ENOUGH_SPEECH", "ENDED", .restart(milliseconds: 8000)),
        ("FAILED", "ONGOING", .failed("FAILED: because")), (nil, "ONGOING", .failed("no status")),
    ]

    @Test("an enrollment", arguments: enrollments)
    func enrollment(status: String?, streaming: String, expected: VoiceIDDecision) {
        let answer = Self.session(status, streaming)
        #expect(VoiceIDDecision.enrollment(answer, round: 119) == expected)
        #expect(VoiceIDDecision.isCollected(answer) == (status == "IN_PROGRESS"))
    }
}
