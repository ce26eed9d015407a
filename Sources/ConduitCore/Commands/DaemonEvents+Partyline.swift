// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension DaemonEvent {
    private static let portShape = Shape.object([
        .required("id", .text), .optional("program", .text), .required("role", .choice(Role.allCases.map(\.rawValue))),
    ])

    private static func timed(_ data: JSON) -> JSON {
        ["data": data, "clock": "3bqbymhbjxaim:21", "time": "2026-11-30T10:56:24.608Z"]
    }

    /// The daemon's own events, which Streams does not have.
    static let partyline: [DaemonEvent] = [
        .init(
            EventName.response, to: .port, for: .presence, "The reply to a partyline::request.",
            data: .required(
                .either([
                    .object([
                        .required("requestId", .requestId),
                        .required("data", .either(RequestMethod.all.map(\.result))), .required("err", .null),
                    ]),
                    .object([
                        .required("requestId", .requestId), .required("data", .null),
                        .required("err", ResultShape.error),
                    ]),
                ]))),
        .init(
            EventName.error, to: .port, for: .presence, "The daemon refused a line of this port.",
            data: .required(ResultShape.error)),
        .init(
            EventName.lagged, to: .port, for: .presence,
            "This port was too slow, and the lines from one clock to the other were left out. A subscriber starts over "
                + "from the snapshot; a Streams port receives the newest agent::update.",
            data: .required(
                .object([
                    .required("from", ResultShape.clock), .required("to", ResultShape.clock),
                    .optional("fresh", .boolean), .optional("clock", ResultShape.clock),
                    .optional("snapshot", .nullable(AgentShape.agent)),
                ]))),
        .init(
            EventName.auth, to: .subscribers, for: .presence,
            "The sign-in: after the answer to subscribe, and whenever it changes. The role presence receives state and since.",
            data: .required(
                .object([
                    .required("state", .word(DaemonStatus.Auth.State.allCases.map(\.rawValue))),
                    .required("since", ResultShape.instant),
                    .optional("expiresAt", ResultShape.instant, "When the token expires."),
                    .optional("reason", .text, "Why the sign-in is not in order."),
                    .optional(
                        "endsWhenFree", .boolean, "True while a logout waits for the agent's last contact to go."),
                    .optional(
                        "prompt",
                        .object([
                            .required("id", .text, "The same for every client."),
                            .required("reason", .text, "Why a person has to sign in."),
                            .optional("url", .text, "The sign-in page, for operators and admins."),
                            .required("isShown", .boolean, "True while a program shows the page."),
                        ]), "A person is asked to sign in."),
                ])), isSuperseded: true,
            example: timed([
                "state": "failing", "since": "2026-11-30T10:56:24.608Z", "expiresAt": "2026-11-30T11:20:00.000Z",
                "reason": "the authorize endpoint answered 503",
            ])),
        .init(
            EventName.link, to: .subscribers, for: .presence,
            "The link to the service: after the answer to subscribe, and whenever it changes. lastError is only its type for the "
                + "role presence.",
            data: .required(
                .object([
                    .required("state", .word(DaemonStatus.Link.State.allCases.map(\.rawValue))),
                    .required("since", ResultShape.instant), .optional("lastError", .text),
                    .optional("asOf", ResultShape.instant, "When the newest snapshot came."),
                    .required(
                        "stale", .boolean, "True if the agent's data may not be current: down, or degraded for 30 s."),
                ])), isSuperseded: true,
            example: timed([
                "state": "degraded", "since": "2026-11-30T10:56:24.608Z", "asOf": "2026-11-30T10:55:58.114Z",
                "lastError": "the answer to a heartbeat is overdue", "stale": false,
            ])),
        .init(
            EventName.ports, to: .subscribers,
            "The number of ports: after the answer to subscribe, and whenever it changes, with the port that has come or gone if it "
                + "is one.",
            data: .required(
                .object([
                    .required("count", .integer), .optional("joined", portShape), .optional("left", portShape),
                ])), isSuperseded: true,
            example: timed([
                "count": 3, "joined": ["id": "1795257916077-j6pnwaojq0", "program": "crm", "role": "operator"],
            ])),
        .init(
            EventName.bye, to: .port, for: .presence, "The last line before the daemon closes this port.",
            data: .required(
                .object([
                    .required("reason", .word(["shutdown", "slow", "bad_lines", "flood"])), .required("message", .text),
                ]))),
    ]
}
