import StreamsProtocol

/// One key of the configuration: where it stands, what it may be, what it means.
struct ConfigurationKey: Sendable {
    /// What a value has to be.
    indirect enum Kind: Sendable, Equatable {
        /// Milliseconds, not negative.
        case milliseconds
        /// A whole number in a range.
        case integer(ClosedRange<Int>)
        /// A number above 0, up to 1000.
        case factor
        /// `true` or `false`.
        case flag
        /// One of these words.
        case choice([String])
        /// An http or https URL.
        case url
        /// Any text.
        case text
        /// A path; `~` is not expanded.
        case path
        /// A rule of access, such as `group=crm observer`.
        case accessRule
        /// A YAML list of such values; elsewhere with commas between.
        case list(of: Kind)
    }

    /// The dotted path, such as `timers.snapshotInterval`.
    let path: String
    let kind: Kind
    /// The default as it would stand in the file; empty where there is none.
    let fallback: String
    /// What it means, with the unit; full lines for the file.
    let meaning: String

    init(_ path: String, _ kind: Kind, _ fallback: String = "", _ meaning: String) {
        self.path = path
        self.kind = kind
        self.fallback = fallback
        self.meaning = meaning
    }

    /// True if a reload changes it at once; the others are read at the start only.
    var isLive: Bool { path == "log.level" || path.hasPrefix("access.") || path.hasPrefix("limits.") }

    /// The environment variable that sets it: `PARTYLINE_TIMERS_SNAPSHOT_INTERVAL`.
    var environmentVariable: String { "PARTYLINE_" + Self.variableName(path) }

    /// `timers.snapshotInterval` as TIMERS_SNAPSHOT_INTERVAL.
    static func variableName(_ path: String) -> String {
        var result = ""
        for character in path {
            if character == "." {
                result += "_"
            } else {
                if character.isUppercase { result += "_" }
                result += character.uppercased()
            }
        }
        return result
    }
}
