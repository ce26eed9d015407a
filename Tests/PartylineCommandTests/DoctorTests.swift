import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("The doctor's verdicts")
struct DoctorTests {
    private static let status: JSON = [
        "daemon": ["version": "0.1.0", "pid": 42], "session": ["source": "authorize", "state": "running"],
        "auth": ["state": "ok"], "link": ["state": "up", "since": "2026-01-01T00:00:00.000Z"],
        "webSocket": ["state": "open", "since": "2026-01-01T00:09:00.000Z"],
        "agent": ["ageMs": 1200, "skewMs": -90, "name": "Ada", "state": "Available"],
        "ports": ["count": 2, "list": []], "eventLog": ["lines": 10, "bytes": 1536],
        "limits": ["uidPorts": 256, "eventLogBytes": 16_777_216],
        "ledger": ["users": [["uid": 1000, "ports": 2]]], "counters": ["connections": 5, "badLines": 0],
        "state": ["kept": "systemd"],
    ]

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
            rule: "the user service's place",
            place: SocketPlace(path: "/run/user/1000/partyline/partyline.sock", hasUnit: true), uid: 1000,
            folderPath: "/run/user/1000/partyline",
            folder: .init(kind: .folder, mode: 0o700, uid: 1000, owner: "robin"),
            socket: .init(kind: .socket, mode: 0o600, uid: 1000, owner: "robin"), lock: .none, unit: "active",
            answer: .welcome(try #require(welcome), milliseconds: 3), status: status, openFiles: 1024,
            now: 1_767_226_200_000)
    }

    private func verdicts(_ facts: DoctorFacts) -> [String: DoctorCheck.Verdict] {
        Dictionary(uniqueKeysWithValues: DoctorReport(facts).checks.map { ($0.name, $0.verdict) })
    }

    @Test("all is well, a line each")
    func well() throws {
        let report = DoctorReport(try Self.healthy())
        #expect(report.isWell)
        #expect(report.checks.allSatisfy { $0.verdict == .pass && $0.next == nil })
        let lines = report.lines(.plain) { $0 }
        #expect(lines.count == 19)
        #expect(lines[0] == "pass  socket path   /run/user/1000/partyline/partyline.sock, by the user service's place")
        #expect(lines.contains("pass  link          up for 10 min"))
        #expect(lines.contains("pass  event log     10 lines, 1.5 KiB of 16.0 MiB"))
        #expect(lines.contains("pass  state         kept over restarts by systemd"))
        #expect(report.json["ok"] == true)
        #expect(report.json["checks"]?.array?.first?["verdict"] == "pass")
    }

    @Test("nobody there: what can still be judged is, the rest is not guessed")
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
        #expect(verdicts["socket"] == .fail && verdicts["daemon"] == .fail && verdicts["unit"] == .fail)
        let rest = ["version", "role", "sign-in", "link", "snapshot", "clock", "ports", "state", "open files"]
        #expect(rest.allSatisfy { verdicts[$0] == .skip })
        let failing = report.checks.filter { $0.verdict == .fail }
        #expect(failing.allSatisfy { $0.next != nil })
        #expect(failing.first?.next == "systemctl --user start partyline")
    }

    private static let places: [(String, DoctorCheck.Verdict, @Sendable (inout DoctorFacts) -> Void)] = [
        ("folder", .fail, { $0.folder = nil }), ("folder", .fail, { $0.folder?.kind = .other }),
        ("folder", .fail, { $0.folder?.mode = 0o770 }), ("folder", .pass, { $0.folder?.mode = 0o1777 }),
        ("folder", .warn, { $0.folder?.uid = 7 }),
        ("folder", .pass, { $0.folder?.uid = 0 }), ("socket", .fail, { $0.socket?.kind = .other }),
        ("socket", .warn, { $0.socket?.mode = 0o666 }), ("socket", .pass, { $0.socket?.mode = 0o660 }),
        ("lock", .pass, { $0.lock = .held(pid: 5) }), ("lock", .pass, { $0.lock = .free }),
        (
            "lock", .fail,
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

    @Test("place and daemon", arguments: places.indices)
    func place(index: Int) throws {
        let (name, verdict, change) = Self.places[index]
        var facts = try Self.healthy()
        change(&facts)
        #expect(verdicts(facts)[name] == verdict, "\(index)")
    }

    private static let states: [(String, DoctorCheck.Verdict, String, JSON)] = [
        ("sign-in", .fail, "session", ["source": "configure", "state": "waiting"]),
        ("sign-in", .fail, "auth", ["state": "refused"]), ("sign-in", .warn, "auth", ["state": "failing"]),
        ("link", .fail, "link", ["state": "down", "lastError": "refused"]), ("link", .warn, "link", ["state": "idle"]),
        ("snapshot", .warn, "agent", .null), ("snapshot", .warn, "agent", ["ageMs": 70_000]),
        ("clock", .warn, "agent", ["ageMs": 1, "skewMs": 5001]), ("clock", .pass, "agent", ["skewMs": -5000]),
        ("clock", .warn, "agent", ["skewMs": -90_000]), ("clock", .skip, "agent", ["skewMs": .null]),
        ("websocket", .warn, "webSocket", ["state": "closed"]), ("event log", .skip, "eventLog", [:]),
        ("ports", .warn, "ledger", ["users": [["uid": 1, "ports": 5], ["uid": 2, "ports": 250]]]),
        ("troubles", .warn, "counters", ["refusedConnections": 1]), ("state", .warn, "state", ["kept": "none"]),
        ("state", .skip, "state", [:]),
    ]

    @Test("what the daemon says of itself", arguments: states)
    func state(name: String, verdict: DoctorCheck.Verdict, member: String, value: JSON) throws {
        var facts = try Self.healthy()
        var status = Self.status.object ?? JSONObject()
        status[member] = value
        facts.status = .object(status)
        let check = try #require(DoctorReport(facts).checks.first { $0.name == name })
        #expect(check.verdict == verdict, "\(check.text)")
        #expect(verdict != .fail || check.next != nil)
    }

    private static let welcomes: [(String, DoctorCheck.Verdict, JSON)] = [
        ("version", .fail, ["protocol": 2, "version": "9"]), ("version", .warn, ["protocol": 1, "version": "9"]),
        ("capabilities", .warn, ["capabilities": ["getStatus"]]), ("role", .pass, ["role": "presence"]),
    ]

    @Test("the daemon's first line", arguments: welcomes)
    func welcome(name: String, verdict: DoctorCheck.Verdict, own: JSON) throws {
        var facts = try Self.healthy()
        let welcome = try #require(Welcome(json: ["id": "p", "partyline": own]))
        facts.answer = .welcome(welcome, milliseconds: 1)
        #expect(verdicts(facts)[name] == verdict)
    }

    @Test("the kernel's lists")
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
