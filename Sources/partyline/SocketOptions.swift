// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// The options of every verb that connects to the daemon.
struct SocketOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket (default: $PARTYLINE_SOCKET, else the user service's).", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The socket of a system service: /run/partyline/NAME.sock.", valueName: "name"))
    var instance: String?

    /// The socket's path, by the same rule as the daemon's.
    func path() throws -> String {
        if socket == "" { throw Self.usage("--socket needs a path") }
        let path = SocketPath.resolve(explicit: socket, instance: instance, environment: Variables.forSocketPath)
        if let path { return path }
        let variable = Variables.value("XDG_RUNTIME_DIR").map { "is not an absolute path: \($0)" } ?? "is not set"
        throw Self.usage("cannot determine the socket's path: XDG_RUNTIME_DIR \(variable)")
    }

    private static func usage(_ message: String) -> CommandFailure {
        CommandFailure(
            status: .usage, message: message,
            next: ["partyline --socket /run/user/$(id -u)/partyline/partyline.sock status"])
    }

    func place() throws -> SocketPlace {
        let isChosen = socket != nil || instance == nil && Variables.value("PARTYLINE_SOCKET") != nil
        return SocketPlace.look(path: try path(), instance: instance, isChosen: isChosen)
    }

    /// Connects and waits for the daemon's welcome.
    func connect() throws -> LineConnection {
        let path = try path()
        do throws(ConnectionError) {
            let connection = try LineConnection(path: path)
            _ = try connection.welcome()
            return connection
        } catch {
            throw FailureText.failure(error, try place())
        }
    }

    /// Runs `body` with a new connection. Errors of the client library become failures of the command.
    func withConnection<Result>(_ body: (LineConnection) throws -> Result) throws -> Result {
        let connection = try connect()
        do { return try body(connection) } catch { throw try failure(error) }
    }

    /// The same, for a verb that stands on asynchronous code.
    func withConnection<Result>(_ body: (LineConnection) async throws -> Result) async throws -> Result {
        let connection = try connect()
        do { return try await body(connection) } catch { throw try failure(error) }
    }

    private func failure(_ error: any Error) throws -> any Error {
        switch error {
        case let error as ConnectionError: FailureText.failure(error, try place())
        case let error as ProtocolFailure: FailureText.failure(error)
        case let error as CallFailure: FailureText.failure(error)
        default: error
        }
    }
}

/// Facts about the socket's place, from which the suggested commands are made.
struct SocketPlace: Equatable {
    /// The socket's owner, by name.
    struct Owner: Equatable {
        let user: String
        let group: String
        /// Always false for the group root: joining it is not something to suggest.
        let groupMayOpen: Bool
    }

    let path: String
    var instance: String?
    /// True if the path was chosen explicitly and is not the user service's default.
    var isChosen = false
    /// True if a unit for it exists.
    var hasUnit = false
    var owner: Owner?
    /// What is at the path.
    var kind = Kind.nothing
    /// The daemon that holds the lock beside the socket.
    var holder: Int?

    enum Kind: Equatable { case nothing, socket, other }

    /// The command that starts a daemon on this path. It names a unit only if the unit exists: a suggestion that does
    /// not work is worse than none.
    var startCommand: String {
        if let instance, hasUnit { return "sudo systemctl start partyline@\(instance)" }
        // The flag reads the instance's configuration, too.
        if let instance { return "sudo partylined --instance \(instance)" }
        if !isChosen, hasUnit { return "systemctl --user start partyline" }
        return isChosen ? "partylined --socket \(path)" : "partylined"
    }

    /// The command that restarts the daemon. Without a unit it cannot say how to end the old one.
    var restartCommand: String {
        guard let systemctl = unit(of: "systemctl") else {
            return "partylined --socket \(path)   after the old one has ended"
        }
        return "\(systemctl.command) restart \(systemctl.unit)"
    }

    /// The command that adds a setting to the daemon's unit.
    func editCommand(_ setting: String) -> String {
        guard let systemctl = unit(of: "systemctl") else { return "ulimit -n 65536   before partylined is started" }
        return "\(systemctl.command) edit \(systemctl.unit)   and add: [Service] \(setting); then: \(restartCommand)"
    }

    /// The command that shows the daemon's log.
    var journalCommand: String {
        guard let journalctl = unit(of: "journalctl") else {
            return "partyline status   or read the standard error of partylined"
        }
        return "\(journalctl.command) -u \(journalctl.unit) -n 50"
    }

    private func unit(of tool: String) -> (command: String, unit: String)? {
        guard hasUnit else { return nil }
        if let instance { return ("sudo \(tool)", "partyline@\(instance)") }
        return isChosen ? nil : ("\(tool) --user", "partyline")
    }

    /// The command that makes systemd create the socket at this path again; nil if no socket unit is active for it.
    var socketRestartCommand: String? {
        guard let systemctl = unit(of: "systemctl"), SystemdUnit.state(instance) == "active" else { return nil }
        return "\(systemctl.command) restart \(systemctl.unit).socket"
    }

    /// The user service, with a unit.
    static let userService = SocketPlace(path: "", hasUnit: true)

    /// The command that gets access to a socket of another user.
    var openCommand: String {
        guard let owner else { return "namei -l \(path)   shows which folder denies access" }
        if owner.groupMayOpen { return "sudo adduser $USER \(owner.group)   and log in to this machine again" }
        return "sudo -u \(owner.user) partyline --socket \(path) status"
    }

    /// Reads the owner and the unit from the file system.
    static func look(path: String, instance: String?, isChosen: Bool) -> SocketPlace {
        SocketPlace(
            path: path, instance: instance, isChosen: isChosen, hasUnit: unitExists(instance), owner: owner(of: path),
            kind: kind(of: path), holder: LockTable.holder(of: path))
    }

    private static func kind(of path: String) -> Kind {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return .nothing }
        return facts.st_mode & S_IFMT == S_IFSOCK ? .socket : .other
    }

    private static func unitExists(_ instance: String?) -> Bool {
        let kind = instance == nil ? "user" : "system"
        let unit = instance == nil ? "partyline.service" : "partyline@.service"
        var folders = ["/etc", "/usr/local/lib", "/usr/lib", "/lib"].map { "\($0)/systemd/\(kind)" }
        let home = Variables.value("HOME")
        if let configuration = Variables.value("XDG_CONFIG_HOME") ?? home.map({ "\($0)/.config" }) {
            folders.append("\(configuration)/systemd/\(kind)")
        }
        return folders.contains { access("\($0)/\(unit)", F_OK) == 0 }
    }

    private static func owner(of path: String) -> Owner? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        let group = getgrgid(facts.st_gid).map { String(cString: $0.pointee.gr_name) }
        return Owner(
            user: UserName.of(facts.st_uid) ?? "\(facts.st_uid)", group: group ?? "\(facts.st_gid)",
            groupMayOpen: facts.st_mode & mode_t(S_IWGRP) != 0 && facts.st_gid != 0)
    }
}
