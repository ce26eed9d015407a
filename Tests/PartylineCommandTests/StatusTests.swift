import AgentModel
import Testing

@testable import partyline

@Suite("Status, for people and for scripts")
struct StatusTests {
    // 2026-01-01T00:10:00Z
    private let now: Int64 = 1_767_226_200_000

    private let healthy: JSON = [
        "daemon": ["version": "0.1.0", "pid": 42, "uptimeMs": 600_000],
        "session": ["source": "authorize", "state": "running"],
        "auth": ["state": "ok", "expiresAt": "2026-01-01T01:10:00.000Z"],
        "link": ["state": "up", "since": "2026-01-01T00:00:00.000Z", "endpoint": "https://x/api"],
        "webSocket": ["state": "open", "since": "2026-01-01T00:09:00.000Z", "topics": ["aws/chat", "aws/task"]],
        "agent": ["ageMs": 1200, "skewMs": 3, "name": "Ada", "state": "Available"],
        "ports": [
            "count": 2,
            "list": [
                [
                    "pid": 7, "uid": 1000, "program": "softphone", "role": "admin",
                    "connectedAt": "2026-01-01T00:09:57.000Z",
                ],
                ["pid": 1234, "uid": 0, "program": "crm", "role": "operator"],
            ],
        ],
        "eventLog": ["lines": 10, "bytes": 1536],
    ]

    @Test("all is well")
    func well() {
        #expect(StatusHealth(healthy).exit == .success)
        let lines = StatusReport(healthy, now: now).lines(.plain) { $0 }
        #expect(
            lines == [
                "Agent      Ada · Available · seen 1 s ago",
                "Sign-in    ok · for another 1 h · by authorize · session running",
                "Link       up for 10 min · https://x/api", "Clock      agrees with the service's (3 ms)",
                "Websocket  open for 1 min · aws/chat, aws/task", "Daemon     partylined 0.1.0 · pid 42 · up 10 min",
                "Event log  10 lines · 1.5 KiB", "Ports      2",
                "           softphone  pid 7     uid 1000  admin     for 3 s",
                "           crm        pid 1234  uid 0     operator",
            ])
    }

    @Test("problems come first, with the next command")
    func problems() {
        var status = healthy.object ?? JSONObject()
        status["link"] = ["state": "down", "lastError": "connection refused"]
        let lines = StatusReport(.object(status), now: now).lines(.plain) { $0 }
        #expect(lines.first == "! Amazon Connect cannot be reached: connection refused")
        #expect(lines[1] == "    next: partyline watch")
        #expect(lines[2].isEmpty)
    }

    @Test("a daemon that says more is shown with all of it")
    func full() {
        var status = healthy.object ?? JSONObject()
        for (name, value) in StatusExamples.more.members { status[name] = value }
        let lines = StatusReport(.object(status), now: now).lines(.plain) { $0 }
        #expect(
            lines == [
                "! Amazon Connect cannot be reached: connection refused", "    next: curl -sSI https://x/api", "",
                "Agent      Ada · Available · seen 1 s ago · configuration of 20 s ago",
                "Sign-in    ok · for another 1 h · by authorize · session running",
                "Link       down for 1 min · https://x/api · last error: connection refused · 3 failed attempts · "
                    + "next attempt in 4 s · 2 calls · 1 sync waiting",
                "Clock      1 min behind the service's", "Websocket  open for 1 min · aws/chat, aws/task",
                "Daemon     partylined 0.1.0 · pid 42 · up 10 min",
                "Event log  10 lines · 1.5 KiB of 16.0 MiB · clock e:10, kept after e:1",
                "State      kept by systemd · partyline-state · 3.0 KiB",
                "Limits     256 ports a user · 64 a program · 32 requests a port · 4.0 MiB unread",
                "Counted    12 connections · 2 refused", "Ports      2 · uid 1000: 2 of 256, 1 request under way",
                "           softphone  pid 7     uid 1000  admin     for 3 s  streams",
                "           crm        pid 1234  uid 1000  observer           subscribes contact::* agent::acw (latest)"
                    + "  1 request under way, 7 lines behind, 2.0 KiB of replies unread",
            ])
    }

    private static let states: [(String, JSON, CommandStatus)] = [
        ("session", ["source": "configure", "state": "waiting"], .notSignedIn),
        ("session", ["source": "authorize", "state": "signed_out"], .notSignedIn),
        ("session", ["source": "authorize", "state": "terminated"], .notSignedIn),
        ("session", ["source": "authorize", "state": "starting"], .success),
        ("auth", ["state": "refused"], .notSignedIn), ("auth", ["state": "failing"], .success),
        ("link", ["state": "down"], .failure), ("link", ["state": "idle"], .success),
        ("webSocket", ["state": "closed"], .success),
    ]

    @Test("the exit status of each state", arguments: states)
    func exit(member: String, value: JSON, expected: CommandStatus) {
        var status = healthy.object ?? JSONObject()
        status[member] = value
        let health = StatusHealth(.object(status))
        #expect(health.exit == expected)
    }

    @Test("a daemon that says almost nothing, or something unheard of, is shown all the same")
    func tolerant() {
        #expect(StatusReport([:], now: now).lines(.plain) { $0 } == ["Agent  not known yet"])
        let odd: JSON = ["agent": .null, "link": ["state": 5], "ports": ["count": 1, "list": [[:]]], "auth": "x"]
        #expect(StatusReport(odd, now: now).lines(.plain) { $0 } == ["Agent  not known yet", "Ports  1", "       ?"])
    }

    @Test("colours only where they are wanted")
    func palette() {
        #expect(Palette.plain.red("x") == "x")
        #expect(Palette(isColoured: true).red("x") == "\u{1B}[31mx\u{1B}[0m")
    }

    @Test(
        "spans and sizes",
        arguments: [
            (0, "under 1 s"), (59_999, "59 s"), (60_000, "1 min"), (3_660_000, "1 h 1 min"), (7_200_000, "2 h"),
            (90_000_000, "1 d 1 h"), (-5, "under 1 s"),
        ])
    func spans(milliseconds: Int, text: String) { #expect(Text.span(milliseconds: milliseconds) == text) }

    @Test("a span that somebody set is said as it was set")
    func settings() {
        let said = [5, 300, 1000, 1500, 30_000, 90_500].map { Text.setting(milliseconds: $0) }
        #expect(said == ["5 ms", "0.3 s", "1 s", "1.5 s", "30 s", "1 min"])
    }

    @Test func sizes() {
        #expect([1, 1023, 1024, 1_572_864].map(Text.size) == ["1 bytes", "1023 bytes", "1.0 KiB", "1.5 MiB"])
        #expect(Text.tenths(14.25) == "14.3")
    }
}
