// SPDX-License-Identifier: Apache-2.0

/// The methods of the agent-app service.
enum AgentAppMethod {
    /// The shape of each method's input, by the value of `X-Amz-target`.
    static let all: [String: Shape] = [
        "AgentAppService.Lcms.getContact": .structure(
            .required("contactId"), .optional("instanceId"), .optional("awsAccountId")),
        "AgentAppService.Lcms.updateVoiceIdData": .structure(
            .required("ContactId"), .optional("InstanceId"), .optional("AWSAccountId"), .optional("CustomerId"),
            .optional(
                "VoiceIdResult",
                .structure(.optional("SpeakerOptedOut", .boolean), .optional("generatedSpeakerId")))),
        "AgentAppService.Nasa.startVoiceIdSession": .structure(
            .required("contactId"), .optional("instanceId"), .optional("customerAccountId"),
            .optional("clientToken")),
        "AgentAppService.Acs.listIntegrationAssociations": .structure(
            .required("InstanceId"), .optional("IntegrationType")),
        "AgentAppService.VoiceId.describeSession": onSession,
        "AgentAppService.VoiceId.evaluateSession": onSession,
        "AgentAppService.VoiceId.enrollBySession": onSession,
        "AgentAppService.VoiceId.updateSession": .structure(
            .required("SessionNameOrId"), .required("DomainId"), .required("SpeakerId")),
        "AgentAppService.VoiceId.describeSpeaker": onSpeaker,
        "AgentAppService.VoiceId.optOutSpeaker": onSpeaker,
        "AgentAppService.VoiceId.deleteSpeaker": onSpeaker,
    ]

    private static let onSession: Shape = .structure(.required("SessionNameOrId"), .required("DomainId"))
    private static let onSpeaker: Shape = .structure(.required("SpeakerId"), .required("DomainId"))
}
