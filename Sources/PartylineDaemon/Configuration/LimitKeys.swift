import ConduitCore

extension ConfigurationKeys {
    static let limits: [ConfigurationKey] = [
        .init(
            "limits.lineBytes", \.conduit.lineLimit, .integer(1024...67_108_864),
            "The longest line of a client, in bytes; for connections made from then on."),
        .init(
            "limits.badLines", \.conduit.badLineLimit, .integer(1...1_000_000),
            "Bad lines in a row that close a port."),
        .init(
            "limits.eventLogBytes", \.conduit.logBytes, .integer(65_536...1_073_741_824),
            "The bound of the event log in bytes. A port that falls further behind is told that it lagged."),
        .init(
            "limits.eventLogLines", \.conduit.logLines, .integer(16...10_000_000),
            "The bound of the event log in lines."),
        .init(
            "limits.supersededBytes", \.conduit.supersededBytes, .integer(65_536...1_073_741_824),
            """
            Bytes beside those for lines of which only the newest matters, such as agent::update: they never push an event
            out.
            """),
        // What is held at a time: by a port, by all ports of one process, by all of a user.
        .init(
            "limits.replyBytes", \.conduit.ledger.portBytes, .integer(65_536...268_435_456),
            "Bytes of replies that a port may leave unread; beyond that it is closed."),
        .init(
            "limits.programReplyBytes", \.conduit.ledger.programBytes, .integer(65_536...4_294_967_296),
            "Bytes of replies that all ports of one process together may leave unread."),
        .init(
            "limits.uidReplyBytes", \.conduit.ledger.uidBytes, .integer(65_536...4_294_967_296),
            "Bytes of replies that all ports of a user together may leave unread."),
        .init(
            "limits.requests", \.conduit.ledger.portRequests, .integer(1...10_000),
            "Requests of a port that wait for an answer at a time; the next is refused."),
        .init(
            "limits.programRequests", \.conduit.ledger.programRequests, .integer(1...100_000),
            "Requests of all ports of one process together that wait for an answer at a time."),
        .init(
            "limits.uidRequests", \.conduit.ledger.uidRequests, .integer(1...100_000),
            "Requests of all ports of a user together that wait for an answer at a time."),
        .init(
            "limits.uidPorts", \.conduit.ledger.uidPorts, .integer(1...65_536),
            "Connections of a user at a time; the next is refused."),
        .init(
            "limits.programPorts", \.conduit.ledger.programPorts, .integer(1...65_536),
            "Connections of one process at a time, so that no program takes all of its user's."),
        .init(
            "limits.requestsPerSecond", \.conduit.requestsPerSecond, .integer(1...1_000_000),
            "Requests of a port a second, in the long run; what comes faster is refused."),
        .init(
            "limits.requestBurst", \.conduit.requestBurst, .integer(1...1_000_000),
            "Requests of a port that are served at once after a rest."),
    ]

    static let state: [ConfigurationKey] = [
        .init(
            "state.keep", \.state.isKept, .choice([("auto", true), ("off", false)]),
            """
            auto: the last agent and the newest events are kept for a restart, where there is a place for them.
            off: nothing is kept; every client begins anew after a restart.
            """),
        .init(
            "state.directory", \.state.directory, .path,
            """
            Where they are kept, in files of mode 0600. Default: systemd's store of descriptors, where the unit has one;
            else $RUNTIME_DIRECTORY, else the folder of the daemon's own socket.
            """),
        .init(
            "state.bytes", \.conduit.segmentBytes, .integer(65_536...268_435_456),
            "Bytes of one segment of what is kept; there are two."),
    ]
}
