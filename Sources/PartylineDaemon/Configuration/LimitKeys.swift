// SPDX-License-Identifier: Apache-2.0
import ConduitCore

extension ConfigurationKeys {
    static let limits: [ConfigurationKey] = [
        .init(
            "limits.lineBytes", \.conduit.lineLimit, .integer(1024...67_108_864),
            """
            The longest line that a client may send, in bytes. A longer line is skipped and answered with line_too_long.
            A reload applies a new value to new connections only.
            """),
        .init(
            "limits.badLines", \.conduit.badLineLimit, .integer(1...1_000_000),
            "Consecutive bad lines (too long, or not a message) after which a port is closed."),
        .init(
            "limits.eventLogBytes", \.conduit.logBytes, .integer(65_536...1_073_741_824),
            """
            The size of the event log in bytes. A port that falls further behind loses events and is sent
            partyline::lagged.
            """),
        .init(
            "limits.eventLogLines", \.conduit.logLines, .integer(16...10_000_000),
            "The size of the event log in lines."),
        .init(
            "limits.supersededBytes", \.conduit.supersededBytes, .integer(65_536...1_073_741_824),
            """
            Bytes for lines of which only the newest matters, such as agent::update. They do not count towards
            limits.eventLogBytes and never push an event out of the log.
            """),
        // At the same time: of a port, of all ports of one process, of all ports of a user.
        .init(
            "limits.replyBytes", \.conduit.ledger.portBytes, .integer(65_536...268_435_456),
            "Bytes of unread replies of a port; beyond this the port is closed. A single reply may be larger."),
        .init(
            "limits.programReplyBytes", \.conduit.ledger.programBytes, .integer(65_536...4_294_967_296),
            """
            Bytes of unread replies of all ports of one process together; a port whose next reply would exceed this is
            closed. Each port may have 64 KiB in any case.
            """),
        .init(
            "limits.uidReplyBytes", \.conduit.ledger.uidBytes, .integer(65_536...4_294_967_296),
            """
            Bytes of unread replies of all ports of a user together; a port whose next reply would exceed this is closed.
            Each port may have 64 KiB in any case.
            """),
        .init(
            "limits.requests", \.conduit.ledger.portRequests, .integer(1...10_000),
            "Requests of a port that may wait for an answer at the same time; more are refused with too_many."),
        .init(
            "limits.programRequests", \.conduit.ledger.programRequests, .integer(1...100_000),
            "Requests of all ports of one process that may wait for an answer; more are refused with too_many."),
        .init(
            "limits.uidRequests", \.conduit.ledger.uidRequests, .integer(1...100_000),
            """
            Requests of all ports of a user that may wait for an answer; more are refused with too_many. Each port may
            have 4 in any case.
            """),
        .init(
            "limits.uidPorts", \.conduit.ledger.uidPorts, .integer(1...65_536),
            "Connections of a user at the same time; more are refused with too_many."),
        .init(
            "limits.programPorts", \.conduit.ledger.programPorts, .integer(1...65_536),
            """
            Connections of one process at the same time; more are refused with too_many, so that one program cannot use up
            all connections of its user.
            """),
        .init(
            "limits.requestsPerSecond", \.conduit.requestsPerSecond, .integer(1...1_000_000),
            "Requests per second of a port, on average; faster requests are refused with too_many."),
        .init(
            "limits.requestBurst", \.conduit.requestBurst, .integer(1...1_000_000),
            "Requests of a port that are served without delay after a pause."),
    ]

    static let state: [ConfigurationKey] = [
        .init(
            "state.keep", \.state.isKept, .choice([("auto", true), ("off", false)]),
            """
            auto: the last agent and the newest events are kept for a restart, if there is a place for them.
            off: nothing is kept, what an earlier run kept is deleted, and clients start afresh after a restart.
            """),
        .init(
            "state.directory", \.state.directory, .path,
            """
            The folder for the state, which is kept in two files of mode 0600. Default: no folder but systemd's file
            descriptor store (in memory), if the unit has one; else $RUNTIME_DIRECTORY; else the folder of the daemon's
            own socket.
            """),
        .init(
            "state.bytes", \.conduit.segmentBytes, .integer(65_536...268_435_456),
            """
            The size in bytes of each of the two segments that the state is written to in turn, in addition to the
            snapshot at its start.
            """),
    ]
}
