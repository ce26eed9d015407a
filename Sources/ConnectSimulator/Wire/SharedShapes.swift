// SPDX-License-Identifier: Apache-2.0

/// Structures that several operations share.
extension Shape {
    static let authentication: Shape = .structure(.optional("agentARN"), .optional("authToken"))

    static let queue: Shape = .structure(.optional("queueARN"), .optional("name"))

    static let endpoint: Shape = .structure(
        .optional("endpointARN"), .required("type"), .optional("name"), .optional("displayName"),
        .optional("phoneNumber"), .optional("agentLogin"), .optional("queue", .queue), .optional("emailAddress"))

    static let agentState: Shape = .structure(
        .optional("agentStateARN"), .required("type"), .required("name"), .optional("startTimestamp", .timestamp))

    static let reference: Shape = .structure(
        .optional("value"), .required("type"), .optional("arn"), .optional("status"), .optional("statusReason"))

    static let routingProfile: Shape = .structure(
        .optional("name"), .optional("routingProfileARN"), .optional("defaultOutboundQueue", .queue),
        .optional("channelConcurrencyMap", .map(.integer)))

    static let configuration: Shape = .structure(
        .required("name"), .optional("username"), .required("softphoneEnabled", .boolean),
        .required("softphoneAutoAccept", .boolean), .required("extension"),
        .required("routingProfile", .routingProfile), .optional("agentPreferences", .map(.string)),
        .optional("agentARN"), .optional("voiceEnhancementMode"))

    static let streamStatistics: Shape = .structure(
        .optional("timestamp", .timestamp), .optional("softphoneStreamType"), .optional("packetCount", .integer),
        .optional("packetsLost", .integer), .optional("audioLevel", .number),
        .optional("jitterBufferMillis", .integer), .optional("roundTripTimeMillis", .integer))
}
