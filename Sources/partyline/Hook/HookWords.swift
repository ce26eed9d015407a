import ConnectStreams

/// What `hook` says on standard error, one line each.
enum HookWords {
    /// Nil if there is nothing to say.
    static func failure(_ event: StreamEvent, _ outcome: HookOutcome) -> String? {
        switch outcome {
        case .exited(0): nil
        case .exited(let status): line(event, "ended with status \(status)")
        case .signalled(let number): line(event, "was ended by signal \(number)")
        case .notStarted(let reason): line(event, "could not be started: \(reason)")
        }
    }

    static func late(_ event: StreamEvent, _ timeout: Int64) -> String {
        line(event, "took longer than \(Text.setting(milliseconds: Int(timeout))) and is ended")
    }

    static func cutShort(_ event: StreamEvent) -> String { line(event, "still ran at the end and is ended") }

    static func killed(_ event: StreamEvent) -> String { line(event, "did not heed SIGTERM and is killed") }

    static func dropped(_ event: StreamEvent, _ limits: HookQueue.Limits) -> String {
        let bounds = "\(limits.backlog) for a contact, \(Text.size(limits.bytes)) in all"
        return "partyline: \(name(event)) is left out: too many events wait for hooks that are too slow (\(bounds))"
    }

    static func left(_ count: Int, _ first: StreamEvent) -> String {
        "partyline: \(count) events were not handled any more, the first of them \(name(first))"
    }

    private static func line(_ event: StreamEvent, _ what: String) -> String {
        "partyline: the hook for \(name(event)) \(what)"
    }

    private static func name(_ event: StreamEvent) -> String {
        let contact = event.contactId.map { " of \($0)" } ?? ""
        return Text.printable("\(event.name)\(contact) (clock \(event.clock))")
    }
}
