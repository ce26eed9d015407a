// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Encodes positions in the log as clocks: the epoch of the daemon's run that appended the line, and the position.
/// A clock is opaque to clients; they can only pass it back as `since`.
struct Clocks {
    let epoch: String
    /// Former runs whose clocks are still valid, oldest first.
    let formerRuns: [KeptRun]

    func text(_ position: LogPosition) -> String {
        let run = formerRuns.first { position <= $0.last }
        return "\(run?.epoch ?? epoch):\(position)"
    }

    /// The ending of a subscriber's line: it replaces the last brace and the newline.
    func ending(of entry: EventLog.Entry) -> [UInt8] {
        ServerLine.ending(clock: text(entry.clock), time: entry.time, from: entry.from)
    }
}
