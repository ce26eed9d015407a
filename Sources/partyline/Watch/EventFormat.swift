import ArgumentParser

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
