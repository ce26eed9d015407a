import ArgumentParser

/// How a verb prints: for people, or for programs.
struct FormatOptions: ParsableArguments {
    @Option(help: "How to print: line or json.") var format: EventFormat = .line
    @Flag(help: "The same as --format json.") var json = false

    var isJSON: Bool { json || format == .json }
}

/// How events are printed.
enum EventFormat: String, CaseIterable, ExpressibleByArgument {
    /// A line for people.
    case line
    /// The line as the daemon said it.
    case json
}

/// How `watch` prints.
enum WatchFormat: String, CaseIterable, ExpressibleByArgument {
    /// A line for people.
    case line
    /// The line as the daemon said it.
    case json
    /// A word for each change of colour of a presence light.
    case light
}
