import ConduitCore
import Glibc

/// Keeps what a restart goes on from. It is called on the event loop: its files are in memory, so it writes at once and
/// waits for nothing.
///
/// A `kill -9` loses nothing that was appended, because the files are the system's; only a machine that goes down takes
/// them along, with the session that they were about.
///
/// When a write fails, the journal empties its files and turns itself off: a restart that goes on from an old state would
/// tell its subscribers that they have missed nothing.
final class StateJournal {
    /// False once it turned itself off, or was closed.
    private(set) var isOn = true
    private let segments: [StateFile]
    private var recorder: StateRecorder
    private let hasState: Bool
    private let report: (StateProblem) -> Void

    /// Opens the journal and reads what former runs left; nil if that is nothing, or nothing that can be read.
    ///
    /// - Parameters:
    ///   - segmentBytes: how much is written to a segment before the other one is begun: a restart finds at least that.
    ///   - report: is told what goes wrong. The daemon goes on all the same.
    static func open(
        _ place: StatePlace, segmentBytes: Int, report: @escaping (StateProblem) -> Void
    ) throws(StateProblem) -> (journal: StateJournal, kept: KeptState?) {
        // Beyond a limit on files' sizes (LimitFSIZE=) a write is to fail, not to kill.
        signal(SIGXFSZ, SIG_IGN)
        var contents: [[UInt8]] = []
        for segment in place.segments { contents.append(try segment.read()) }
        let reading = StateCodec.read(segments: contents)
        let journal = StateJournal(place, reading, segmentBytes, report)
        if reading.state == nil, contents.contains(where: { !$0.isEmpty }) {
            report(unreadable(place, reading.notes))
        }
        return (journal, reading.state)
    }

    private init(
        _ place: StatePlace, _ reading: StateReading, _ segmentBytes: Int, _ report: @escaping (StateProblem) -> Void
    ) {
        segments = place.segments
        recorder = StateRecorder(after: reading, segmentBytes: segmentBytes)
        hasState = reading.state != nil
        self.report = report
    }

    deinit { close() }

    /// A run begins. To be called once and before the first port is let in: from then on a restart knows this run's
    /// clocks.
    ///
    /// - Parameter state: what `open` gave, to go on from it; nil to begin with nothing.
    func begin(epoch: String, state: KeptState?) {
        guard isOn else { return }
        let resumes = state != nil && hasState
        attempt { () throws(StateProblem) in
            let write = try recorded { () throws(StateFault) in try recorder.begin(epoch: epoch, resumes: resumes) }
            // What nobody goes on from is not to be found again, nor what a write left that was cut short.
            if resumes {
                try segments[write.segment].cut(at: write.offset)
            } else {
                for segment in segments { segment.empty() }
            }
            try segments[write.segment].write(write.bytes, at: write.offset)
        }
    }

    /// Keeps what is in the draft, by one write unless a segment is full. When it returns, it is kept.
    func append(_ draft: inout StateDraft) {
        guard isOn, !draft.isEmpty else { return }
        attempt { () throws(StateProblem) in
            let writes = try recorded { () throws(StateFault) in try recorder.record(&draft) }
            for write in writes { try segments[write.segment].write(write.bytes, at: write.offset) }
        }
    }

    /// Ends it; the state stays for the next run.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        isOn = false
        for segment in segments { Glibc.close(segment.descriptor) }
    }

    private var isClosed = false

    // MARK: When it fails

    private func attempt(_ body: () throws(StateProblem) -> Void) {
        do throws(StateProblem) { try body() } catch {
            isOn = false
            for segment in segments { segment.empty() }
            report(error)
        }
    }

    private func recorded<Value>(_ body: () throws(StateFault) -> Value) throws(StateProblem) -> Value {
        do throws(StateFault) { return try body() } catch {
            throw StateProblem(
                message: "the state for a restart is no longer kept, because of a fault of partylined's: \(error)",
                hint: "restart the daemon (systemctl --user restart partyline), and report it, please")
        }
    }

    private static func unreadable(_ place: StatePlace, _ notes: [String]) -> StateProblem {
        StateProblem(
            message: "the state in \(place.name) cannot be read, so this run begins afresh: "
                + notes.joined(separator: "; "),
            hint: "nothing is to be done: subscribers are told so, and it is written anew")
    }
}
