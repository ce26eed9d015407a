// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams

/// `partyline hook PATTERN… -- COMMAND`: runs a command for each event.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Run a command for each event.",
        usage: "partyline hook [<pattern> ...] [<option> ...] -- <command> [<argument> ...]",
        discussion: """
            partyline hook contact::connecting -- notify-send "A call"
            partyline hook agent::state_change -- sh -c 'jq -r .data.newState > ~/.state'
            partyline hook contact::init --existing -- ./open-page

            The command gets the event as a line of JSON on its standard input, and PARTYLINE_EVENT, \
            PARTYLINE_CONTACT_ID, PARTYLINE_CLOCK, PARTYLINE_TIME, PARTYLINE_FROM, PARTYLINE_BY, PARTYLINE_EXISTING and \
            PARTYLINE_SOCKET in its environment. Commands for the \
            same contact run one after another, others in parallel. Each failure is a line on standard error.
            """)

    @OptionGroup var events: EventOptions
    /// The parser supports no second list of arguments: two dashes become this option before parsing.
    @Option(
        name: .customLong("run"), parsing: .remaining,
        help: ArgumentHelp("The command and all its arguments; same as --.", valueName: "command"))
    var command: [String] = []
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a command may take before it is ended.", valueName: "seconds"))
    var timeout = 30.0
    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many commands may run at the same time.", valueName: "n"))
    var jobs = 8
    @Flag(
        inversion: .prefixedNo,
        help: "Wait for a daemon that does not run yet. With --no-wait, end with status 3.")
    var wait = true
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout takes seconds, up to 86400") }
        guard (1...1000).contains(jobs) else { throw ValidationError("--jobs takes 1 to 1000") }
        guard let program = command.first, !program.isEmpty else {
            throw ValidationError("the command must follow two dashes: partyline hook contact::connected -- COMMAND")
        }
    }

    func run() throws {
        try checkCommand()
        EventFeed.warn(of: events, options)
        let limits = HookQueue.Limits(jobs: jobs, timeout: max(1, Int64(timeout * 1000)))
        let selection = HookSelection(events)
        var subscription = events.subscription(waits: wait)
        subscription.patterns += selection.additionalPatterns
        var runner = try HookRunner(command, socket: try options.path(), selection, limits)
        var feed = try EventFeed(subscription, options)
        try runner.run(&feed)
    }

    /// Checked at the start: the first event may be hours away.
    private func checkCommand() throws {
        guard let program = command.first, Programs.path(program) == nil else { return }
        throw CommandFailure(
            status: .usage, message: "there is no program \(program) to run",
            next: ["command -v \(program)", "partyline hook \(events.patterns.joined(separator: " ")) -- sh -c '…'"])
    }
}
