import ArgumentParser
import ConnectStreams
import Testing

@testable import partyline

@Suite("Every failure has its own status, words and next command")
struct CommandStatusTests {
    private let place = SocketPlace(path: "/run/user/1/partyline/partyline.sock", hasUnit: true)

    @Test(
        "codes and types",
        arguments: [
            ("not_ready", CommandStatus.notSignedIn), ("not_authenticated", .notSignedIn),
            ("unauthorized", .notSignedIn),
            ("UnauthorizedException", .notSignedIn), ("not_permitted", .denied), ("AccessDeniedException", .denied),
            ("timeout", .timeout), ("conflict", .conflict), ("unavailable", .failure),
            ("InvalidStateException", .failure),
        ])
    func codes(code: String, status: CommandStatus) { #expect(CommandStatus(code: code) == status) }

    @Test("the statuses are a promise")
    func numbers() {
        #expect(CommandStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(Main.exitCode(.validationFailure).rawValue == 2)
        #expect(Main.exitCode(.success).rawValue == 0)
        #expect(Main.exitCode(.failure).rawValue == 1)
    }

    @Test("the four that people meet differ, and each says what to type")
    func four() {
        let failures = [
            FailureText.failure(.notRunning(path: place.path), place),
            FailureText.failure(.noPermission(path: place.path), place),
            FailureText.failure(ProtocolFailure(code: "not_ready", message: "no session")),
            FailureText.failure(CallFailure(type: "NetworkingError", message: "Network Failure")),
        ]
        #expect(failures.map(\.status) == [.notRunning, .denied, .notSignedIn, .failure])
        #expect(Set(failures.map(\.message)).count == 4)
        #expect(failures.allSatisfy { !$0.next.isEmpty })
        #expect(failures[0].message == "partylined is not running: no socket at \(place.path)")
        #expect(failures[3].message.hasPrefix("Amazon Connect cannot be reached"))
    }

    @Test("a refusal by the daemon is a refusal, with the daemon's hint")
    func refused() {
        let reason = CloseReason.error(ProtocolFailure(code: "not_permitted", message: "no rule", hint: "do this"))
        let failure = FailureText.failure(.closedByDaemon(reason), place)
        #expect(failure.status == .denied)
        #expect(failure.lines { $0 } == ["partyline: partylined refuses this: no rule", "  next: do this"])
    }

    @Test("a unit is only named where there is one")
    func start() {
        #expect(place.startCommand == "systemctl --user start partyline")
        #expect(SocketPlace(path: "/p").startCommand == "partylined")
        #expect(SocketPlace(path: "/p", isChosen: true, hasUnit: true).startCommand == "partylined --socket /p")
        #expect(
            SocketPlace(path: "/p", instance: "a", hasUnit: true).startCommand == "sudo systemctl start partyline@a")
    }

    @Test("the way to somebody else's socket")
    func open() {
        let shared = SocketPlace.Owner(user: "line", group: "agents", groupMayOpen: true)
        let own = SocketPlace.Owner(user: "line", group: "agents", groupMayOpen: false)
        #expect(SocketPlace(path: "/p", owner: shared).openCommand.hasPrefix("sudo adduser $USER agents"))
        #expect(SocketPlace(path: "/p", owner: own).openCommand == "sudo -u line partyline --socket /p status")
    }
}
