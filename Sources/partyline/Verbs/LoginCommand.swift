// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline login`: hands the cookies of a sign-in to the daemon, and waits until it has signed in with them.
struct LoginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign the daemon in, with the cookies of a browser.",
        discussion: """
            partyline login --cookies cookies.txt
            curl -sS -c - -d username=… -d password=… https://example.my.connect.aws/login | partyline login --cookies -
            partyline login --status

            The daemon needs session.source: login and session.baseUrl. The file has the Netscape format, as curl -c and \
            browser extensions write it.

            The exit status is 0 when the daemon has signed in, and 5 if Amazon Connect refuses the cookies.
            """)

    @Option(help: ArgumentHelp("The cookie file; - reads standard input.", valueName: "file")) var cookies: String?
    @Flag(help: "Print the state of the sign-in.") var status = false
    @Flag(help: "Wait until the daemon has a token.") var wait = false
    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait.", valueName: "seconds"))
    var timeout = 30.0
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard [cookies != nil, status, wait].count(where: { $0 }) == 1 else {
            throw ValidationError("login needs one of --cookies FILE, --status and --wait")
        }
        guard timeout > 0, timeout <= 1_000_000 else {
            throw ValidationError("--timeout takes seconds, more than 0 and up to 1000000")
        }
    }

    func run() throws {
        let text = try cookies.map(Self.read)
        try options.withConnection { connection in
            if let text { _ = try connection.request("setCredentials", ["cookies": .string(text)]) }
            _ = try connection.request("subscribe", ["events": [.string(EventName.auth)]])
            try follow(connection)
        }
    }

    /// Prints what comes of the sign-in.
    private func follow(_ connection: LineConnection) throws {
        let deadline = ContinuousClock.now + .seconds(timeout)
        var last: SignInState?
        while let message = try Self.next(connection, deadline) {
            guard message.event == EventName.auth, let state = SignInState(message.data) else { continue }
            last = state
            if isFinal(state.state) { return try report(state) }
        }
        let span = Text.setting(milliseconds: Int(timeout * 1000))
        throw CommandFailure(
            status: .timeout, message: "not signed in within \(span)" + (last.map { ": \($0.text)" } ?? ""),
            next: ["partyline status"])
    }

    /// Nil if there is no message before the deadline.
    private static func next(
        _ connection: LineConnection, _ deadline: ContinuousClock.Instant
    ) throws(ConnectionError) -> ServerMessage? {
        do { return try connection.nextMessage(before: deadline) } catch {
            guard case .timeout = error else { throw error }
            return nil
        }
    }

    private func report(_ state: SignInState) throws {
        if format.isJSON { Console.out(state.data.text) }
        if let failure = state.failure { throw failure }
        if !format.isJSON { Console.out(Text.printable(state.text)) }
    }

    /// True if there is nothing more to wait for.
    private func isFinal(_ state: DaemonStatus.Auth.State) -> Bool {
        switch state {
        case .signedIn: true
        case .refused, .required: !wait
        case .none, .authorizing, .degraded, .failing, .expired: status
        }
    }

    /// The longest cookie file that the daemon accepts in one line, with room for escapes.
    private static let limit = 512 << 10

    private static func read(_ file: String) throws -> String {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        var facts = stat()
        if descriptor >= 0, fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { errno = EISDIR }
        guard descriptor >= 0, facts.st_mode & S_IFMT != S_IFDIR else {
            throw CommandFailure(
                status: .usage, message: "cannot read \(file): \(String(cString: strerror(errno)))",
                next: ["ls -l \(file)"])
        }
        defer { if file != "-" { close(descriptor) } }
        let data = SmallFile.bytes(descriptor, limit: limit)
        guard data.count <= limit else {
            throw CommandFailure(
                status: .usage, message: "\(file) is larger than \(limit >> 10) KiB, so it is no cookie file",
                next: ["partyline help login"])
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The data of `partyline::auth`.
struct SignInState: Equatable {
    let data: JSON
    let state: DaemonStatus.Auth.State
    let reason: String?
    /// When the token ends, as the daemon wrote it.
    let end: String?

    init?(_ data: JSON?) {
        guard let data, let state = data["state"]?.string.flatMap(DaemonStatus.Auth.State.init) else { return nil }
        self.data = data
        self.state = state
        reason = data["reason"]?.string
        end = data["expiresAt"]?.string
    }

    var text: String {
        let reason = reason.map { ": \($0)" } ?? ""
        switch state {
        case .signedIn: return "signed in" + (end.map { ", until \($0)" } ?? "")
        case .none: return "not signed in"
        case .authorizing: return "signing in"
        case .degraded: return "the token was refused, and is being replaced"
        case .failing: return "the sign-in cannot be renewed at the moment\(reason)"
        case .expired, .refused, .required: return "not signed in\(reason)"
        }
    }

    /// The failure that it is for a script; nil if the daemon has a token.
    var failure: CommandFailure? {
        switch state {
        case .signedIn, .degraded: nil
        case .authorizing, .failing: CommandFailure(status: .failure, message: text, next: ["partyline status"])
        case .none, .expired, .refused, .required:
            CommandFailure(status: .notSignedIn, message: text, next: ["partyline status"])
        }
    }
}
