/// What createTransport may answer.
extension Shape {
    static let transports: Shape = .structure(
        .optional(
            "webSocketTransport",
            .structure(
                .required("url"), .required("transportLifeTimeInSeconds", .integer), .optional("expiry"))),
        .optional("chatTokenTransport", .structure(.required("participantToken"), .required("expiry"))),
        .optional("softphoneTransport", .softphoneTransport),
        .optional("agentDiscoveryTransport", .structure(.required("presignedUrl"))),
        .optional("webRTCTransport", .webRTCTransport))

    private static let softphoneTransport: Shape = .structure(
        .required(
            "softphoneMediaConnections",
            .list(
                .structure(.required("username"), .required("credential"), .required("urls", .list(.string))))))

    private static let webRTCTransport: Shape = .structure(
        .required(
            "meeting",
            .structure(
                .optional("meetingId"), .optional("mediaRegion"),
                .optional(
                    "mediaPlacement",
                    .structure(
                        .optional("audioHostUrl"), .optional("audioFallbackUrl"), .optional("signalingUrl"),
                        .optional("turnControlUrl"), .optional("eventIngestionUrl"))),
                .optional(
                    "meetingFeatures",
                    .structure(.optional("audio", .structure(.optional("echoReduction"))))))),
        .required("attendee", .structure(.optional("attendeeId"), .optional("joinToken"))))
}
