// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The measures, and helper commands that the measures run in separate processes.
@main
struct BenchmarksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures partylined and compares it with the systems that could be used instead.",
        subcommands: [RunCommand.self, ServePlainCommand.self, MisbehaveCommand.self],
        defaultSubcommand: RunCommand.self)
}
