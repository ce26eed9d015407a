import ConduitCore

/// The keys of `limits` and `state`; where the cores have a default, it is theirs.
extension ConfigurationKeys {
    static let limits: [ConfigurationKey] =
        lines + held + [
            .init(
                "limits.requestsPerSecond", .integer(1...1_000_000), String(standard.requestsPerSecond),
                "Requests of a port a second, in the long run; what comes faster is refused."),
            .init(
                "limits.requestBurst", .integer(1...1_000_000), String(standard.requestBurst),
                "Requests of a port that are served at once after a rest."),
        ]

    static let state: [ConfigurationKey] = [
        .init(
            "state.keep", .choice(["auto", "off"]), "auto",
            """
            auto: the last agent and the newest events are kept for a restart, where there is a place for them.
            off: nothing is kept; every client begins anew after a restart.
            """),
        .init(
            "state.directory", .path, "",
            """
            Where they are kept, in files of mode 0600. Default: systemd's store of descriptors, where the unit has one;
            else $RUNTIME_DIRECTORY, else the folder of the daemon's own socket.
            """),
        .init(
            "state.bytes", .integer(65_536...268_435_456), "8388608",
            "Bytes of one segment of what is kept; there are two."),
    ]

    private static let standard = ConduitSettings(epoch: "", access: AccessRules(ownUid: 0))

    private static let lines: [ConfigurationKey] = [
        .init(
            "limits.lineBytes", .integer(1024...67_108_864), String(standard.lineLimit),
            "The longest line of a client, in bytes; for connections made from then on."),
        .init(
            "limits.badLines", .integer(1...1_000_000), String(standard.badLineLimit),
            "Bad lines in a row that close a port."),
        .init(
            "limits.eventLogBytes", .integer(65_536...1_073_741_824), String(standard.logBytes),
            "The bound of the event log in bytes. A port that falls further behind is told that it lagged."),
        .init(
            "limits.eventLogLines", .integer(16...10_000_000), String(standard.logLines),
            "The bound of the event log in lines."),
        .init(
            "limits.supersededBytes", .integer(65_536...1_073_741_824), String(standard.supersededBytes),
            """
            Bytes beside those for lines of which only the newest matters, such as agent::update: they never push an event
            out.
            """),
    ]

    /// What is held at a time: by a port first, then by all ports of one process, then by all of a user.
    private static let held: [ConfigurationKey] = [
        .init(
            "limits.replyBytes", .integer(65_536...268_435_456), String(standard.ledger.portBytes),
            "Bytes of replies that a port may leave unread; beyond that it is closed."),
        .init(
            "limits.programReplyBytes", .integer(65_536...4_294_967_296), String(standard.ledger.programBytes),
            "Bytes of replies that all ports of one process together may leave unread."),
        .init(
            "limits.uidReplyBytes", .integer(65_536...4_294_967_296), String(standard.ledger.uidBytes),
            "Bytes of replies that all ports of a user together may leave unread."),
        .init(
            "limits.requests", .integer(1...10_000), String(standard.ledger.portRequests),
            "Requests of a port that wait for an answer at a time; the next is refused."),
        .init(
            "limits.programRequests", .integer(1...100_000), String(standard.ledger.programRequests),
            "Requests of all ports of one process together that wait for an answer at a time."),
        .init(
            "limits.uidRequests", .integer(1...100_000), String(standard.ledger.uidRequests),
            "Requests of all ports of a user together that wait for an answer at a time."),
        .init(
            "limits.uidPorts", .integer(1...65_536), String(standard.ledger.uidPorts),
            "Connections of a user at a time; the next is refused."),
        .init(
            "limits.programPorts", .integer(1...65_536), String(standard.ledger.programPorts),
            "Connections of one process at a time, so that no program takes all of its user's."),
    ]
}
