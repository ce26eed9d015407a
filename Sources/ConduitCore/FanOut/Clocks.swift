import StreamsProtocol

/// Puts places in the log into the words of clients: a clock is the epoch of the run of the daemon that gave it out, and a
/// place. Opaque to clients, and only good for being handed back.
struct Clocks {
    let epoch: String
    /// Former runs whose clocks can still be resumed from, oldest first.
    let formerRuns: [KeptRun]

    func text(_ position: LogPosition) -> String {
        let run = formerRuns.first { position <= $0.last }
        return "\(run?.epoch ?? epoch):\(position)"
    }

    /// What a subscriber's line has instead of the last brace and the newline.
    func ending(of entry: EventLog.Entry) -> [UInt8] {
        ServerLine.ending(clock: text(entry.clock), time: entry.time, from: entry.from)
    }
}
