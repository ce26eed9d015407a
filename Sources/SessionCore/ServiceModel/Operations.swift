/// The CTI service's operations with their shapes, as the facts of the service's own model have them.
///
/// Every operation takes `authentication` but those whose entry says otherwise; it is added by `ServiceCall`, never by a
/// client, so it stands in no input here.
enum ServiceModel {
    /// One operation: what goes in, what comes out.
    struct Operation: Sendable {
        let input: Shape
        let output: Shape
        /// True if the token also goes into the body, as `authentication.authToken`.
        let isAuthenticatedInBody: Bool
    }

    /// Operations by name (`PutAgentState`).
    static let operations: [String: Operation] = [
        "AcceptContact": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "ClearContact": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: false),
        "CompleteContact": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: false),
        "ConferenceConnections": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "CreateAdditionalConnection": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("endpoint", endpoint),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "CreateOutboundContact": Operation(
            input: .structure([
                .required("endpoint", endpoint),
                .optional("queueARN", .string),
                .optional("relatedContactId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "CreateTaskContact": Operation(
            input: .structure([
                .required("endpoint", endpoint),
                .optional("previousContactId", .string),
                .required("name", .string),
                .optional("description", .string),
                .optional("references", .map(reference)),
                .optional("idempotencyToken", .string),
                .optional("scheduledTime", .number),
                .optional("relatedContactId", .string),
            ]),
            output: .structure([
                .optional("contactId", .string)
            ]), isAuthenticatedInBody: false),
        "CreateTransport": Operation(
            input: .structure([
                .required("transportType", .string),
                .optional("participantId", .string),
                .optional("contactId", .string),
                .optional("softphoneClientId", .string),
            ]),
            output: .structure([
                .optional(
                    "webSocketTransport",
                    .structure([
                        .required("url", .string),
                        .required("transportLifeTimeInSeconds", .number),
                        .optional("expiry", .string),
                    ])),
                .optional(
                    "chatTokenTransport",
                    .structure([
                        .required("participantToken", .string),
                        .required("expiry", .string),
                    ])),
                .optional(
                    "softphoneTransport",
                    .structure([
                        .required(
                            "softphoneMediaConnections",
                            .list(
                                .structure([
                                    .required("username", .string),
                                    .required("credential", .string),
                                    .required("urls", .list(.string)),
                                ])))
                    ])),
                .optional(
                    "agentDiscoveryTransport",
                    .structure([
                        .required("presignedUrl", .string)
                    ])),
                .optional(
                    "webRTCTransport",
                    .structure([
                        .required(
                            "meeting",
                            .structure([
                                .optional("meetingId", .string),
                                .optional("mediaRegion", .string),
                                .optional(
                                    "mediaPlacement",
                                    .structure([
                                        .optional("audioHostUrl", .string),
                                        .optional("audioFallbackUrl", .string),
                                        .optional("signalingUrl", .string),
                                        .optional("turnControlUrl", .string),
                                        .optional("eventIngestionUrl", .string),
                                    ])),
                                .optional(
                                    "meetingFeatures",
                                    .structure([
                                        .optional(
                                            "audio",
                                            .structure([
                                                .optional("echoReduction", .string)
                                            ]))
                                    ])),
                            ])),
                        .required(
                            "attendee",
                            .structure([
                                .optional("attendeeId", .string),
                                .optional("joinToken", .string),
                            ])),
                    ])),
            ]), isAuthenticatedInBody: true),
        "DestroyConnection": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "GetAgentConfiguration": Operation(
            input: .structure([]),
            output: .structure([
                .required("configuration", configuration)
            ]), isAuthenticatedInBody: true),
        "GetAgentPermissions": Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("permissions", .list(.string)),
                .optional("nextToken", .string),
            ]), isAuthenticatedInBody: true),
        "GetAgentSnapshot": Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("timeout", .number),
            ]),
            output: .structure([
                .required("snapshot", snapshot),
                .required("nextToken", .string),
            ]), isAuthenticatedInBody: true),
        "GetAgentStates": Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("states", .list(agentState)),
                .optional("nextToken", .string),
            ]), isAuthenticatedInBody: true),
        "GetDialableCountryCodes": Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("countryCodes", .list(.string)),
                .optional("nextToken", .string),
            ]), isAuthenticatedInBody: true),
        "GetEndpoints": Operation(
            input: .structure([
                .required("queueARNs", .list(.string)),
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .optional("endpoints", .list(endpoint)),
                .optional("nextToken", .string),
            ]), isAuthenticatedInBody: true),
        "GetNewAuthToken": Operation(
            input: .structure([
                .required("refreshToken", .string)
            ]),
            output: .structure([
                .optional("newAuthToken", .string),
                .optional("expirationDateTime", .timestamp),
            ]), isAuthenticatedInBody: true),
        "GetRoutingProfileQueues": Operation(
            input: .structure([
                .required("routingProfileARN", .string),
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("queues", .list(queue)),
                .optional("nextToken", .string),
            ]), isAuthenticatedInBody: true),
        "HoldConnection": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "MuteParticipant": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "NotifyContactIssue": Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("issueCode", .string),
                .optional("description", .string),
                .optional("clientLogs", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "PauseContact": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: false),
        "PutAgentState": Operation(
            input: .structure([
                .required("state", agentState),
                .optional("enqueueNextState", .boolean),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "RejectContact": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: false),
        "ResumeConnection": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "ResumeContact": Operation(
            input: .structure([
                .required("contactId", .string)
            ]),
            output: .structure([]), isAuthenticatedInBody: false),
        "SendClientLogs": Operation(
            input: .structure([
                .required(
                    "logEvents",
                    .list(
                        .structure([
                            .optional("timestamp", .timestamp),
                            .optional("component", .string),
                            .optional("message", .string),
                        ])))
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "SendDigits": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
                .required("digits", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "SendSoftphoneCallMetrics": Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("ccpVersion", .string),
                .required("softphoneStreamStatistics", .list(streamStatistics)),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "SendSoftphoneCallReport": Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("ccpVersion", .string),
                .required("report", report),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "ToggleActiveConnections": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "UnmuteParticipant": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "UpdateAgentConfiguration": Operation(
            input: .structure([
                .required("configuration", configuration)
            ]),
            output: .structure([]), isAuthenticatedInBody: true),
        "UpdateMonitorParticipantState": Operation(
            input: .structure([
                .required("contactId", .string),
                .required("targetMonitorMode", .string),
            ]),
            output: .structure([]), isAuthenticatedInBody: false),
    ]
}
