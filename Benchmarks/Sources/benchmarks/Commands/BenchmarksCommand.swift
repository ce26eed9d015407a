import ArgumentParser

/// The measures, and the helpers that they start as processes of their own.
@main
struct BenchmarksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures partylined beside what one would use instead.",
        subcommands: [RunCommand.self, ServePlainCommand.self, MisbehaveCommand.self],
        defaultSubcommand: RunCommand.self)
}
