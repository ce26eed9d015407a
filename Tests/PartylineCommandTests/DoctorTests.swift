// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("The doctor's verdicts")
struct DoctorTests {
    private static let welcome = Welcome(
        json: [
            "id": "p",
            "partyline": [
                "protocol": 1, "version": "0.1.0", "role": "admin",
                "capabilities": ["getStatus", "subscribe", "call", "sync"],
            ],
        ])

    private static func healthy() throws -> DoctorFacts {
        DoctorFacts(
            rule: "the user service's default",
            place: SocketPlace(path: "/run/user/1000/partyline/partyline.sock", hasUnit: true), uid: 1000,
            folderPath: "/run/user/1000/partyline",
            folder: .init(kind: .folder, mode: 0o700, uid: 1000, owner: "robin"),
            socket: .init(kind: .socket, mode: 0o600, uid: 1000, owner: "robin"), lock: .none, unit: "active",
            answer: .welcome(try #require(welcome), milliseconds: 3), status: StatusExamples.healthy,
            openFiles: 1024, now: StatusExamples.now)
    }

    private func verdicts(_ facts: DoctorFacts) -> [String: DoctorCheck.Verdict] {
        Dictionary(uniqueKeysWithValues: DoctorReport(facts).checks.map { ($0.name, $0.verdict) })
    }

    @Test("a healthy daemon → every check passes, one line for each")
    func well() throws {
        let report = DoctorReport(try Self.healthy())
        #expect(report.isWell)
        #expect(report.checks.allSatisfy { $0.verdict == .pass && $0.next == nil })
        let lines = report.lines(.plain) { $0 }
        #expect(lines.count == 21)
        #expect(
            lines[0] == "pass  socket path    /run/user/1000/partyline/partyline.sock, from the user service's default")
        #expect(lines.contains("pass  link           up for 10 min"))
        #expect(lines.contains("pass  event log      10 lines, 1.5 KiB of 16.0 MiB"))
        #expect(lines.contains("pass  state          kept over restarts by systemd"))
        #expect(report.json["ok"] == true)
        #expect(report.json["checks"]?.array?.first?["verdict"] == "pass")
    }

    @Test("no daemon → local checks are made, the others are skipped")
    func absent() throws {
        var facts = try Self.healthy()
        facts.answer = .failure(.notRunning(path: facts.place.path))
        facts.status = nil
        facts.socket = nil
        facts.unit = "inactive"
        facts.openFiles = nil
        let report = DoctorReport(facts)
        #expect(!report.isWell)
        let verdicts = verdicts(facts)
        #expect(verdicts["socket path"] == .pass && verdicts["folder"] == .pass)
        #expect(verdicts["socket"] == .skip && verdicts["daemon"] == .fail && verdicts["unit"] == .warn)
        let rest = ["version", "role", "sign-in", "link", "snapshot", "clock", "ports", "state", "open files"]
        #expect(rest.allSatisfy { verdicts[$0] == .skip })
        // One cause, one failure.
        let failing = report.checks.filter { $0.verdict == .fail }
        #expect(failing.map(\.name) == ["daemon"])
        #expect(failing.first?.next == "systemctl --user start partyline")
    }

    private static let places: [(String, DoctorCheck.Verdict, @Sendable (inout DoctorFacts) -> Void)] = [
        ("folder", .skip, { $0.folder = nil }), ("folder", .fail, { $0.folder?.kind = .other }),
        ("folder", .fail, { $0.folder?.mode = 0o770 }), ("folder", .pass, { $0.folder?.mode = 0o1777 }),
        ("folder", .warn, { $0.folder?.uid = 7 }),
        ("folder", .pass, { $0.folder?.uid = 0 }), ("socket", .fail, { $0.socket?.kind = .other }),
        ("socket", .warn, { $0.socket?.mode = 0o666 }),
        (
            "socket", .pass,
            {
                $0.socket?.mode = 0o666
                $0.status?.daemon.accessRules = 2
            }
        ),
        (
            "daemon", .skip,
            {
                $0.socket?.kind = .other
                $0.answer = .failure(.notRunning(path: "/p"))
            }
        ), ("socket", .pass, { $0.socket?.mode = 0o660 }),
        ("lock", .pass, { $0.lock = .held(pid: 5) }), ("lock", .pass, { $0.lock = .free }),
        (
            "lock", .skip,
            {
                $0.lock = .free
                $0.answer = .failure(.notRunning(path: "/p"))
            }
        ),
        ("unit", .skip, { $0.unit = nil }), ("unit", .warn, { $0.unit = "inactive" }),
        ("daemon", .warn, { facts in welcome.map { facts.answer = .welcome($0, milliseconds: 1500) } }),
        ("daemon", .fail, { $0.answer = .failure(.noPermission(path: "/p")) }),
        ("open files", .fail, { $0.openFiles = 60 }), ("open files", .warn, { $0.openFiles = 300 }),
        ("open files", .skip, { $0.openFiles = nil }),
    ]

