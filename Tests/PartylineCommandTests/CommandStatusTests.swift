// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import Testing

@testable import partyline

@Suite("Every failure has a status, a message and a next command")
struct CommandStatusTests {
    private let place = SocketPlace(path: "/run/user/1/partyline/partyline.sock", hasUnit: true)

    @Test(
        "error codes and types → exit statuses",
        arguments: [
            ("not_ready", CommandStatus.notSignedIn), ("not_authenticated", .notSignedIn),
            ("unauthorized", .notSignedIn),
            ("UnauthorizedException", .notSignedIn), ("not_permitted", .denied), ("AccessDeniedException", .denied),
            ("timeout", .timeout), ("conflict", .conflict), ("unavailable", .failure),
            ("InvalidStateException", .conflict), ("ConflictException", .conflict),
        ])
    func codes(code: String, status: CommandStatus) { #expect(CommandStatus(code: code) == status) }

    @Test("the exit statuses never change")
    func numbers() {
        #expect(CommandStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(Main.exitCode(.validationFailure).rawValue == 2)
        #expect(Main.exitCode(.success).rawValue == 0)
        #expect(Main.exitCode(.failure).rawValue == 1)
    }

    @Test("the four common failures differ in status and message, and have a next command")
    func four() {
        let failures = [
            FailureText.failure(.notRunning(path: place.path), place),
            FailureText.failure(.noPermission(path: place.path), place),
            FailureText.failure(ProtocolFailure(code: "not_ready", message: "no session", hint: "partyline status")),
            FailureText.failure(CallFailure(type: "NetworkingError", message: "Network Failure")),
        ]
        #expect(failures.map(\.status) == [.notRunning, .denied, .notSignedIn, .failure])
        #expect(Set(failures.map(\.message)).count == 4)
        #expect(failures.allSatisfy { !$0.next.isEmpty })
        #expect(failures[0].message == "partylined is not running: nothing listens at \(place.path)")
        #expect(failures[3].message.hasPrefix("Amazon Connect cannot be reached"))
    }

    @Test("the daemon refuses → denied, with the daemon's hint")
    func refused() {
        let reason = CloseReason.error(ProtocolFailure(code: "not_permitted", message: "no rule", hint: "do this"))
        let failure = FailureText.failure(.closedByDaemon(reason), place)
        #expect(failure.status == .denied)
        #expect(
            failure.lines { $0 } == [
                "partyline: partylined refuses this: no rule; do this",
                "  next: id   shows the user and groups that it checks",
            ])
    }

    @Test("a daemon that is starting or was restarted → failure, neither signed out nor service unreachable")
    func starting() {
        let starting = FailureText.failure(ProtocolFailure(code: "not_ready", message: "on its way", retryable: true))
        #expect(starting.status == .failure && starting.message == "partylined is not ready yet: on its way")
        let restarted = FailureText.failure(ProtocolFailure(code: "unavailable", message: "the daemon was restarted"))
        #expect(restarted.status == .failure && restarted.message == "the daemon was restarted")
        #expect(!starting.next.isEmpty && !restarted.next.isEmpty)
    }

    @Test("every failure has a next command; a hint is one, or is a sentence in the message")
    func next() {
        for code in ["internal", "conflict", "too_many", "timeout", "unknown_method", "novel"] {
            let plain = FailureText.failure(ProtocolFailure(code: code, message: "why"))
            #expect(!plain.next.isEmpty && plain.message == "\(code): why")
            let hinted = FailureText.failure(ProtocolFailure(code: code, message: "why", hint: "do this"))
            let next = code == "timeout" ? "partyline get snapshot   shows what is so now" : "partyline status"
            #expect(hinted.next == [next] && hinted.message == "\(code): why; do this")
            let command = ProtocolFailure(code: code, message: "why", hint: "partyline get snapshot")
            #expect(FailureText.failure(command).next == ["partyline get snapshot"])
        }
        #expect(!FailureText.failure(CallFailure(type: "InvalidStateException", message: "no")).next.isEmpty)
    }

    @Test("control characters in messages and values → spaces on a terminal")
    func printable() {
        let failure = CommandFailure(status: .failure, message: "a\u{1B}]0;b\u{7}", next: ["c\u{9B}d"])
        #expect(failure.lines { $0 } == ["partyline: a ]0;b ", "  next: c d"])
        #expect(GetCommand.text("\u{1B}[2Jx", asJSON: false, isTerminal: true) == " [2Jx")
        #expect(GetCommand.text("\u{1B}[2Jx", asJSON: false, isTerminal: false) == "\u{1B}[2Jx")
    }

    @Test("suggested commands name a unit only if it exists")
    func start() {
        #expect(place.restartCommand == "systemctl --user restart partyline")
        #expect(place.journalCommand == "journalctl --user -u partyline -n 50")
        let instance = SocketPlace(path: "/p", instance: "a", hasUnit: true)
        #expect(instance.restartCommand == "sudo systemctl restart partyline@a")
        #expect(instance.journalCommand == "sudo journalctl -u partyline@a -n 50")
        for bare in [SocketPlace(path: "/p"), SocketPlace(path: "/p", isChosen: true, hasUnit: true)] {
            let commands = [bare.restartCommand, bare.journalCommand, bare.editCommand("X=1")]
            #expect(!commands.joined().contains("systemctl"))
        }
        #expect(place.startCommand == "systemctl --user start partyline")
        #expect(SocketPlace(path: "/p").startCommand == "partylined")
        #expect(SocketPlace(path: "/p", isChosen: true, hasUnit: true).startCommand == "partylined --socket /p")
        #expect(
            SocketPlace(path: "/p", instance: "a", hasUnit: true).startCommand == "sudo systemctl start partyline@a")
    }

    @Test("the suggestion for another user's socket")
    func open() {
        let shared = SocketPlace.Owner(user: "line", group: "agents", groupMayOpen: true)
        let own = SocketPlace.Owner(user: "line", group: "agents", groupMayOpen: false)
        #expect(SocketPlace(path: "/p", owner: shared).openCommand.hasPrefix("sudo adduser $USER agents"))
        #expect(SocketPlace(path: "/p", owner: own).openCommand == "sudo -u line partyline --socket /p status")
    }
}
