// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import partyline

@Suite("Status report and exit status")
struct StatusTests {
    private func lines(_ status: DaemonStatus) -> [String] {
        StatusReport(status, now: StatusExamples.now) { _ in nil }.lines(.plain) { $0 }
    }

    @Test("a healthy status → no problems")
    func well() {
        #expect(StatusHealth(StatusExamples.healthy).exit == .success)
        #expect(
            lines(StatusExamples.healthy) == [
                "Agent      Ada · Available · seen 1 s ago · configuration of 20 s ago",
                "Sign-in    signed_in · for another 1 h · by authorize · session running",
                "Link       up for 10 min · https://x/api", "Clock      agrees with the service's (3 ms)",
                "Websocket  open for 1 min · aws/chat, aws/task",
                "Daemon     partylined 0.1.0 · pid 42 · up 10 min · no configuration file",
                "Event log  10 lines · 1.5 KiB of 16.0 MiB · clock e:10, kept after e:1",
                "State      kept by systemd · partyline-state",
                "Limits     256 ports a user · 64 a program · 32 requests a port · 4.0 MiB unread · lines of 1.0 MiB",
                "Counted    2 connections", "Ports      2 · uid 1000: 2 of 256",
                "           softphone  pid 7     uid 1000  admin     for 3 s  streams",
                "           crm        pid 1234  uid 1000  operator  for 3 s  streams",
            ])
    }

    @Test("problems come first, with the next command")
    func problems() {
        let status = StatusExamples.changed { status in
            status.link = .init(
                state: .down, since: StatusExamples.now, callsInFlight: 0, lastError: "connection refused", failures: 1,
                syncsInFlight: 0)
        }
        let lines = lines(status)
        #expect(lines.first == "! Amazon Connect cannot be reached: connection refused")
        #expect(lines[1] == "    next: partyline watch")
        #expect(lines[2].isEmpty)
    }

    @Test("a status with every field → every field is shown")
    func full() {
        #expect(
            lines(StatusExamples.busy) == [
                "! Amazon Connect cannot be reached: connection refused", "    next: curl -sSI https://x/api", "",
                "Agent      Ada · Available · seen 1 s ago · configuration of 20 s ago",
                "Sign-in    signed_in · for another 1 h · by authorize · session running",
                "Link       down for 1 min · https://x/api · last error: connection refused · 3 failed attempts · "
                    + "next attempt in 4 s · 2 calls · 1 sync waiting",
                "Clock      1 min behind the service's", "Websocket  open for 1 min · aws/chat, aws/task",
                "Daemon     partylined 0.1.0 · pid 42 · up 10 min · no configuration file",
                "Event log  10 lines · 1.5 KiB of 16.0 MiB · clock e:10, kept after e:1",
                "State      kept by systemd · partyline-state",
                "Limits     256 ports a user · 64 a program · 32 requests a port · 4.0 MiB unread · lines of 1.0 MiB",
                "Counted    12 connections · 2 refused", "Ports      2 · uid 1000: 2 of 256, 1 request under way",
                "           softphone  pid 7     uid 1000  admin     for 3 s  streams",
                "           crm        pid 1234  uid 1000  observer  for 3 s  "
                    + "subscribes contact::* agent::acw (latest)  "
                    + "1 request under way, 7 lines behind, 2.0 KiB of replies unread",
            ])
    }

    @Test("no agent, no kept state, a port without a program name")
    func least() {
        let lines = lines(
            StatusExamples.changed { status in
                status.agent = nil
                status.auth = .init(state: .none, since: StatusExamples.now)
                status.session = .init(source: .authorize, state: .starting)
                status.state = .init(kept: .none)
                status.ports = .init(count: 1, list: [status.ports.list[0]])
                status.ports.list[0].program = nil
            })
        #expect(lines[0] == "Agent      not known yet")
        #expect(lines[1] == "Sign-in    none · by authorize · session starting")
        #expect(lines.contains("State      not kept over restarts"))
        #expect(!lines.contains { $0.hasPrefix("Clock") })
        #expect(lines.last == "           ?  pid 7  uid 1000  admin  for 3 s  streams")
    }

    @Test("users are shown by name")
    func names() {
        let report = StatusReport(StatusExamples.healthy, now: StatusExamples.now) { $0 == 1000 ? "ada" : nil }
        let lines = report.lines(.plain) { $0 }
        #expect(lines.contains("Ports      2 · ada (1000): 2 of 256"))
        #expect(lines.last == "           crm        pid 1234  ada  operator  for 3 s  streams")
    }

    @Test(
        "a message gets the name beside the number",
        arguments: [
            ("user 1000 may not use this", "user ada (1000) may not use this"),
            ("process 7 of user 1000, which", "process 7 of user ada (1000), which"),
            ("user 1001 and user 1000", "user 1001 and user ada (1000)"),
            ("user  1000", "user  1000"), ("user ", "user "), ("user 99999999999", "user 99999999999"),
        ])
    func named(_ text: String, _ expected: String) {
        #expect(UserName.named(text) { $0 == 1000 ? "ada" : nil } == expected)
    }

    private typealias Change = @Sendable (inout DaemonStatus) -> Void
    private static let states: [(CommandStatus, String?, Change)] = [
        (
            .notSignedIn, "not signed in: waiting for a Streams page or program to send `configure`",
            { $0.session = .init(source: .configure, state: .waiting) }
        ),
        (.notSignedIn, "not signed in: signed out at Amazon Connect", { $0.session.state = .signedOut }),
        (.notSignedIn, "the session was terminated by a client", { $0.session.state = .terminated }),
        (.success, nil, { $0.session.state = .starting }),
        (
            .notSignedIn, "not signed in: x",
            { $0.auth = .init(state: .refused, since: StatusExamples.now, lastError: "x") }
        ),
        (
            .notSignedIn, "not signed in: x",
            { $0.auth = .init(state: .expired, since: StatusExamples.now, lastError: "x") }
        ),
        (
            .failure, "Amazon Connect cannot be reached: x",
            { status in
                status.session.state = .starting
                status.auth = .init(state: .failing, since: StatusExamples.now, lastError: "x")
                status.link.state = .idle
            }
        ),
        (
            .success, "Amazon Connect does not answer at the moment: x",
            { status in
                status.link.state = .degraded
                status.link.lastError = "x"
            }
        ),
        (
            .success, "contacts are suppressed (disaster recovery): only connected and ended ones are shown",
            { $0.session.suppressesContacts = true }
        ),
        (.success, "the last reload failed: x", { $0.daemon.reloadError = "x" }),
        (.success, "the state is not kept at the moment: x", { $0.state = .init(kept: .none, problem: "x") }),
        (
            .success, "the sign-in cannot be renewed at the moment",
            { $0.auth = .init(state: .failing, since: StatusExamples.now) }
        ),
        (.failure, "Amazon Connect cannot be reached", { $0.link.state = .down }),
        (.success, nil, { $0.link.state = .idle }),
        (
            .success, "no websocket: chat messages do not arrive until it is back",
            { $0.webSocket.state = .connecting }
        ),
        (
            .success, nil,
            { status in
                status.webSocket.state = .connecting
                status.session.state = .starting
            }
        ),
    ]

    @Test("the exit status and the problem of each state", arguments: states.indices)
    func exit(index: Int) {
        let (expected, problem, change) = Self.states[index]
        let health = StatusHealth(StatusExamples.changed(change))
        #expect(health.exit == expected)
        #expect(health.problems.map(\.text) == (problem.map { [$0] } ?? []))
    }

    @Test("the plain palette adds no colours")
    func palette() {
        #expect(Palette.plain.red("x") == "x")
        #expect(Palette(isColoured: true).red("x") == "\u{1B}[31mx\u{1B}[0m")
    }

    @Test(
        "durations",
        arguments: [
            (0, "under 1 s"), (59_999, "59 s"), (60_000, "1 min"), (3_660_000, "1 h 1 min"), (7_200_000, "2 h"),
            (90_000_000, "1 d 1 h"), (-5, "under 1 s"),
        ])
    func spans(milliseconds: Int, text: String) { #expect(Text.span(milliseconds: milliseconds) == text) }

    @Test("durations from settings keep their precision")
    func settings() {
        let texts = [5, 300, 1000, 1500, 30_000, 90_500].map { Text.setting(milliseconds: $0) }
        #expect(texts == ["5 ms", "0.3 s", "1 s", "1.5 s", "30 s", "1 min"])
    }

    @Test func sizes() {
        #expect([1, 1023, 1024, 1_572_864].map(Text.size) == ["1 byte", "1023 bytes", "1.0 KiB", "1.5 MiB"])
        #expect(Text.tenths(14.25) == "14.3")
    }
}
