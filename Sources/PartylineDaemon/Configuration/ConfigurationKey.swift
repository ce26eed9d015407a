import StreamsProtocol

/// One key of the configuration: where it stands, what it may be, what it means.
struct ConfigurationKey: Sendable {
    /// What a value has to be.
    enum Kind: Sendable, Equatable {
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

extension ConfigurationKey.Kind {
    /// What would be right, in words.
    var expectation: String {
        switch self {
        case .milliseconds: "a whole number of milliseconds, such as 5000"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .factor: "a number above 0 and up to 1000, such as 0.02"
        case .flag: "true or false"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .url: "a URL that begins with https:// (or http:// on loopback)"
        case .text: "text"
        case .path: "a path"
        }
    }

    /// True if the text is a value of this kind.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .milliseconds: (Int64(text) ?? -1) >= 0 && (Int64(text) ?? 0) <= 86_400_000
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .factor: (Double(text) ?? 0) > 0 && (Double(text) ?? 0) <= 1000
        case .flag: text == "true" || text == "false"
        case .choice(let words): words.contains(text)
        case .url: PlainURL.isSafe(text)
        case .text: true
        case .path: !text.hasPrefix("~")
        }
    }
}
