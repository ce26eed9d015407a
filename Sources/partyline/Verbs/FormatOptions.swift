import ArgumentParser

/// How a verb prints: for people, or for programs.
struct FormatOptions: ParsableArguments {
    @Option(help: "How to print: line or json.") var format: EventFormat = .line
    @Flag(help: "The same as --format json.") var json = false

    var isJSON: Bool { json || format == .json }
}
