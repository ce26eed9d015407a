// SPDX-License-Identifier: Apache-2.0

/// A Voice ID session. Its progress is a function of the time, so it needs no timers.
struct VoiceIDSession: Sendable, Equatable {
    enum Streaming: String, Sendable {
        case pending = "PENDING_CONFIGURATION"
        case ongoing = "ONGOING"
        case ended = "ENDED"
    }

    enum Enrollment: String, Sendable {
        case notEnoughSpeech = "NOT_ENOUGH_SPEECH"
        case inProgress = "IN_PROGRESS"
        case completed = "COMPLETED"
        case failed = "FAILED"
    }

    /// Seconds until the audio streams.
    static let configuring = 2.0
    /// Seconds of audio that an evaluation needs.
    static let evaluationSpeech = 10.0
    /// Seconds of audio that an enrollment needs.
    static let enrollmentSpeech = 30.0
    /// Seconds that the service needs to compute a voiceprint.
    static let enrolling = 5.0

    var id: String
    /// Epoch seconds of the caller's clock, like all times here.
    var startedAt: Double
    var endedAt: Double?
    var speakerId: String?
    var enrollmentRequestedAt: Double?
    /// Whether the completed enrollment has set the speaker's status.
    var isEnrollmentApplied = false

    init(id: String, startedAt: Double, speakerId: String?) {
        self.id = id
        self.startedAt = startedAt
        self.speakerId = speakerId
    }

    var streamingSince: Double { startedAt + Self.configuring }
    /// When there is enough audio for an evaluation.
    var evaluableAt: Double { streamingSince + Self.evaluationSpeech }
    /// When there is enough audio for the requested enrollment; nil if none was requested.
    var enrollableAt: Double? { enrollmentRequestedAt.map { max($0, streamingSince) + Self.enrollmentSpeech } }

    func streaming(at now: Double) -> Streaming {
        if endedAt != nil { return .ended }
        return now < streamingSince ? .pending : .ongoing
    }

    /// Whether the session had, or has, enough audio for an evaluation.
    func isEvaluable(at now: Double) -> Bool { evaluableAt <= min(now, endedAt ?? now) }

    /// The enrollment's progress; nil if none was requested.
    func enrollment(at now: Double) -> Enrollment? {
        guard let enough = enrollableAt else { return nil }
        if let endedAt, endedAt < enough { return .failed }
        if now < enough { return .notEnoughSpeech }
        return now < enough + Self.enrolling ? .inProgress : .completed
    }
}
