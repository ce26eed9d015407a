import AgentModel
import StreamsProtocol

extension DaemonEvent {
    /// What Streams does not know.
    static let ours: [DaemonEvent] = [
        .init(
            EventName.response, to: .port, for: .presence, "The answer to a partyline::request.",
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
            EventName.error, to: .port, for: .presence, "A line of this port could not be taken.",
            data: .required(ResultShape.error)),
        .init(
            EventName.lagged, to: .port, for: .presence,
            "This port was too slow, and lines from one clock to the other were left out. A subscriber begins again "
                + "with the snapshot; a Streams port gets the newest agent::update.",
            data: .required(
                .object([
                    .required("from", ResultShape.clock), .required("to", ResultShape.clock),
                    .optional("fresh", .boolean), .optional("clock", ResultShape.clock),
                    .optional("snapshot", .nullable(AgentShape.agent)),
                ]))),
        .init(
            EventName.bye, to: .port, for: .presence, "The last line before the daemon closes this port.",
            data: .required(
                .object([
                    .required("reason", .word(["shutdown", "slow", "bad_lines", "flood"])), .required("message", .text),
                ]))),
    ]
}
