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

    /// A queue of the instance.
    static let queue: Shape = .structure([
        .optional("queueARN", .string),
        .optional("name", .string),
    ])

    /// An address that can be called or transferred to.
    static let endpoint: Shape = .structure([
        .optional("endpointARN", .string),
        .required("type", .string),
        .optional("name", .string),
        .optional("displayName", .string),
        .optional("phoneNumber", .string),
        .optional("agentLogin", .string),
        .optional("queue", queue),
        .optional("emailAddress", .string),
    ])

    /// An address of an e-mail.
    static let recipient: Shape = .structure([
        .optional("address", .string),
        .optional("displayName", .string),
    ])

    /// A state of the agent.
    static let agentState: Shape = .structure([
        .optional("agentStateARN", .string),
        .required("type", .string),
        .required("name", .string),
        .optional("startTimestamp", .timestamp),
    ])

    /// What a task refers to.
    static let reference: Shape = .structure([
        .optional("value", .string),
        .required("type", .string),
        .optional("arn", .string),
        .optional("status", .string),
        .optional("statusReason", .string),
    ])

    /// The agent's configuration.
    static let configuration: Shape = .structure([
        .required("name", .string),
        .optional("username", .string),
        .required("softphoneEnabled", .boolean),
        .required("softphoneAutoAccept", .boolean),
        .required("extension", .string),
        .required(
            "routingProfile",
            .structure([
                .optional("name", .string),
                .optional("routingProfileARN", .string),
                .optional("defaultOutboundQueue", queue),
                .optional("channelConcurrencyMap", .map(.number)),
            ])),
        .optional("agentPreferences", .map(.string)),
        .optional("agentARN", .string),
    ])

    /// One sample of an audio stream.
    static let streamStatistics: Shape = .structure([
        .optional("timestamp", .timestamp),
        .optional("softphoneStreamType", .string),
        .optional("packetCount", .number),
        .optional("packetsLost", .number),
        .optional("audioLevel", .number),
        .optional("jitterBufferMillis", .number),
        .optional("roundTripTimeMillis", .number),
    ])

    /// What a softphone says of a call that ended.
    static let report: Shape = .structure([
        .optional("callStartTime", .timestamp),
        .optional("callEndTime", .timestamp),
        .optional("softphoneStreamStatistics", .list(streamStatistics)),
        .optional("gumTimeMillis", .number),
        .optional("initializationTimeMillis", .number),
        .optional("iceCollectionTimeMillis", .number),
        .optional("signallingConnectTimeMillis", .number),
        .optional("handshakeTimeMillis", .number),
        .optional("preTalkTimeMillis", .number),
        .optional("talkTimeMillis", .number),
        .optional("cleanupTimeMillis", .number),
        .optional("iceCollectionFailure", .boolean),
        .optional("signallingConnectionFailure", .boolean),
        .optional("handshakeFailure", .boolean),
        .optional("gumOtherFailure", .boolean),
        .optional("gumTimeoutFailure", .boolean),
        .optional("createOfferFailure", .boolean),
        .optional("setLocalDescriptionFailure", .boolean),
        .optional("userBusyFailure", .boolean),
        .optional("invalidRemoteSDPFailure", .boolean),
        .optional("noRemoteIceCandidateFailure", .boolean),
        .optional("setRemoteDescriptionFailure", .boolean),
    ])

    /// The state of a contact or of a connection.
    static let stateOfContact: Shape = .structure([
        .required("type", .string),
        .required("timestamp", .timestamp),
    ])

    /// One leg of a contact.
    static let connection: Shape = .structure([
        .required("connectionId", .string),
        .optional("endpoint", endpoint),
        .required("state", stateOfContact),
        .required("type", .string),
        .required("initial", .boolean),
        .optional(
            "softphoneMediaInfo",
            .structure([
                .optional("callType", .string),
                .optional("autoAccept", .boolean),
                .optional("mediaLegContextToken", .string),
                .optional("callContextToken", .string),
                .optional("callConfigJson", .string),
            ])),
        .optional(
            "chatMediaInfo",
            .structure([
                .optional("chatAutoAccept", .boolean),
                .optional("connectionData", .string),
                .optional("customerName", .string),
            ])),
        .optional(
            "monitoringInfo",
            .structure([
                .optional(
                    "agent",
                    .structure([
                        .optional("agentName", .string)
                    ])),
                .optional("joinTimeStamp", .timestamp),
            ])),
        .optional("mute", .boolean),
        .optional("forcedMute", .boolean),
        .optional("quickConnectName", .string),
        .optional("monitorCapabilities", .list(.string)),
        .optional("monitorStatus", .string),
        .optional(
            "capabilities",
            .structure([
                .optional("Video", .string)
            ])),
    ])

    /// A contact.
    static let contact: Shape = .structure([
        .required("contactId", .string),
        .optional("initialContactId", .string),
        .optional("relatedContactId", .string),
        .optional("contactAssociationId", .string),
        .required("type", .string),
        .required("state", stateOfContact),
        .optional("queue", queue),
        .optional("queueTimestamp", .timestamp),
        .required("connections", .list(connection)),
        .required(
            "attributes",
            .map(
                .structure([
                    .required("name", .string),
                    .optional("value", .string),
                ]))),
        .optional("contactDuration", .string),
        .optional("name", .string),
        .optional("description", .string),
        .optional("references", .map(reference)),
        .optional("initiationMethod", .string),
        .optional(
            "contactFeatures",
            .structure([
                .optional("attachmentsEnabled", .boolean),
                .optional("messagingMarkdownEnabled", .boolean),
                .optional("multiPartyConferenceEnabled", .boolean),
                .optional("screenRecordingEnabled", .boolean),
                .optional("screenRecordingState", .string),
                .optional(
                    "screenRecordingConfig",
                    .structure([
                        .optional("screenRecordingEnabled", .boolean),
                        .optional("screenRecordingState", .string),
                    ])),
            ])),
        .optional(
            "channelContext",
            .structure([
                .optional("scheduledTime", .number),
                .optional("taskTemplateId", .string),
                .optional("taskTemplateVersion", .number),
            ])),
        .optional(
            "segmentAttributes",
            .map(
                .structure([
                    .optional("ValueString", .string)
                ]))),
        .optional("customerEndpoint", endpoint),
        .optional("connectSystemEndpoint", endpoint),
        .optional("languageCode", .string),
        .optional(
            "emailRecipients",
            .structure([
                .optional("toList", .list(recipient)),
                .optional("ccList", .list(recipient)),
                .optional("fromRecipient", recipient),
            ])),
    ])

    /// The agent now.
    static let snapshot: Shape = .structure([
        .required("state", agentState),
        .optional("nextState", agentState),
        .optional(
            "agentAvailabilityState",
            .structure([
                .optional("state", .string),
                .optional("timeStamp", .timestamp),
            ])),
        .required("contacts", .list(contact)),
        .required("snapshotTimestamp", .timestamp),
    ])

}
