// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The output format: for people or for programs.
struct FormatOptions: ParsableArguments {
    @Option(help: "Output format.") var format: EventFormat = .line
    @Flag(help: "The same as --format json.") var json = false

    var isJSON: Bool { json || format == .json }
}

enum EventFormat: String, CaseIterable, ExpressibleByArgument {
    /// A line for people.
    case line
    /// The daemon's own line.
    case json
}

enum WatchFormat: String, CaseIterable, ExpressibleByArgument {
    /// A line for people.
    case line
    /// The daemon's own line.
    case json
    /// A word for each change of colour of a presence light.
    case light
}
