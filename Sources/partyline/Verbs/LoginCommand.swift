// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline login`: signs the daemon in, with a browser window or with given cookies.
struct LoginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign the daemon in, in a browser window or with the cookies of a browser.",
        discussion: """
            partyline login
            partyline login --cookies cookies.txt
            curl -sS -c - -d username=… -d password=… https://example.my.connect.aws/login | partyline login --cookies -
            partyline login --status

            Without an option it opens the sign-in page in Chromium or Chrome, waits for the sign-in there, \
            and closes the window. The browser has a profile of its own.

            The daemon needs session.source: login and session.baseUrl. A cookie file has the Netscape format, as curl -c \
            and browser extensions write it.

            The exit status is 0 when the daemon has signed in, and 5 if the window was closed or Amazon Connect refuses \
            the cookies.
            """)

    @Option(help: ArgumentHelp("The cookie file; - reads standard input.", valueName: "file")) var cookies: String?
    @Flag(help: "Print the state of the sign-in.") var status = false
    @Flag(help: "Wait until the daemon has a token.") var wait = false
    @Flag(name: .customLong("print-url"), help: "Print the URL of the sign-in page.") var printsPage = false
    @Option(help: ArgumentHelp("The browser (default: Chromium or Chrome in the PATH).", valueName: "path"))
    var browser: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to wait (default: 600 with a window, otherwise 30).", valueName: "seconds"))
    var timeout: Double?
    /// For tests.
    @Flag(help: ArgumentHelp(visibility: .hidden)) var headless = false
    /// For tests.
    @Flag(help: ArgumentHelp(visibility: .hidden)) var noSandbox = false
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    /// True if no option says what to do.
    private var opensWindow: Bool { cookies == nil && !status && !wait && !printsPage }

    func validate() throws {
        guard [cookies != nil, status, wait, printsPage].count(where: { $0 }) <= 1 else {
            throw ValidationError("login takes one of --cookies FILE, --status, --wait and --print-url")
        }
        guard opensWindow || browser == nil && !headless && !noSandbox else {
            throw ValidationError("--browser is for login without --cookies, --status, --wait and --print-url")
        }
        if let problem = Browser.sandboxProblem(isLeftOut: noSandbox) { throw ValidationError(problem) }
        if let timeout, !(timeout > 0 && timeout <= 1_000_000) {
            throw ValidationError("--timeout takes seconds, more than 0 and up to 1000000")
        }
    }

    func run() throws {
        if printsPage { return try printPage() }
        let timeout = SignInTimeout(seconds: timeout ?? (opensWindow ? 600 : 30))
        let text = try cookies.map { try CookieInput.read($0, timeout) }
        let state = try options.withConnection { connection in
            if let text { try handOver(text, connection) }
            let follower = SignInFollower(connection: connection, timeout: timeout)
            try follower.begin()
            guard opensWindow else { return try follower.state(status ? .nothing : wait ? .token : .outcome) }
            return try openWindow(connection, follower, timeout)
        }
        try report(state)
    }

    private func report(_ state: SignInState) throws {
        if format.isJSON { Console.out(state.data.text) }
        if var failure = state.failure {
            if let cookies { failure.next = Self.advice(cookies) }
            // After a window that was closed there is no prompt, but a new window helps.
            if opensWindow, failure.status == .notSignedIn { failure.next = ["partyline login", "partyline status"] }
            throw failure
        }
        if !format.isJSON { Console.out(Text.printable(state.text)) }
    }

    // MARK: Cookies

    private func handOver(_ text: String, _ connection: LineConnection) throws {
        do {
            _ = try connection.request("setCredentials", ["cookies": .string(text)])
            // Its browser would sign in as another person.
            if let path = try? options.path() { BrowserProfile(socket: path)?.forget() }
        } catch let refusal as ProtocolFailure where refusal.code == "invalid_params" {
            var failure = FailureText.failure(refusal)
            failure.next = Self.advice(cookies ?? "FILE")
            throw failure
        }
    }

    static func advice(_ file: String) -> [String] {
        [
            "partyline login --cookies \(file == "-" ? "FILE" : file)   with the cookies of a new sign-in",
            "partyline login   opens the sign-in page",
        ]
    }

    // MARK: Window

    private func openWindow(
        _ connection: LineConnection, _ follower: SignInFollower, _ timeout: SignInTimeout
    ) throws -> SignInState {
        // A token that is being requested, as after a start with kept cookies, may make a window needless.
        let patience = SignInFollower(connection: connection, timeout: SignInTimeout(seconds: 15))
        let newest = try (try? patience.state(.attempt)) ?? follower.again()
        if newest.state == .signedIn { return newest }
        let session = try connection.request("getStatus")["session"] ?? .null
        guard session["source"]?.string == DaemonStatus.Session.Source.login.rawValue else {
            throw Self.noPage(session["source"]?.string)
        }
        let parts = Result { try windowParts() }
        // Without a browser it is still possible to wait for another program's window.
        if newest.isShown, case .failure = parts { return try WindowSignIn.wait(for: connection, timeout) }
        let (browser, profile) = try parts.get()
        return try WindowSignIn(browser: browser, profile: profile, connection: connection, timeout: timeout).run()
    }

    /// Throws before the daemon asks anybody to sign in, if no window can be opened here.
    private func windowParts() throws -> (Browser, BrowserProfile) {
        var browser = try Browser.find(browser)
        (browser.isHeadless, browser.hasSandbox) = (headless, !noSandbox)
        try browser.checkDisplay()
        guard let profile = BrowserProfile(socket: try options.path()) else {
            throw CommandFailure(
                status: .failure,
                message: "no place for the browser's profile: neither XDG_STATE_HOME nor HOME is an absolute path",
                next: ["HOME=DIR partyline login"])
        }
        try profile.prepareFolder()
        return (browser, profile)
    }

    private func printPage() throws {
        let session = try options.withConnection { try $0.request("getStatus") }["session"] ?? .null
        guard let page = session["loginUrl"]?.string else { throw Self.noPage(session["source"]?.string) }
        let line: JSON = ["url": .string(page)]
        Console.out(format.isJSON ? line.text : Text.printable(page))
    }

    static func noPage(_ source: String?) -> CommandFailure {
        guard let source, source != DaemonStatus.Session.Source.login.rawValue else {
            return CommandFailure(
                status: .denied, message: "partylined does not tell this user the sign-in page: operators may see it",
                next: ["id   shows the user and groups that it checks"])
        }
        return CommandFailure(
            status: .conflict,
            message: "session.source is \(source), so this daemon has no sign-in page; "
                + "set session.source: login and session.baseUrl, and restart the daemon",
            next: ["partyline status"])
    }
}
