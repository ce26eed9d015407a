/// A session of Voice ID: how far it is follows from the time alone.
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

    /// Seconds until the audio flows.
    static let configuring = 2.0
    /// Seconds of audio that an evaluation needs.
    static let evaluationSpeech = 10.0
    /// Seconds of audio that an enrollment needs.
    static let enrollmentSpeech = 30.0
    /// Seconds that the making of a voiceprint takes.
    static let enrolling = 5.0

    var id: String
    /// Epoch seconds of the caller, as all of these.
    var startedAt: Double
    var endedAt: Double?
    var speakerId: String?
    var enrollmentRequestedAt: Double?
    /// Whether the speaker has been enrolled by it.
    var isEnrollmentBooked = false

    init(id: String, startedAt: Double, speakerId: String?) {
        self.id = id
        self.startedAt = startedAt
        self.speakerId = speakerId
    }

    /// When the audio began to flow.
    var streamingSince: Double { startedAt + Self.configuring }
    /// When there is enough audio for an evaluation.
    var evaluableAt: Double { streamingSince + Self.evaluationSpeech }
    /// When there is enough audio for the enrollment that was asked for.
    var enrollableAt: Double? { enrollmentRequestedAt.map { max($0, streamingSince) + Self.enrollmentSpeech } }

    func streaming(at now: Double) -> Streaming {
        if endedAt != nil { return .ended }
        return now < streamingSince ? .pending : .ongoing
    }

    /// Whether enough has been said for an evaluation.
    func isEvaluable(at now: Double) -> Bool { evaluableAt <= min(now, endedAt ?? now) }

    /// How far the enrollment is; nil: none was asked for.
    func enrollment(at now: Double) -> Enrollment? {
        guard let enough = enrollableAt else { return nil }
        if let endedAt, endedAt < enough { return .failed }
        if now < enough { return .notEnoughSpeech }
        return now < enough + Self.enrolling ? .inProgress : .completed
    }
}
