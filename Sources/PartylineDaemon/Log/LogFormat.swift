// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc
import Logging
import StreamsProtocol

/// The form of a log line: with a timestamp, or with a priority prefix for the journal (sd-daemon(3)).
struct LogFormat: Sendable {
    private let isJournal: Bool

    /// - Parameter isJournal: true if the journal reads the log.
    init(isJournal: Bool) { self.isJournal = isJournal }

    /// The journal's form if `journalStream` names the descriptor's device and inode, else timestamps.
    ///
    /// - Parameter journalStream: `JOURNAL_STREAM`, which systemd sets for a service. It is inherited, also by programs
    ///   whose standard error is not the journal.
    init(journalStream: String?, descriptor: CInt = STDERR_FILENO) {
        var file = stat()
        guard let journalStream, fstat(descriptor, &file) == 0 else {
            self.init(isJournal: false)
            return
        }
        self.init(isJournal: journalStream == "\(file.st_dev):\(file.st_ino)")
    }

    func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> [UInt8] {
        let fields = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
        let start = isJournal ? "<\(Self.priority(level))>" : "\(Self.time()) \(level): "
        return Array((start + message.escapingDisplayControls + fields + "\n").utf8)
    }

    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp.text(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    /// The priorities of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_./:@%+#".contains($0) }
        return isPlain ? text : JSON.string(text).text.escapingDisplayControls
    }
}
