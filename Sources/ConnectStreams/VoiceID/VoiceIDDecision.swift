// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// What an answer of Voice ID means for a program that waits: Streams' rules. Pure.
enum VoiceIDDecision: Equatable {
    /// Nothing more will come; with the answer as it is shown.
    case done(JSON)
    /// Ask again after a pause.
    case again(milliseconds: Int)
    /// The audio ended too early: begin a new session after a pause, and ask again.
    case restart(milliseconds: Int)
    case failed(String)
    case timeout

    private static let pause = VoiceIDDecision.again(milliseconds: 5000)
    private static let tooLittle: JSON = "NOT_ENOUGH_SPEECH"
    private static let off: JSON = "NotEnabled"
    private static let open: JSON = "Inconclusive"

    /// An answer of evaluateSession.
    ///
    /// - Parameter round: 1 for the first answer. The 24th is not looked at any more.
    static func evaluation(_ answer: JSON, round: Int) -> VoiceIDDecision {
        if round >= 24 { return .timeout }
        if answer["StreamingStatus"] == "PENDING_CONFIGURATION" { return pause }
        let hasEnded = answer["StreamingStatus"] == "ENDED"
        let caller = decision(answer["AuthenticationResult"], hasEnded)
        let fraud = decision(answer["FraudDetectionResult"], hasEnded)
        if caller == tooLittle || fraud == tooLittle { return pause }
        var shown = answer.object ?? JSONObject()
        shown["AuthenticationResult"] = result(answer["AuthenticationResult"], word(caller, among: callers))
        shown["FraudDetectionResult"] = result(answer["FraudDetectionResult"], word(fraud, among: frauds))
        return .done(.object(shown))
    }

    private static func decision(_ result: JSON?, _ hasEnded: Bool) -> JSON {
        guard let result, !result.isNull else { return off }
        let decision = result["Decision"] ?? .null
        return decision == tooLittle && hasEnded ? open : decision
    }

    private static let callers: [String: String] = [
        "ACCEPT": "Authenticated", "REJECT": "NotAuthenticated", "SPEAKER_OPTED_OUT": "OptedOut",
        "SPEAKER_NOT_ENROLLED": "NotEnrolled",
    ]
    private static let frauds = ["HIGH_RISK": "HighRisk", "LOW_RISK": "LowRisk"]

    /// Streams' word for a decision. In Streams, one that is inconclusive beside a decided one is an Error, by mistake.
    private static func word(_ decision: JSON, among words: [String: String]) -> JSON {
        if decision == off || decision == open { return decision }
        return .string(decision.string.flatMap { words[$0] } ?? "Error")
    }

    private static func result(_ result: JSON?, _ decision: JSON) -> JSON {
        var object = result?.object ?? JSONObject()
        object["Decision"] = decision
        return .object(object)
    }

    /// An answer of describeSession during an enrollment.
    ///
    /// - Parameter round: 1 for the first answer. The 120th is not looked at any more.
    static func enrollment(_ answer: JSON, round: Int) -> VoiceIDDecision {
        if round >= 120 { return .timeout }
        let session = answer["Session"]
        let details = session?["EnrollmentRequestDetails"]
        switch details?["Status"]?.string {
        case "COMPLETED": return .done(answer)
        case "IN_PROGRESS": return pause
        case "NOT_ENOUGH_SPEECH":
            return session?["StreamingStatus"] == "ENDED" ? .restart(milliseconds: 8000) : pause
        case let status:
            let message = details?["Message"]?.string.map { ": \($0)" } ?? ""
            return .failed("\(status ?? "no status")\(message)")
        }
    }

    /// All audio for the enrollment has been collected: the caller need not go on speaking.
    static func isCollected(_ answer: JSON) -> Bool {
        answer["Session"]?["EnrollmentRequestDetails"]?["Status"] == "IN_PROGRESS"
    }
}
