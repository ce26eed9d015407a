/// The configuration file with every key, its meaning and its default: what `Config/partyline.yaml` holds.
enum DefaultConfiguration {
    /// The file's text.
    static var text: String {
        var lines = [
            "# The configuration of partylined. Every key is here with its default; a key may also be given as an",
            "# environment variable (timers.scaleFrom is PARTYLINE_TIMERS_SCALE_FROM) or as --set KEY=VALUE.",
            "# Check a file without starting: partylined --check-config --config FILE",
        ]
        var section = ""
        for key in ConfigurationKeys.all.sorted(by: order) {
            let parts = key.path.split(separator: ".").map(String.init)
            let indent = parts.count == 2 ? "  " : ""
            if parts.count == 2, parts[0] != section {
                section = parts[0]
                lines += ["", "# \(ConfigurationKeys.sections[section] ?? "")", "\(section):"]
            } else {
                lines.append("")
            }
            lines += key.meaning.split(separator: "\n").map { "\(indent)# \($0)" }
            lines.append("\(indent)# \(key.kind.note)")
            lines.append("\(indent)\(parts[parts.count - 1]):" + (key.fallback.isEmpty ? "" : " \(key.fallback)"))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Keys of a section together, sections and keys as the table has them.
    private static func order(_ left: ConfigurationKey, _ right: ConfigurationKey) -> Bool {
        (place(left.section), place(left.path)) < (place(right.section), place(right.path))
    }

    private static func place(_ path: String) -> Int {
        ConfigurationKeys.all.firstIndex { $0.path == path || $0.section == path } ?? 0
    }
}

extension ConfigurationKey {
    fileprivate var section: String { String(path.prefix { $0 != "." }) }
}

extension ConfigurationKey.Kind {
    fileprivate var note: String {
        switch self {
        case .milliseconds: "Unit: milliseconds."
        case .integer(let range): "A whole number from \(range.lowerBound) to \(range.upperBound)."
        case .factor: "A number above 0."
        case .flag: "true or false."
        case .choice(let words): "One of: \(words.joined(separator: ", "))."
        case .url: "A URL; https://, or http:// on loopback."
        case .text: "Text."
        case .path: "A path."
        case .accessRule: "A rule."
        case .list: "A list; in the environment and with --set its elements have commas between."
        }
    }
}
