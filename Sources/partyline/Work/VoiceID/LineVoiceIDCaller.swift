// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams

/// Voice ID over the verb's connection. Its calls block.
struct LineVoiceIDCaller: VoiceIDCaller {
    let connection: LineConnection
    let deadline: ContinuousClock.Instant

    /// A plain request: its error has the status of the service's answer.
    func call(_ operation: String, _ params: JSON) throws -> JSON {
        try ServiceCall(method: operation, params: params).plainAnswer(connection)
    }

    func isUnknown(_ error: any Error) -> Bool {
        (error as? CallFailure).map { [400, 404].contains($0.statusCode) } ?? false
    }

    func pause(_ duration: Duration) async throws {
        // Voice ID sends no event: Streams polls it at these intervals, too. The last one is as long as there is time.
        let next = ContinuousClock.now + duration
        try await Task.sleep(until: min(next, deadline))
        if deadline < next { throw VoiceIDFailure.late }
    }
}

/// Turns errors of Voice ID into failures of the command.
enum VoiceIDFailure {
    static let late = CommandFailure(
        status: .timeout, message: "Voice ID has not decided in time; the caller may have to say more",
        next: ["partyline voice-id status"])

    static func failure(_ error: VoiceIDError, _ contact: ContactData) -> any Error {
        let name = ContactNarrator.name(contact)
        switch error.type {
        case .notPermitted:
            return CommandFailure(
                status: .denied, message: "the agent does not have the permission for Voice ID",
                next: ["partyline agent config   shows the permissions"])
        case .notSupportedOnConferenceCalls:
            return CommandFailure(
                status: .conflict, message: "\(name) is a conference, for which there is no Voice ID",
                next: ["partyline contact show \(CommandName.quoted(contact.contactId ?? ""))"])
        case .noSpeakerIdFound:
            return CommandFailure(
                status: .failure, message: "\(name) has no speaker",
                next: ["partyline voice-id update ID   sets the speaker"])
        case .noDomainIdFound:
            return CommandFailure(
                status: .failure, message: error.message,
                next: ["partyline describe AgentAppService.Acs.listIntegrationAssociations"])
        case .sessionNotExists:
            return CommandFailure(
                status: .failure, message: "there is no Voice ID session in \(name)",
                next: ["partyline voice-id evaluate --new   begins one"])
        case .evaluateSpeakerTimeout, .enrollSpeakerTimeout: return late
        default:
            return error.cause
                ?? CommandFailure(status: .failure, message: error.message, next: ["partyline voice-id status"])
        }
    }
}
