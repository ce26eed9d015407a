// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import Glibc
import StreamsProtocol
import Testing

@testable import ConduitCore
@testable import PartylineDaemon

@Suite("The files of the state journal", .serialized)
struct StateJournalTests {
    private func line(_ position: LogPosition, size: Int = 50) -> KeptLine {
        KeptLine(
            position: position, name: "contact::connected", time: 1,
            bytes: Array(repeating: 0x61, count: size - 2) + Array("}\n".utf8))
    }

    /// A draft with one event at each of these positions, each with a memory.
    private func draft(_ positions: LogPosition..., size: Int = 50) -> StateDraft {
        var draft = StateDraft(segmentBytes: 1 << 20)
        for position in positions {
            let line = line(position, size: size)
            let entry = EventLog.Entry(line.name, LineBody(of: line.bytes), time: line.time)
            draft.add(entry, at: position)
            draft.endChange(next: position + 1, memory: .int(Int(position)))
        }
        return draft
    }

    private func append(_ draft: StateDraft, to journal: StateJournal) {
        var draft = draft
        journal.append(&draft)
    }

    private func place(_ folder: String) throws -> StatePlace {
        try #require(try StatePlace.find(StatePlace.Search(directory: folder)))
    }

    /// Opens a journal; a problem fails the test. A process that another test starts holds copies of all descriptors, and so
    /// the lock, from its fork to its exec: the lock is tried again for a while.
    private func open(_ folder: String, segmentBytes: Int = 1000) throws -> (StateJournal, KeptState?) {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                let opened = try StateJournal.open(try place(folder), segmentBytes: segmentBytes) {
                    Issue.record("\($0)")
                }
                return (opened.journal, opened.kept)
            } catch let problem as StateProblem where problem.message.hasPrefix("cannot lock") && .now < deadline {
                // The kernel reports the release of a flock(2) only to a caller that blocks, without a time limit.
                usleep(1_000)
            }
        }
    }

    private func contents(_ folder: String) -> [String: Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                var status = stat()
                return (name, stat("\(folder)/\(name)", &status) == 0 ? Int(status.st_size) : -1)
            })
    }

    @Test("what was appended is found by the following runs")
    func reopening() throws {
        try withStateFolder { folder in
            var next: LogPosition = 1
            for run in 1...5 {
                let (journal, kept) = try open(folder)
                #expect(kept?.next == (run == 1 ? nil : next))
                #expect(kept?.memory.int == (run == 1 ? nil : Int(next - 1)))
                #expect(kept?.runs.map(\.epoch).last == (run == 1 ? nil : "e\(run - 1)"))
                #expect(kept?.lines.last == (run == 1 ? nil : line(next - 1)))
                journal.begin(epoch: "e\(run)", state: kept)
                for _ in 0..<20 {
                    append(draft(next, next + 1), to: journal)
                    next += 2
                }
                #expect(journal.isOn)
                // As after a kill -9, when the kernel closes the files.
                journal.close()
            }
            #expect(Set(contents(folder).keys) == ["partyline.sock.state.a", "partyline.sock.state.b"])
            #expect(contents(folder).values.allSatisfy { $0 < 5000 })
        }
    }

    /// A draft that starts over and then has one event.
    private func fresh(at position: LogPosition) -> StateDraft {
        var draft = draft(position - 1)
        draft.startOver(at: position)
        let line = line(position)
        draft.add(EventLog.Entry(line.name, LineBody(of: line.bytes), time: line.time), at: position)
        draft.endChange(next: position + 1)
        return draft
    }

    private func texts(_ folder: String) throws -> String {
        try contents(folder).keys.map {
            String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\($0)")), as: UTF8.self)
        }.joined()
    }

    @Test("a new start erases everything before it from both files, and goes on at its position")
    func newStart() throws {
        try withStateFolder { folder in
            let (first, _) = try open(folder)
            first.begin(epoch: "e1", state: nil)
            for position in 1...30 as ClosedRange<LogPosition> {
                var draft = StateDraft(segmentBytes: 1 << 20)
                let text = Array("customer \(position)\n".utf8)
                draft.add(EventLog.Entry("x", LineBody(of: text), time: 1), at: position)
                draft.endChange(next: position + 1, memory: "customer")
                append(draft, to: first)
            }
            #expect(contents(folder).values.allSatisfy { $0 > 100 } && contents(folder).count == 2)
            #expect(try texts(folder).contains("customer"))
            append(fresh(at: 41), to: first)
            #expect(try !texts(folder).contains("customer"))
            first.close()
            let (second, kept) = try open(folder)
            #expect(kept?.lines == [line(41)] && kept?.memory == .null && kept?.next == 42 && kept?.floor == 41)
            #expect(kept?.runs == [KeptRun(epoch: "e1", last: 41)])
            second.begin(epoch: "e2", state: kept)
            append(draft(42), to: second)
            second.close()
            let (third, again) = try open(folder)
            #expect(again?.lines.map(\.position) == [41, 42] && again?.runs.map(\.epoch) == ["e1", "e2"])
            third.close()
        }
    }

    @Test("a new start while nothing can be written → erased all the same, and the next state is without the former")
    func newStartSuspended() throws {
        try withStateFolder { folder in
            var problems: [StateProblem] = []
            let opened = try StateJournal.open(try place(folder), segmentBytes: 1000) { problems.append($0) }
            opened.journal.begin(epoch: "e1", state: nil)
            append(draft(1, 2, 3), to: opened.journal)
            var former = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
            try #require(getrlimit(resource, &former) == 0)
            var limit = rlimit(rlim_cur: 16, rlim_max: former.rlim_max)
            try #require(setrlimit(resource, &limit) == 0)
            append(draft(4), to: opened.journal)
            append(fresh(at: 6), to: opened.journal)
            setrlimit(resource, &former)
            #expect(try !texts(folder).contains("aaa"))
            opened.journal.retry()
            opened.journal.close()
            let (journal, kept) = try open(folder)
            #expect(kept?.next == 7 && kept?.memory == .null && kept?.lines.isEmpty == true)
            journal.close()
        }
    }

    @Test("unreadable files → a problem is reported, and the state is started afresh")
    func unreadable() throws {
        try withStateFolder { folder in
            for name in ["a", "b"] {
                let path = "\(folder)/partyline.sock.state.\(name)"
                try Data(repeating: 0x7B, count: 100_000).write(to: URL(filePath: path))
                chmod(path, 0o600)
            }
            var problems: [StateProblem] = []
            let opened = try StateJournal.open(try place(folder), segmentBytes: 8 << 20) { problems.append($0) }
            #expect(opened.kept == nil)
            #expect(problems.count == 1 && problems[0].message.contains("cannot be read, so this run begins afresh"))
            opened.journal.begin(epoch: "e1", state: nil)
            append(draft(1), to: opened.journal)
            opened.journal.close()
            #expect(problems.count == 1)
            let (journal, kept) = try open(folder)
            #expect(kept?.lines == [line(1)] && kept?.runs == [KeptRun(epoch: "e1", last: 1)])
            #expect(contents(folder).values.reduce(0, +) < 1000)
            journal.close()
        }
    }

    /// Calls `body` while no file of this process may exceed 8 MiB. No other test writes files of that size.
    private func withFullDisk(_ body: () throws -> Void) throws {
        var former = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        try #require(getrlimit(resource, &former) == 0)
        var limit = rlimit(rlim_cur: 8 << 20, rlim_max: former.rlim_max)
        try #require(setrlimit(resource, &limit) == 0)
        defer { setrlimit(resource, &former) }
        try body()
    }

    @Test("no space → one problem; a restart meanwhile finds no state, and one afterwards the newest")
    func noRoom() throws {
        try withStateFolder { folder in
            var problems: [StateProblem] = []
            // Opened first: it ignores SIGXFSZ, so that such a write fails instead of killing the process.
            let opened = try StateJournal.open(try place(folder), segmentBytes: 64 << 20) { problems.append($0) }
            try withFullDisk {
                opened.journal.begin(epoch: "e1", state: nil)
                for position in 1...10 as ClosedRange<LogPosition> {
                    append(draft(position, size: 1 << 20), to: opened.journal)
                }
                // The present state is small: it is written again as soon as one change fits.
                #expect(opened.journal.condition == .on)
            }
            #expect(problems.map(\.message).first?.contains("File too large") == true)
            opened.journal.close()
            let (journal, kept) = try open(folder)
            #expect(kept?.next == 11)
            #expect(kept?.lines.first?.position ?? 11 > 8)
            journal.close()
        }
    }

    @Test("no space at all → suspended, the files are marked as ended without growing; retry writes the state again")
    func suspended() throws {
        try withStateFolder { folder in
            var problems: [StateProblem] = []
            let opened = try StateJournal.open(try place(folder), segmentBytes: 1000) { problems.append($0) }
            opened.journal.begin(epoch: "e1", state: nil)
            append(draft(1), to: opened.journal)
            let size = contents(folder)
            var former = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
            try #require(getrlimit(resource, &former) == 0)
            var limit = rlimit(rlim_cur: 16, rlim_max: former.rlim_max)
            try #require(setrlimit(resource, &limit) == 0)
            append(draft(2), to: opened.journal)
            append(draft(3), to: opened.journal)
            setrlimit(resource, &former)
            guard case .suspended = opened.journal.condition else {
                Issue.record("the journal is \(opened.journal.condition)")
                return
            }
            #expect(opened.journal.isOn && problems.count == 1)
            #expect(contents(folder).values.max() == size.values.max())
            for file in contents(folder) where file.value >= 16 {
                let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(file.key)"))
                #expect(bytes.prefix(16).allSatisfy { $0 == 0 })
            }
            opened.journal.retry()
            #expect(opened.journal.condition == .on && problems.count == 2)
            opened.journal.close()
            let (journal, kept) = try open(folder)
            #expect(kept?.next == 4 && kept?.memory.int == 3 && kept?.lines.isEmpty == true)
            journal.close()
        }
    }

    @Test("a full device → suspended before the first change, with one problem")
    func full() throws {
        let devices = [Glibc.open("/dev/full", O_RDWR | O_CLOEXEC), Glibc.open("/dev/full", O_RDWR | O_CLOEXEC)]
        try #require(devices.allSatisfy { $0 >= 0 })
        let place = StatePlace(name: "full", segments: devices.map { StateFile(descriptor: $0, name: "/dev/full") })
        var problems: [StateProblem] = []
        let opened = try StateJournal.open(place, segmentBytes: 8 << 20) { problems.append($0) }
        #expect(opened.kept == nil && problems.isEmpty)
        opened.journal.begin(epoch: "e1", state: nil)
        append(draft(1), to: opened.journal)
        guard case .suspended = opened.journal.condition else {
            Issue.record("the journal is \(opened.journal.condition)")
            return
        }
        #expect(
            problems.map(\.message) == [
                "cannot write to /dev/full, so nothing is kept for a restart: No space left on device"
            ])
    }

    @Test("changes out of order → the journal is off, so that an old state is not read as the newest")
    func outOfOrder() throws {
        try withStateFolder { folder in
            var problems: [StateProblem] = []
            let opened = try StateJournal.open(try place(folder), segmentBytes: 8 << 20) { problems.append($0) }
            opened.journal.begin(epoch: "e1", state: nil)
            append(draft(5), to: opened.journal)
            append(draft(5), to: opened.journal)
            #expect(!opened.journal.isOn && problems.count == 1)
            opened.journal.close()
            let (journal, kept) = try open(folder)
            #expect(kept == nil)
            journal.close()
        }
    }
}

/// Calls `body` with a temporary folder of mode 0700.
func withStateFolder(_ body: (String) throws -> Void) throws {
    let folder = "/tmp/partyline-state-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
