// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Glibc

/// Stores the state that a restart resumes from. It writes synchronously on the event loop: the files are in memory, so
/// writes do not block.
///
/// A `kill -9` loses nothing that was appended, because the pages belong to the kernel. A crash of the machine loses the
/// files, and the session with them.
///
/// If a write fails, the journal marks its segments as ended: a run that resumed from an old state would tell its
/// subscribers that they have missed nothing. It tries to write a complete state again with each change, and whenever
/// `retry` is called.
final class StateJournal {
    enum Condition: Equatable {
        case on
        /// A write failed, for this reason, and is tried again.
        case suspended(StateProblem)
        /// Closed, or stopped by a bug.
        case off
    }

    private(set) var condition = Condition.on
    /// True unless nothing will be written any more.
    var isOn: Bool { condition != .off }
    private let segments: [StateFile]
    private var recorder: StateRecorder
    private let hasState: Bool
    private let report: (StateProblem) -> Void

    /// Opens the journal and reads the state of earlier runs; nil if there is none, or none that can be read.
    ///
    /// - Parameters:
    ///   - segmentBytes: the bytes that are written to a segment before the other one is started. A restart finds at
    ///     least the events in that many bytes.
    ///   - report: receives problems. The daemon continues in any case.
    static func open(
        _ place: StatePlace, segmentBytes: Int, report: @escaping (StateProblem) -> Void
    ) throws(StateProblem) -> (journal: StateJournal, kept: KeptState?) {
        // SIGXFSZ: a write beyond the limit on file sizes (LimitFSIZE=) must fail, not kill the process.
        signal(SIGXFSZ, SIG_IGN)
        var contents: [[UInt8]] = []
        for segment in place.segments { contents.append(try segment.read()) }
        let reading = StateCodec.read(segments: contents)
        let journal = StateJournal(place, reading, segmentBytes, report)
        if reading.state == nil, contents.contains(where: { !$0.isEmpty && !$0.starts(with: StateFormat.ended) }) {
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

    /// Records the start of a run, so that the next run recognizes its clocks. Call it once, before the first port is
    /// accepted.
    ///
    /// - Parameter state: the result of `open`, to resume from it; nil to start afresh.
    func begin(epoch: String, state: KeptState?) {
        guard isOn else { return }
        let resumes = state != nil && hasState
        attempt { () throws(StateProblem) in
            if !resumes { erase() }
            let write = try recorded { () throws(StateFault) in try recorder.begin(epoch: epoch, resumes: resumes) }
            // Removes the rest of an incomplete write.
            if resumes { try segments[write.segment].truncate(to: write.offset) }
            try segments[write.segment].write(write.bytes, at: write.offset)
        }
    }

    /// Stores the changes in the draft before it returns; with one write, unless a segment is full.
    func append(_ draft: inout StateDraft) {
        guard !draft.isEmpty else { return }
        switch condition {
        case .off: return
        case .suspended:
            // `end` has overwritten the headers; the rest of the old state is still in the files.
            if draft.newStart != nil { erase() }
            recorder.absorb(&draft)
            retry()
        case .on:
            attempt { () throws(StateProblem) in
                if let start = draft.newStart {
                    erase()
                    let write = try recorded { () throws(StateFault) in try recorder.startOver(at: start) }
                    try segments[write.segment].write(write.bytes, at: write.offset)
                }
                let writes = try recorded { () throws(StateFault) in try recorder.record(&draft) }
                for write in writes { try segments[write.segment].write(write.bytes, at: write.offset) }
                silentAppends = max(0, silentAppends - 1)
            }
        }
    }

    /// The older segment first: without the newest one, it would be read as the newest state.
    private func erase() {
        for segment in [1 - recorder.segment, recorder.segment] { segments[segment].empty() }
    }

    /// Tries to write a complete state again after a failure.
    func retry() {
        guard case .suspended(let problem) = condition else { return }
        do throws(StateProblem) {
            let write = try recorded { () throws(StateFault) in try recorder.restart() }
            try segments[write.segment].write(write.bytes, at: write.offset)
            condition = .on
            if silentAppends == 0 { report(Self.resumed) }
            silentAppends = Self.silence
        } catch {
            for segment in segments { segment.end() }
            condition == .off ? report(error) : (condition = .suspended(problem))
        }
    }

    /// True if a file has been removed, so that a restart will not find it.
    var isRemoved: Bool { segments.contains { !$0.hasName } }

    /// Closes the files. The state stays for the next run.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        condition = .off
        for segment in segments { Glibc.close(segment.descriptor) }
    }

    private var isClosed = false
    /// So many more changes must be stored before a failure is reported again: on a full disk, a complete state often fits, and
    /// the changes after it do not.
    private var silentAppends = 0
    private static let silence = 1000

    // MARK: Failures

    private func attempt(_ body: () throws(StateProblem) -> Void) {
        do throws(StateProblem) { try body() } catch {
            for segment in segments { segment.end() }
            if condition == .on { condition = .suspended(error) }
            if silentAppends == 0 || condition == .off { report(error) }
        }
    }

    private func recorded<Value>(_ body: () throws(StateFault) -> Value) throws(StateProblem) -> Value {
        do throws(StateFault) { return try body() } catch {
            condition = .off
            throw StateProblem(
                message: "the state for a restart is no longer kept, because of a bug in partylined: \(error)",
                hint: "restart the daemon (systemctl --user restart partyline), and please report the bug")
        }
    }

    private static let resumed = StateProblem(
        message: "the state for a restart is kept again",
        hint: "after a restart, programs that missed events before this moment start afresh")

    private static func unreadable(_ place: StatePlace, _ notes: [String]) -> StateProblem {
        StateProblem(
            message: "the state in \(place.name) cannot be read, so this run begins afresh: "
                + notes.joined(separator: "; "),
            hint: "no action is needed: subscribers are told that they missed events, and the state is written anew")
    }
}