    @Test("socket, folder, lock, unit and daemon → verdicts", arguments: places.indices)
    func place(index: Int) throws {
        let (name, verdict, change) = Self.places[index]
        var facts = try Self.healthy()
        change(&facts)
        #expect(verdicts(facts)[name] == verdict, "\(index)")
    }

    private typealias Change = @Sendable (inout DaemonStatus) -> Void
    private static let states: [(String, DoctorCheck.Verdict, Change)] = [
        ("sign-in", .fail, { $0.session = .init(source: .configure, state: .waiting) }),
        ("sign-in", .fail, { $0.auth.state = .refused }), ("sign-in", .fail, { $0.auth.state = .expired }),
        ("sign-in", .warn, { $0.auth.state = .failing }),
        ("link", .fail, { $0.link.state = .down }), ("link", .warn, { $0.link.state = .idle }),
        ("link", .warn, { $0.link.state = .degraded }),
        (
            "link", .fail,
            { status in
                status.session.state = .starting
                status.auth = .init(state: .failing, since: StatusExamples.now, lastError: "x")
                status.link.state = .idle
            }
        ),
        ("contacts", .warn, { $0.session.suppressesContacts = true }),
        ("configuration", .warn, { $0.daemon.reloadError = "x" }),
        ("state", .warn, { $0.state = .init(kept: .none, problem: "x") }),
        ("snapshot", .warn, { $0.agent = nil }), ("snapshot", .warn, { $0.agent?.ageMs = 70_000 }),
        ("clock", .warn, { $0.agent?.skewMs = 5001 }), ("clock", .pass, { $0.agent?.skewMs = -5000 }),
        ("clock", .warn, { $0.agent?.skewMs = -90_000 }), ("clock", .skip, { $0.agent?.skewMs = nil }),
        ("websocket", .warn, { $0.webSocket.state = .connecting }),
        ("websocket", .warn, { $0.webSocket.state = .idle }),
        (
            "ports", .warn,
            { $0.ledger.users.append(.init(uid: 2, programs: 1, ports: 250, replyBytes: 0, requests: 0)) }
        ),
        ("troubles", .warn, { $0.counters = Counts { $0 == .refusedConnections ? 1 : 0 } }),
        ("state", .warn, { $0.state = .init(kept: .none) }),
    ]

    @Test("daemon status → verdicts", arguments: states.indices)
    func state(index: Int) throws {
        let (name, verdict, change) = Self.states[index]
        var facts = try Self.healthy()
        facts.status = StatusExamples.changed(change)
        let check = try #require(DoctorReport(facts).checks.first { $0.name == name })
        #expect(check.verdict == verdict, "\(check.text)")
        #expect(verdict != .fail || check.next != nil)
    }

    @Test("a status that cannot be parsed → the checks that need it are skipped, with the reason")
    func unread() throws {
        var facts = try Self.healthy()
        facts.status = nil
        facts.statusFault = "status.link.state is missing"
        let check = try #require(DoctorReport(facts).checks.first { $0.name == "link" })
        #expect(check == .skip("link", "the daemon sent no status: status.link.state is missing"))
    }

    private static let welcomes: [(String, DoctorCheck.Verdict, JSON)] = [
        ("version", .fail, ["protocol": 2, "version": "9"]), ("version", .warn, ["protocol": 1, "version": "9"]),
        ("capabilities", .warn, ["capabilities": ["getStatus"]]), ("role", .pass, ["role": "presence"]),
    ]

    @Test("the daemon's welcome → verdicts", arguments: welcomes)
    func welcome(name: String, verdict: DoctorCheck.Verdict, own: JSON) throws {
        var facts = try Self.healthy()
        let welcome = try #require(Welcome(json: ["id": "p", "partyline": own]))
        facts.answer = .welcome(welcome, milliseconds: 1)
        #expect(verdicts(facts)[name] == verdict)
    }

    @Test("/proc/locks and /proc/PID/limits are parsed")
    func kernel() {
        let locks = """
            1: POSIX  ADVISORY  WRITE 100 00:1b:77 0 EOF
            2: FLOCK  ADVISORY  WRITE 4711 00:1b:77 0 EOF
            3: FLOCK  ADVISORY  WRITE 0 00:1b:78 0 EOF
            """
        #expect(LockTable.lock(on: 77, in: locks) == .held(pid: 4711))
        #expect(LockTable.lock(on: 78, in: locks) == .held(pid: nil))
        #expect(LockTable.lock(on: 7, in: locks) == .free)
        let limits = """
            Limit                     Soft Limit           Hard Limit           Units
            Max open files            1024                 524288               files
            """
        #expect(ProcessLimits.openFiles(limits) == 1024)
        #expect(ProcessLimits.openFiles("Max open files            unlimited            unlimited   files") == .max)
        #expect(ProcessLimits.openFiles("") == nil)
    }
}
