// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline logs`: prints the last entries of the daemon's log, and the new ones.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the last entries of the daemon's log.",
        discussion: """
            partyline logs --level warning
            partyline logs -f

            The daemon keeps its last 1000 entries in memory; older ones are in the journal.
            """)

    @Flag(name: [.customShort("f"), .long], help: "Continue with new entries, also over a restart of the daemon.")
    var follow = false
    @Option(
        name: .customShort("n"), parsing: .unconditional,
        help: ArgumentHelp("How many of the last entries.", valueName: "n"))
    var count = 50
    @Option(help: "The lowest level: debug, info, warning or error.") var level = LogLevel.info
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard ((follow ? 0 : 1)...LogTail.most).contains(count) else {
            throw ValidationError("-n takes 1 to \(LogTail.most); with -f, 0 prints new entries only")
        }
    }

    func run() throws {
        var tail = LogTail(level: level, count: count)
        guard follow else { return try options.withConnection { try print($0, &tail) } }
        // Output is unbuffered: there is nothing to flush.
        EndSignals.handle { _ in _exit(0) }
        var pause = LogPause()
        while !Console.isReaderGone {
            do {
                try options.withConnection { connection in
                    try print(connection, &tail) { pause.reset().forEach { Console.error($0) } }
                }
            } catch let failure as CommandFailure where pause.isRetried(failure) {
                pause.lines(failure).forEach { Console.error(Text.printable($0)) }
                pause.wait()
            }
        }
    }

    /// Prints entries until the connection ends or the reader of the output has ended; without `-f`, those that there are.
    private func print(_ connection: LineConnection, _ tail: inout LogTail, _ hasBegun: () -> Void = {}) throws {
        for message in tail.begin(follows: follow) { try connection.send(message.event, message.data) }
        while true {
            let message: ServerMessage
            do throws(ConnectionError) {
                // Only the kept entries have to come in time.
                let deadline = tail.hasKept ? nil : ContinuousClock.now + .seconds(10)
                message = try connection.nextMessage(before: deadline, interruption: .readerGone(STDOUT_FILENO))
            } catch {
                guard case .interrupted = error else { throw error }
                return
            }
            for entry in try tail.entries(message) {
                Console.out(format.isJSON ? entry.json.text.escapingDisplayControls : entry.line(.standardOutput))
            }
            guard tail.hasKept else { continue }
            hasBegun()
            if !follow { return }
        }
    }
}

/// The pauses between attempts to reach the daemon again, and what is said about it.
struct LogPause {
    private var hasBegun = false
    private var isGone = false
    private var milliseconds: Int32 = Self.first
    private static let first: Int32 = 100
    private static let longest: Int32 = 2000

    /// The connection works.
    mutating func reset() -> [String] {
        defer { (hasBegun, isGone, milliseconds) = (true, false, Self.first) }
        return isGone ? ["partyline: partylined is back"] : []
    }

    /// True if a later attempt may succeed: only the first connection has to.
    func isRetried(_ failure: CommandFailure) -> Bool {
        guard hasBegun else { return false }
        switch failure.status {
        case .denied, .usage: return false
        case .success, .failure, .notRunning, .notSignedIn, .timeout, .conflict: return true
        }
    }

    /// One notice until the daemon is back.
    mutating func lines(_ failure: CommandFailure) -> [String] {
        defer { isGone = true }
        return isGone ? [] : ["partyline: partylined is gone (\(failure.message)); waiting for it"]
    }

    /// Ends early if the reader of the output ends.
    mutating func wait() {
        var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        _ = poll(&entry, 1, milliseconds)
        milliseconds = min(milliseconds * 2, Self.longest)
    }
}
