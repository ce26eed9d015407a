// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension RequestMethod {
    static let all: [RequestMethod] = events + reads + [call] + seat + logs + administration

    /// The range of a client's deadline, in milliseconds.
    static let deadlines = 1...600_000

    private static let events: [RequestMethod] = [
        .init(
            "subscribe", .presence,
            "From now on this port receives only its replies and matching events, each with clock and time.",
            [
                .required(
                    "events", .list(.eventPattern, 1...256),
                    "Event names with * for a part; contact::*::<contactId> matches all of one contact, * everything."
                ),
                .optional(
                    "since", .name(upTo: 256),
                    "The clock of the last line that was received: every matching event after it is sent.",
                    capability: "since"),
                .optional(
                    "mode", .choice(SubscriptionMode.allCases.map(\.rawValue)),
                    "latest: of the pending lines only the newest of each event name is sent.",
                    fallback: .string(SubscriptionMode.all.rawValue), capability: "latest"),
                .optional(
                    "existing", .boolean,
                    "Unless it resumes: contacts that are there already are sent as contact::init and the event of their state, "
                        + "marked existing, before anything newer.",
                    fallback: false, capability: "existing"),
            ],
            example: ["events": ["agent::*", "contact::connected"], "since": "1k9v:1204", "existing": true],
            result: .named(
                "SubscribeResult", ResultShape.subscribe, "Atomic with the registration: no event is lost in between.")
        ) { $0.subscribe($1) },
        .init(
            "unsubscribe", .presence, "Returns this port to the Streams dialect.",
            result: .named(
                "UnsubscribeResult", .object([.required("clock", ResultShape.clock)]),
                "The port now receives what a port receives that never subscribed.")
        ) { $0.unsubscribe($1) },
    ]

    private static let reads: [RequestMethod] = [
        .init(
            "getAgent", .presence,
            "The newest agent, when it was received, and its age. The role presence receives name, state and next state.",
            result: .named("GetAgentResult", ResultShape.agent, "The newest agent.")
        ) { $0.getAgent($1) },
        .init(
            "getSeat", .observer,
            "What a later client cannot know: the contact in view, mute, devices, the last softphone error, a websocket that cannot "
                + "be opened.",
            result: .named(
                "GetSeatResult", .object([.required("seat", ResultShape.seat)]),
                "Each with event, data and time; after a restart stale until it is said again.")
        ) { $0.getSeat($1) },
        .init(
            "getStatus", .presence, "Everything that `partyline status` shows.",
            result: .named("GetStatusResult", ResultShape.status, "The state of the daemon, the session and the ports.")
        ) { $0.getStatus($1) },
        .init(
            "sync", .observer,
            "A barrier: requests a snapshot now; the reply follows it and everything derived from it.",
            [.optional("deadlineMs", .integer(deadlines), "Milliseconds until timeout.", fallback: 15_000)],
            example: ["deadlineMs": 5000],
            result: .named("SyncResult", ResultShape.sync, "The clock and the age of that snapshot.")
        ) { $0.sync($1) },
        .init(
            "describe", .presence, "Events, methods, parameters, error codes, roles and capabilities.",
            result: .named("DescribeResult", ResultShape.description, "The table that the daemon dispatches by.")
        ) { $0.describe($1) },
    ]

    private static let call = RequestMethod(
        "call", .operator, "Calls the service; one final reply.",
        [
            .required("method", .name(upTo: 128), "An operation of the service, such as acceptContact."),
            .optional("params", .object([]), fallback: [:]),
            .optional(
                "confirm", .boolean, "Replies only when a later snapshot shows the call's effect.", fallback: false),
            .optional("deadlineMs", .integer(deadlines), "Milliseconds until timeout.", fallback: 30_000),
            .optional(
                "idempotencyKey", .name(upTo: 256), "Two calls with one key act once and get the same reply.",
                capability: "idempotencyKey"),
        ],
        example: ["method": "acceptContact", "params": ["contactId": "1234"], "confirm": true],
        result: .named("CallResult", ResultShape.call, "accepted: by the service; confirmed: by a snapshot.")
    ) { $0.call($1) }

    private static let seat: [RequestMethod] = [
        .init(
            "getQuickConnects", .operator,
            "All quick connects of the queues, over all pages. Clients that ask at the same time share one request.",
            [
                .optional(
                    "queueARNs", .either([.text, .list(.text)]),
                    "One ARN, or several. Default: the queues of the routing profile.")
            ],
            example: ["queueARNs": ["arn:aws:connect:…"]],
            result: .named(
                "GetQuickConnectsResult",
                .object([.required("endpoints", .list(.anything)), .required("addresses", .list(.anything))]),
                "The same list under both names, as Streams has it.")
        ) { $0.getQuickConnects($1) },
        .init(
            "updateSettings", .operator,
            "Changes settings of the agent by their names. The daemon merges them into the newest configuration, so that two "
                + "programs do not undo each other.",
            [
                .required(
                    "patch", .object([]),
                    "Members of the configuration: softphoneEnabled, extension, agentPreferences, …")
            ],
            example: ["patch": ["softphoneAutoAccept": true]],
            result: .named(
                "UpdateSettingsResult", .object([.required("configuration", .anything)]), "What was written.")
        ) { $0.updateSettings($1) },
    ]

    private static let logs: [RequestMethod] = [
        .init(
            "getLogs", .observer,
            "The newest entries of the daemon's log, oldest first. It keeps a thousand in memory.",
            [
                .optional("level", .logLevel, "The lowest level.", fallback: .string(LogLevel.debug.rawValue)),
                .optional(
                    "limit", .integer(1...LogMemory.limit), "How many at most.", fallback: .int(LogMemory.limit)),
            ],
            example: ["level": "warning", "limit": 20],
            result: .named(
                "GetLogsResult",
                .object([
                    .required(
                        "entries",
                        .list(
                            .object([
                                .required("line", .integer), .required("time", ResultShape.instant),
                                .required("level", .choice(LogLevel.names)), .required("text", .text),
                                .optional("fields", .map(.text)),
                            ])))
                ]), "line counts all entries of this run, as in the event log of setLogs.")
        ) { $0.getLogs($1) },
        .init(
            "setLogs", .observer,
            "Sends this port the daemon's log entries from this level on, as log; null stops them.",
            [.required("level", .nullable(.logLevel), "debug, info, warning, error; Streams' names work too.")],
            example: ["level": "info"],
            result: .named("SetLogsResult", .object([.required("level", .serviceText)]), "The level that was given.")
        ) { $0.setLogs($1) },
        .init(
            "setLogLevel", .admin, "Sets the lowest level that the daemon writes to its own log.",
            [.required("level", .choice(LogLevel.names))],
            example: ["level": "debug"],
            result: .named("SetLogLevelResult", .object([.optional("level", .text)]), "The level now in force.")
        ) { $0.setLogLevel($1) },
    ]

    private static let administration: [RequestMethod] = [
        .init(
            "reload", .admin, "Reads the configuration again.",
            result: .named("ReloadResult", .object([]), "What was applied, what needs a restart, and warnings.")
        ) { $0.reload($1) },
        .init(
            "setCredentials", .admin,
            "Hands over the cookies of a sign-in, for session.source: login. partyline::auth tells what comes of it.",
            [.required("cookies", .text, "A cookie file in the Netscape format.")],
            example: ["cookies": "example.my.connect.aws\tFALSE\t/\tTRUE\t0\tname\tvalue\n"],
            result: .named("SetCredentialsResult", .object([]), "The daemon has the cookies, and authorizes.")
        ) { $0.setCredentials($1) },
        .init(
            "beginSignIn", .admin,
            "For a program that shows the sign-in page, with session.source: login. It asks a person to sign in, or joins the "
                + "pending prompt. The prompt is given up when this port closes.",
            result: .named(
                "BeginSignInResult",
                .object([
                    .required(
                        "prompt",
                        .object([.required("id", .text), .required("reason", .text), .optional("url", .text)])),
                    .required(
                        "isYours", .boolean, "False: another program has a sign-in page open. Wait for partyline::auth."
                    ),
                    .required(
                        "isFirst", .boolean,
                        "True: there are no cookies of a former sign-in, so a browser profile has to be new."),
                    .required("authorizeUrl", .text, "A GET of this URL succeeds in a browser that is signed in."),
                ]), "Next come setCredentials or abandonSignIn.")
        ) { $0.beginSignIn($1) },
        .init(
            "abandonSignIn", .admin, "Gives up a prompt without a sign-in.",
            [.required("id", .name(upTo: 64), "The prompt's id.")], example: ["id": "3w5e11264sgsf"],
            result: .named("AbandonSignInResult", .object([]), "The prompt has ended.")
        ) { $0.abandonSignIn($1) },
        .init(
            "logout", .admin,
            "Ends the sign-in: sets the agent offline, logs out at the service, forgets cookies, tokens, agent and events. "
                + "Subscribers receive contact::ended and contact::destroyed of every contact, then terminated.",
            [
                .optional(
                    "when", .choice(LogoutMoment.allCases.map(\.rawValue)),
                    "idle: at once, refused while there is a contact. free: when the last contact has gone. now: at once; contacts "
                        + "are left to the service. never: withdraws a logout that waits.",
                    fallback: .string(LogoutMoment.idle.rawValue))
            ],
            example: ["when": "free"],
            result: .named(
                "LogoutResult",
                .object([
                    .required("state", .word(["logged_out", "waiting", "withdrawn"])),
                    .optional("contacts", .list(.text), "waiting: the ids of the contacts."),
                    .optional("warnings", .list(.text), "logged_out: what could not be done."),
                ]), "logged_out: the next sign-in starts from nothing.")
        ) { $0.logout($1) },
        .init(
            "terminate", .admin, "Ends the session upstream, like the event terminate.",
            result: .named("TerminateResult", .object([]), "The session has ended.")
        ) { $0.terminateSession($1) },
    ]
}
