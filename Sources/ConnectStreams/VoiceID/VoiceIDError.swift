// SPDX-License-Identifier: Apache-2.0

/// Why Voice ID has no answer (Streams' VoiceIdError).
public struct VoiceIDError: Error, Sendable, CustomStringConvertible {
    /// Those of Streams' VoiceIdErrorTypes that occur here. A speaker who is not enrolled is no error: its status is nil.
    public enum Kind: String, Sendable {
        case noSpeakerIdFound = "no_speaker_id_found"
        case getSpeakerIdFailed = "get_speaker_id_failed"
        case getSpeakerStatusFailed = "get_speaker_status_failed"
        case optOutSpeakerFailed = "opt_out_speaker_failed"
        case deleteSpeakerFailed = "delete_speaker_failed"
        case startSessionFailed = "start_session_failed"
        case evaluateSpeakerFailed = "evaluate_speaker_failed"
        case evaluateSpeakerTimeout = "evaluate_speaker_timeout"
        case sessionNotExists = "session_not_exists"
        case describeSessionFailed = "describe_session_failed"
        case enrollSpeakerFailed = "enroll_speaker_failed"
        case enrollSpeakerTimeout = "enroll_speaker_timeout"
        case updateSpeakerIdFailed = "update_speaker_id_failed"
        case updateSpeakerIdInLcmsFailed = "update_speaker_id_in_lcms_failed"
        case notSupportedOnConferenceCalls = "not_supported_on_conference_calls"
        case noDomainIdFound = "no_domain_id_found"
        case getDomainIdFailed = "get_domain_id_failed"
        /// The agent does not have the permission `voiceId`. Streams has no type for it.
        case notPermitted = "not_permitted"
    }

    public let type: Kind
    public let message: String
    /// The error of the service or the daemon, if there was one.
    public let cause: (any Error)?

    init(_ type: Kind, _ message: String, cause: (any Error)? = nil) {
        self.type = type
        self.message = message
        self.cause = cause
    }

    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}
